"""Receipts a second: the event log against the plain way, one receipt after the other.

The peer is what a handler in a tutorial does: find the text of each receipt, set what it says,
save. Both work on the same kind of rows in the same database, in one process.
"""

import json
import time
from decimal import Decimal

from benchmarks import installation, measure

installation.start()

from benchmarks.receipts import receipt, texts  # noqa: E402
from campaigns import event_log  # noqa: E402
from campaigns.models import Event, Message  # noqa: E402
from pinpoint.receivers.raw import raw_event  # noqa: E402
from tests.campaigns.factories import RunFactory  # noqa: E402

TEXTS = 20_000
PEERS_TEXTS = 2_000
RUN = RunFactory()


def ours() -> float:
    """Store receipts as a receiver does, ten at a time, then act on all of them."""
    payloads = [receipt(message) for message in texts(TEXTS, RUN)]
    events = [raw_event(text, source="sqs", transport_id=str(n)) for n, text in enumerate(payloads)]
    began = time.perf_counter()
    for start in range(0, TEXTS, 10):
        event_log.store(events[start : start + 10])
    while event_log.process_batch():
        continue
    took = time.perf_counter() - began
    assert Message.objects.filter(state="delivered", receipt="DELIVERED").count() >= TEXTS
    Event.objects.all().delete()
    return TEXTS / took


def acting() -> float:
    """Only act on receipts that are in the log."""
    payloads = [receipt(message) for message in texts(TEXTS, RUN)]
    event_log.store(
        [raw_event(text, source="sqs", transport_id=str(n)) for n, text in enumerate(payloads)]
    )
    began = time.perf_counter()
    while event_log.process_batch():
        continue
    took = time.perf_counter() - began
    Event.objects.all().delete()
    return TEXTS / took


def peer() -> float:
    """Find, set, save: one receipt after the other."""
    payloads = [receipt(message) for message in texts(PEERS_TEXTS, RUN)]
    began = time.perf_counter()
    for text in payloads:
        event = json.loads(text)
        message = Message.objects.get(pk=int(event["context"]["message"]))
        message.state = Message.State.DELIVERED
        message.price = Decimal(str(event["totalMessagePrice"]))
        message.aws_id = event["messageId"]
        message.save()
    return PEERS_TEXTS / (time.perf_counter() - began)


if __name__ == "__main__":
    options = {"peer": peer, "peer_name": "Django get and save per receipt", "n": 3}
    measure.compare("receipts stored and acted on", ours=ours, unit="receipts/s", **options)
    measure.compare("receipts acted on", ours=acting, unit="receipts/s", **options)
