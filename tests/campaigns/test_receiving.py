import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from campaigns import receiving
from campaigns.models import Event
from pinpoint.receivers.raw import RawEvent


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


def run(stop, *answers):
    poller = Playing(stop, *answers)
    receiving.run([receiving.Source("queue", poller)], stop, lambda: None)
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

    receiving.run([receiving.Source("queue", Waiting())], stop, alive.set)
    assert alive.is_set()


@pytest.mark.django_db
def test_what_is_received_stands_in_the_log():
    receiving.keep([RawEvent("k", "sqs", "{}")])
    assert Event.objects.get().source == "sqs"


@pytest.mark.django_db
def test_with_nothing_to_receive_from_the_command_says_what_to_set(settings):
    settings.SQS_QUEUE_URLS = settings.KINESIS_STREAMS = []
    with pytest.raises(CommandError, match="set up a queue"):
        call_command("receive")
