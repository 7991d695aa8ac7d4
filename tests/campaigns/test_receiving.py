import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from campaigns import receiving, tasks
from campaigns.models import AwsAccount, Event, ReadSource
from campaigns.read_sources import Notes, readings
from pinpoint.receivers.raw import RawEvent
from pinpoint.receivers.sqs import QueuePoller
from tests.aws import aws, moto_url
from tests.stack import wait_for

__all__ = ("aws", "moto_url")


class Playing:
    """A poller that plays a list of answers, then stops everything."""

    def __init__(self, stop, *answers):
        self._answers = list(answers)
        self._stop = stop

    def poll(self):
        if not self._answers:
            self._stop.set()
            return 0
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def stop():
    return threading.Event()


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(receiving, "AFTER_TROUBLE_SECONDS", (0,))
    monkeypatch.setattr(receiving, "ALIVE_SECONDS", 0.01)


def once(poller):
    """Return a search that finds one source, unless it is read already."""
    return lambda known: [] if "queue" in known else [receiving.Source("queue", poller)]


def run(stop, *answers):
    poller = Playing(stop, *answers)
    receiving.run(once(poller), stop, lambda: None)
    return poller._answers


def test_it_polls_until_it_is_stopped(stop):
    assert run(stop, 3, 0, 2) == []


def test_trouble_with_the_database_is_waited_out(stop, caplog):
    assert run(stop, OperationalError("FATAL: +12065550100"), 1) == []
    assert "queue: the database: OperationalError" in caplog.text
    assert "+12065550100" not in caplog.text


def test_a_source_that_stops_by_itself_ends_the_process(stop, recwarn):
    with pytest.raises(RuntimeError, match="stopped"):
        run(stop, ZeroDivisionError())


def test_it_says_that_it_is_alive(stop):
    alive = threading.Event()

    class Waiting:
        def poll(self):
            stop.set() if alive.wait(5) else None
            return 0

    receiving.run(once(Waiting()), stop, alive.set)
    assert alive.is_set()


@pytest.mark.django_db
def test_what_is_received_stands_in_the_log():
    receiving.keep([RawEvent("k", "sqs", "{}")])
    assert Event.objects.get().source == "sqs"


@pytest.mark.django_db
def test_the_account_page_says_that_nobody_reads_a_queue(settings, admin_client):
    settings.SQS_QUEUE_URLS = ["https://sqs.example/1/mine"]
    shown = account_page(admin_client)
    assert 'data-read="no"' in shown
    assert "Nobody reads it" in shown


@pytest.mark.django_db
def test_the_account_page_says_why_a_queue_cannot_be_read(settings, admin_client):
    settings.SQS_QUEUE_URLS = ["https://sqs.example/1/mine"]
    Notes("https://sqs.example/1/mine").failed("Access to the resource is denied.")
    assert "Access to the resource is denied." in account_page(admin_client)


@pytest.mark.django_db
def test_one_that_is_read_no_longer_is_not_said_to_be(settings):
    settings.SQS_QUEUE_URLS = ["queue"]
    Notes("queue").asked(1)
    [reading] = readings(timezone.now())
    assert (reading.is_read, reading.event_at is not None) == (True, True)
    [reading] = readings(timezone.now() + timedelta(minutes=2))
    assert not reading.is_read


@pytest.mark.django_db
def test_a_source_that_is_asked_all_the_time_is_noted_now_and_then(django_assert_num_queries):
    notes = Notes("queue")
    notes.asked(1)
    with django_assert_num_queries(0):
        for _n in range(100):
            notes.asked(10)


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_set_up_while_it_runs_is_read_without_a_restart(
    aws, moto_url, monkeypatch, settings, stop, admin_client
):
    settings.SQS_QUEUE_URLS = settings.KINESIS_STREAMS = []
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", moto_url)
    monkeypatch.setattr(receiving, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(tasks.process_events, "delay", lambda: None)
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="sendpoint-made")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody='{"eventType": "TEXT_DELIVERED"}')
    running = threading.Thread(target=receive_until, args=(stop,))
    running.start()
    try:
        AwsAccount.objects.create(region=settings.AWS_REGION, queues=[url])
        wait_for(Event.objects.exists, 20)
        wait_for(ReadSource.objects.filter(event_at__isnull=False).exists, 20)
    finally:
        stop.set()
        running.join()
    shown = account_page(admin_client)
    assert "It is being read." in shown
    assert "The last event came at" in shown


def receive_until(stop):
    receiving.run(new_at_once, stop, lambda: None)
    connection.close()


def new_at_once(known):
    """Find what is new, and have SQS answer soon: nobody waits for the end of a long poll."""
    found = receiving.new_sources(known)
    for source in found:
        if isinstance(source.poller, QueuePoller):
            source.poller._wait_seconds = 1
    return found


def account_page(client):
    return client.get(reverse("admin:campaigns_awsaccount_changelist")).content.decode()
