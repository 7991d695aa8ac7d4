"""The audience of a run: how long it takes to write, and how soon the first text leaves meanwhile.

The peer writes the same messages as one would with Django: reads the people, bulk_create by the
thousand. A hundred thousand people; `python -m benchmarks.bench_audience --full`: a million, alone.
"""

import sys
import threading
import time

from benchmarks import aws_endpoint, installation

installation.start()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import campaign  # noqa: E402
from benchmarks.measure import compare, note  # noqa: E402
from campaigns import audience  # noqa: E402
from campaigns.dispatch import Dispatcher  # noqa: E402
from campaigns.models import Message, Run  # noqa: E402
from contacts import segments  # noqa: E402
from pinpoint.clients import sms_client  # noqa: E402
from pinpoint.wire_gateway import wire_gateway  # noqa: E402

FULL = "--full" in sys.argv
PEOPLE = 1_000_000 if FULL else 100_000
SENDING = 4.0  # seconds


def forget() -> None:
    """Begin anew."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE campaigns_campaign CASCADE")


def ours() -> float:
    """Write the audience; return the seconds."""
    forget()
    run = campaign.launch("Audience")
    began = time.perf_counter()
    audience.build(run.pk)
    return time.perf_counter() - began


def with_django() -> float:
    """Do the same with objects."""
    forget()
    run = campaign.launch("Audience")
    began = time.perf_counter()
    now, some = timezone.now(), []
    for person in segments.matching(run.rules).order_by("pk").iterator():
        message = Message(
            run=run, campaign_id=run.campaign_id, contact=person, phone=person.phone, due_at=now,
            created_at=now, changed_at=now,
        )  # fmt: skip
        some.append(message)
        if len(some) == 1000:
            Message.objects.bulk_create(some, ignore_conflicts=True)
            some = []
    Message.objects.bulk_create(some, ignore_conflicts=True)
    return time.perf_counter() - began


def send() -> None:
    """Be the worker that the builder nudges."""
    client = sms_client(region="us-east-1", connect_timeout=3, read_timeout=15, connections=64)
    gateway = wire_gateway(client, connect_timeout=3, read_timeout=15)
    until = time.monotonic() + SENDING
    Dispatcher(gateway, at_once=settings.SEND_CONCURRENCY).work_all(until=until)
    connection.close()


def first_text() -> float:
    """Return the seconds from the launch to the first text, while the rest is being written."""
    forget()
    run = campaign.launch("First")
    launched = Run.objects.get(pk=run.pk).launched_at
    audience.extend(run.pk)
    worker = threading.Thread(target=send)
    worker.start()
    while audience.extend(run.pk):
        pass
    worker.join()
    first = Message.objects.filter(sent_at__isnull=False).order_by("sent_at").first()
    return (first.sent_at - launched).total_seconds()


def main() -> None:
    """Measure all of it."""
    campaign.fill(PEOPLE)
    endpoint = aws_endpoint.start(40)
    if FULL:  # the peer takes ten minutes for a million
        note(f"audience_of_{PEOPLE}", ours, unit="s", n=3)
    else:
        compare(
            f"audience_of_{PEOPLE}",
            ours=ours,
            peer=with_django,
            peer_name="Django's bulk_create, a thousand at a time",
            unit="s",
            n=3,
        )
    note("first_text_after_launch", first_text, unit="s", n=3)
    endpoint.terminate()


if __name__ == "__main__":
    main()
