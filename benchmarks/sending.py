"""A worker that sends a campaign and acts on what comes in, until it is ended.

Run by bench_receiver beside a web server: `python -m benchmarks.sending`.
"""

import threading
import time

import django

django.setup()

from django.conf import settings  # noqa: E402 - needs Django set up

from campaigns import event_log  # noqa: E402
from campaigns.dispatch import Dispatcher  # noqa: E402
from pinpoint.clients import sms_client  # noqa: E402
from pinpoint.wire_gateway import wire_gateway  # noqa: E402

EVERY = 2.0  # seconds between two nudges, as beat has it


def send() -> None:
    """Send what is due."""
    client = sms_client(region="us-east-1", connect_timeout=3, read_timeout=15, connections=64)
    gateway = wire_gateway(client, connect_timeout=3, read_timeout=15)
    while True:
        end = time.monotonic() + EVERY
        Dispatcher(gateway, at_once=settings.SEND_CONCURRENCY).work_all(until=end)
        time.sleep(max(0.0, end - time.monotonic()))


def act() -> None:
    """Act on what came in."""
    while True:
        while event_log.process_batch():
            pass
        time.sleep(EVERY)


if __name__ == "__main__":
    threading.Thread(target=act, daemon=True).start()
    send()
