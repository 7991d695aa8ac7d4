import time
from datetime import UTC, datetime

import pytest

from campaigns import direct, pacing, tasks
from campaigns.dispatch import Dispatcher
from campaigns.models import Message
from compliance import opt_outs
from compliance.models import LedgerEntry
from pinpoint.gateway import Fate
from tests.campaigns.factories import NOON, opted_in, run_of
from tests.campaigns.gateways import Accepting, Failing
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550123"
NIGHT = datetime(2026, 11, 25, 3, tzinfo=UTC)


@pytest.fixture
def program():
    program = ProgramFactory()
    opted_in(program, ANA)
    return program


@pytest.fixture
def originator():
    return OriginatorFactory(message_class="transactional")


@pytest.fixture
def send(program, originator):
    def send(phone=ANA, body="Your table is ready.", **more):
        return direct.send(
            phone=phone,
            body=body,
            program_id=program.pk,
            originator_id=originator.pk,
            now=NOON,
            **more,
        )

    return send


def work(originator, gateway, now=NOON):
    pacing.connection().flushdb()
    dispatcher = Dispatcher(gateway, now=lambda: now, at_once=4)
    return dispatcher.work_direct(originator.pk, until=time.monotonic() + 30)


def test_it_goes_out_word_for_word(send, originator):
    message = send(body="Your code {{ is }} 123.")
    gateway = Accepting()
    work(originator, gateway)
    (text,) = gateway.texts
    assert (text.clearance.phone, text.body) == (ANA, "Your code {{ is }} 123.")
    assert (text.originator, text.message_type) == (originator.identity, "TRANSACTIONAL")
    message.refresh_from_db()
    assert (message.state, message.aws_id, message.parts) == ("accepted", "aws-1", 1)


def test_it_goes_at_night_too(send, originator):
    send()
    gateway = Accepting()
    work(originator, gateway, NIGHT)
    assert len(gateway.texts) == 1


def test_the_gate_blocks_it_for_who_opted_out(send, originator):
    message = send()
    opt_outs.opt_out(ANA, source=LedgerEntry.Source.KEYWORD, happened_at=NOON, evidence={})
    gateway = Accepting()
    work(originator, gateway)
    message.refresh_from_db()
    assert (message.state, gateway.texts) == ("blocked", [])


def test_asking_twice_under_one_key_sends_one(send, originator):
    assert send(key="event-7") == send(key="event-7")
    gateway = Accepting()
    work(originator, gateway)
    assert len(gateway.texts) == 1


@pytest.mark.parametrize("body", ["", "  ", "x" * 1531, "é" * 10 + "–" * 700])
def test_what_aws_would_not_take_is_refused_at_once(send, body):
    with pytest.raises(direct.NotPossible):
        send(body=body)
    assert not Message.objects.exists()


def test_an_originator_that_is_not_active_sends_nothing(send, originator):
    originator.active = False
    originator.save()
    with pytest.raises(direct.NotPossible, match="not active"):
        send()


def test_it_leaves_after_the_commit(
    send, originator, monkeypatch, django_capture_on_commit_callbacks
):
    nudged = []
    monkeypatch.setattr(tasks.send_direct, "delay", nudged.append)
    with django_capture_on_commit_callbacks(execute=True):
        send()
        assert nudged == []
    assert nudged == [originator.pk]


def test_a_refusal_that_concerns_every_text_fails_it(send, originator):
    message = send()
    work(originator, Failing(Fate.HALTED, "AccessDeniedException"))
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "AccessDeniedException")


def test_a_campaign_does_not_take_it(send, originator):
    message = send()
    run, _ = run_of(1, originator=originator)
    Dispatcher(Accepting(), now=lambda: NOON).work(run.pk, until=time.monotonic() + 30)
    message.refresh_from_db()
    assert message.state == "queued"
