"""Texts a second: the seed article's loop, a boto3 thread pool, and Sendpoint's whole path.

All three send to one local endpoint that does nothing but answer, at once and after 40 ms; the
peers by boto3. Sendpoint, in one worker process, claims, asks the gate, renders, paces, commits and
records each text in PostgreSQL (receipts off); the peers only call. Then django-post_office, which
queues mails in the same database and sends them into a backend that drops them; and the cost of a
text while ten thousand and more wait (`python -m benchmarks.bench_send --full`: up to a million).
"""

import logging
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks import aws_endpoint, installation

installation.start(settings="benchmarks.post_office_settings")

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from post_office import mail  # noqa: E402

from benchmarks import campaign  # noqa: E402
from benchmarks.measure import compare, note  # noqa: E402
from campaigns import audience  # noqa: E402
from campaigns.dispatch import Dispatcher  # noqa: E402
from campaigns.models import Message, Run  # noqa: E402
from pinpoint.clients import sms_client  # noqa: E402
from pinpoint.wire_gateway import wire_gateway  # noqa: E402

TEXTS = 2_000
THREADS = 64
SECONDS = 4.0  # that Sendpoint sends at a time
ENOUGH = 100_000  # texts for all runs
WAITING = (10_000, 100_000, 1_000_000) if "--full" in sys.argv else (10_000, 100_000)
TEXT = {
    "DestinationPhoneNumber": "+12125550123",
    "OriginationIdentity": "+12065550100",
    "MessageBody": "Hi Ana! Your table is ready.",
    "MessageType": "TRANSACTIONAL",
    "ConfigurationSetName": "sendpoint",
    "Context": {"site": "sendpoint", "message": "1"},
    "TimeToLive": 259_200,
}


def per_second(texts: int, began: float) -> float:
    """Return a rate."""
    return texts / (time.perf_counter() - began)


def article_loop(texts: int) -> float:
    """Send as the article does: one call after the other, with a client of boto3's defaults."""
    client = boto3.client("pinpoint-sms-voice-v2")
    client.send_text_message(**TEXT)
    began = time.perf_counter()
    for _ in range(texts):
        client.send_text_message(**TEXT)
    return per_second(texts, began)


def plain_pool() -> float:
    """Send as whoever reads on does: the same call from a pool of threads."""
    client = boto3.client("pinpoint-sms-voice-v2", config=Config(max_pool_connections=THREADS))
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: client.send_text_message(**TEXT), range(THREADS)))
        began = time.perf_counter()
        list(pool.map(lambda _: client.send_text_message(**TEXT), range(TEXTS)))
        return per_second(TEXTS, began)


def sendpoint() -> float:
    """Send what waits, for some seconds."""
    client = sms_client(region="us-east-1", connect_timeout=3, read_timeout=15, connections=THREADS)
    gateway = wire_gateway(client, connect_timeout=3, read_timeout=15)
    began = time.perf_counter()
    sent = Dispatcher(gateway, at_once=settings.SEND_CONCURRENCY).work_all(
        until=time.monotonic() + SECONDS
    )
    return per_second(sent, began)


def post_office() -> float:
    """Queue as many mails and send them into nothing, with the threads that it has by default."""
    began = time.perf_counter()
    mail.send_many(
        [
            {
                "sender": "a@example.com",
                "recipients": [f"b{n}@example.com"],
                "subject": "Ready",
                "message": "Hi Ana! Your table is ready.",
            }
            for n in range(TEXTS)
        ]
    )
    mail.send_queued_mail_until_done(processes=1)
    return per_second(TEXTS, began)


def cost() -> float:
    """Return the milliseconds that a text takes while as many wait as now do."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE campaigns_message")
    return 1000 / sendpoint()


def wait_for(run: Run, texts: int) -> None:
    """Write the audience until so many texts wait, or everybody does."""
    while Message.objects.filter(state="queued").count() < texts and audience.extend(run.pk):
        pass


def main() -> None:
    """Measure all of it."""
    logging.getLogger("post_office").setLevel(logging.ERROR)
    campaign.fill(max(WAITING) + ENOUGH)
    run = campaign.launch("Speed")
    for latency, loop_texts in ((0, TEXTS), (40, 60)):
        endpoint = aws_endpoint.start(latency)
        sms_client.cache_clear()
        if latency == 0:
            for waiting in WAITING:
                wait_for(run, waiting)
                note(f"send_cost_{waiting}_wait", cost, unit="ms/text", n=2)
            wait_for(run, ENOUGH)
        names = {"unit": "texts/s", "n": 3}
        compare(
            f"send_{latency}ms",
            ours=sendpoint,
            peer=lambda texts=loop_texts: article_loop(texts),
            peer_name="boto3, one call after the other",
            **names,
        )
        compare(
            f"send_{latency}ms_pool",
            ours=sendpoint,
            peer=plain_pool,
            peer_name=f"boto3, {THREADS} threads",
            **names,
        )
        if latency == 0:
            compare(
                "send_django",
                ours=sendpoint,
                peer=post_office,
                peer_name="django-post_office to a null backend",
                **names,
            )
        endpoint.terminate()


if __name__ == "__main__":
    main()
