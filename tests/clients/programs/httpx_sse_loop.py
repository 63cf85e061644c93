"""A bot on httpx-sse: the reconnecting recipe of its README, for a bot that is to live for ever.

Three things are added to the recipe. A server that is away refuses the connection, or cuts an answer short, and these are
other errors than the ReadError it names. A clean end of the stream is no error at all, and has to be asked again too. And
stamina gives up after ten attempts or 45 seconds unless told not to.
"""

import sys
import time

import httpx
from httpx_sse import connect_sse
from report import report, report_failure
from stamina import retry

url, token = sys.argv[1:]
last_event_id = ""
reconnection_delay = 0.0


def follow(client):
    @retry(on=httpx.TransportError, attempts=None, timeout=None, wait_max=1)
    def follow_once():
        global last_event_id, reconnection_delay
        time.sleep(reconnection_delay)
        headers = {"Authorization": f"Bearer {token}"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        try:
            with connect_sse(client, "GET", url, headers=headers) as source:
                for sse in source.iter_sse():
                    last_event_id = sse.id
                    if sse.retry is not None:
                        reconnection_delay = sse.retry / 1000
                    if sse.data:
                        report(sse.event or "message", sse.id, sse.data)
        except httpx.TransportError as error:
            report_failure(error)
            raise

    while True:
        follow_once()
        report_failure("the stream ended")


# A stream is silent for up to 15 seconds, so httpx's 5 will not do.
with httpx.Client(timeout=httpx.Timeout(5, read=60)) as client:
    follow(client)
