"""Pause, resume and cancel while the real engine's threads send."""

import threading
import time

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from campaigns import actions, pacing
from campaigns.dispatch import Dispatcher
from campaigns.models import Message
from tests.campaigns.factories import NOON, run_of
from tests.campaigns.gateways import Timing
from tests.stack import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 300


@pytest.fixture
def boss():
    return get_user_model().objects.create_superuser("boss")


@pytest.fixture
def sending(monkeypatch):
    """A campaign that two workers send at fifty a second; answers take a tenth of a second."""
    pacing.connection().flushdb()
    monkeypatch.setattr("campaigns.tasks.dispatch.delay", lambda: None)
    run, _ = run_of(PEOPLE, messages_per_second=50)
    gateway = Slow()
    stop = threading.Event()

    def worker():
        try:
            while not stop.is_set():
                Dispatcher(gateway, now=lambda: NOON, at_once=16).work_all(
                    until=time.monotonic() + 0.5
                )
        finally:
            connection.close()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for one in workers:
        one.start()
    wait_for(lambda: len(gateway.times) > 20, 30)
    yield run, gateway
    stop.set()
    for one in workers:
        one.join()


class Slow(Timing):
    def send(self, text):
        answer = super().send(text)
        time.sleep(0.1)
        return answer


def gone_after(gateway, moment):
    time.sleep(2.5)  # several looks of both workers
    return [at for at in gateway.times if at > moment]


def test_a_pause_takes_effect_within_a_second_and_resuming_goes_on_where_it_stopped(sending, boss):
    run, gateway = sending
    actions.pause(run.campaign_id, boss)
    paused = time.monotonic()
    assert gone_after(gateway, paused + 1) == []
    assert 20 < len(gateway.times) < PEOPLE / 2
    actions.resume(run.campaign_id, boss)
    wait_for(lambda: len(gateway.times) >= PEOPLE, 30)
    assert len({text.clearance.phone for text in gateway.texts}) == len(gateway.texts) == PEOPLE


def test_a_cancellation_takes_effect_within_a_second_and_says_how_many_were_gone(sending, boss):
    run, gateway = sending
    stopped = actions.cancel(run.campaign_id, boss)
    cancelled = time.monotonic()
    assert gone_after(gateway, cancelled + 1) == []
    assert stopped.stopped + stopped.gone == PEOPLE
    assert stopped.gone == len(gateway.times)
    states = dict.fromkeys(Message.objects.values_list("state", flat=True))
    assert set(states) == {"accepted", "cancelled"}
    assert run.messages.filter(state="accepted").count() == stopped.gone
