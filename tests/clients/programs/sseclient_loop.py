"""A bot on sseclient-py and requests, with a loop around it, since sseclient-py has none.

sseclient-py delivers a block that a clean end of the connection cut short. The id stands last in a block, so such a block
has no id, or the beginning of one: a bot takes a block only if its id is the one that its data names.
"""

import json
import sys
import time

import requests
from report import report, report_failure
from sseclient import SSEClient

url, token = sys.argv[1:]
cursor = None
reconnection_delay = 1.0


def is_whole(event):
    try:
        data = json.loads(event.data)
    except ValueError:
        return False
    named = (data.get(name) for name in ("id", "from", "head"))
    return event.id in (str(number) for number in named if number is not None)


def follow():
    global cursor, reconnection_delay
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {token}"}
    if cursor is not None:
        headers["Last-Event-ID"] = cursor
    # A stream is silent for up to 15 seconds.
    with requests.get(url, headers=headers, stream=True, timeout=(5, 60)) as response:
        response.raise_for_status()
        for event in SSEClient(response).events():
            if is_whole(event):
                cursor = event.id
                report(event.event, event.id, event.data)
            if event.retry is not None:
                reconnection_delay = int(event.retry) / 1000


while True:
    try:
        follow()
        report_failure("the stream ended")
    except requests.RequestException as error:
        report_failure(error)
    time.sleep(reconnection_delay)
