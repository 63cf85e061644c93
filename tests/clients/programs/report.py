"""How a Python client tells the test what it saw: a line of `event<TAB>id<TAB>data`."""


def report(event, event_id, data):
    print(event, event_id or "", data, sep="\t", flush=True)


def report_failure(error):
    print("failed", repr(error).replace("\n", " ").replace("\t", " "), "", sep="\t", flush=True)
