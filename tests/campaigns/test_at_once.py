import uuid

import pytest
from django.db import transaction

from campaigns import at_once, direct, pacing, queue, tasks
from campaigns.lanes import Where
from campaigns.models import Message
from pinpoint.gateway import Fate, SendError
from tests.campaigns.factories import NOON, ContactFactory, opted_in
from tests.campaigns.gateways import Accepting
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
ANA, BEN = "+12125550111", "+12125550112"
NIGHT = NOON.replace(hour=6)


class Refusing(Accepting):
    """Answers each text with one error."""

    def __init__(self, fate, reason="WHY"):
        super().__init__()
        self.error = SendError(fate, reason, "in words")

    def send(self, text):
        super().send(text)
        raise self.error


@pytest.fixture(autouse=True)
def nudged(monkeypatch):
    pacing.connection().flushdb()
    nudges = []
    monkeypatch.setattr(tasks.send_direct, "delay", nudges.append)
    return nudges


@pytest.fixture
def program():
    made = ProgramFactory()
    opted_in(made, ANA, BEN)
    return made


def send(program, *texts, gateway=None, now=NOON, originator=None, purpose="offer", **how):
    originator = originator or OriginatorFactory()
    sender = at_once.Sender(program.pk, originator, Message.Purpose(purpose))
    texts = [at_once.Text(*text) for text in texts or [(ANA, "Hello")]]
    way = at_once.Way(gateway or Accepting(), lambda: now, **how)
    return at_once.send(texts, sender, way=way)


def test_texts_are_handed_over_before_it_returns(program):
    gateway = Accepting()
    sent = send(program, (ANA, "One"), (BEN, "Two"), gateway=gateway)
    assert [(one.phone, one.body, one.state) for one in sent] == [
        (ANA, "One", "accepted"),
        (BEN, "Two", "accepted"),
    ]
    assert {one.aws_id for one in sent} == {"aws-1", "aws-2"}
    assert len(gateway.texts) == 2


def test_what_the_gate_blocks_is_said(program):
    (sent,) = send(program, ("+12125550113", "Hello"))
    assert (sent.state, sent.reason) == ("blocked", "no_consent")


def test_a_promotional_text_at_night_waits(program, nudged):
    (sent,) = send(program, now=NIGHT)
    assert (sent.state, sent.reason) == ("queued", "quiet_hours")
    assert sent.due_at > NIGHT
    assert sent.claim is None
    assert nudged == []


def test_a_notice_goes_at_night(program):
    (sent,) = send(program, now=NIGHT, purpose="notice")
    assert sent.state == "accepted"


def test_the_same_key_sends_once_and_tells_of_the_first(program):
    gateway = Accepting()
    originator = OriginatorFactory()
    both = [
        send(program, (ANA, "Hello", "call-1"), gateway=gateway, originator=originator)[0]
        for _ in range(2)
    ]
    assert both[0].pk == both[1].pk
    assert len(gateway.texts) == 1


def test_texts_for_which_there_is_no_room_go_soon(program, nudged):
    originator = OriginatorFactory(parts_per_second=1)
    sent = send(
        program, (ANA, "One"), (BEN, "Two"), originator=originator, patience=0.1, purpose="notice"
    )
    assert sorted(one.state for one in sent) == ["accepted", "queued"]
    assert nudged == [originator.pk]
    waiting = next(one for one in sent if one.state == "queued")
    assert (waiting.claim, waiting.leased_until) == (None, None)


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        (Fate.REFUSED, "failed"),
        (Fate.HALTED, "failed"),
        (Fate.UNKNOWN, "unknown"),
        (Fate.THROTTLED, "queued"),
        (Fate.NOT_SENT, "queued"),
    ],
)
def test_what_aws_answers_is_said(program, fate, state):
    (sent,) = send(program, gateway=Refusing(fate))
    assert (sent.state, sent.reason) == (state, "WHY")


def test_nothing_is_sent_where_one_of_the_texts_cannot_be(program):
    with pytest.raises(direct.NotPossible):
        send(program, (ANA, "Hello"), (BEN, " "))
    assert not Message.objects.exists()


def test_calls_that_stand_in_line_together_are_told_apart(program):
    originator = OriginatorFactory()
    sender = at_once.Sender(program.pk, originator, Message.Purpose.NOTICE)
    noted = []
    cases = [
        at_once.Case(
            [at_once.Text(ANA, "One", "a"), at_once.Text(BEN, "Two", "b")], sender, noted.append
        ),
        at_once.Case([at_once.Text(ANA, "One", "a")], sender, noted.append),  # tried again
        at_once.Case([at_once.Text("+12125550113", "Three")], sender, noted.append),
    ]
    gateway = Accepting()
    at_once.hand_over(cases, at_once.Way(gateway, lambda: NOON))
    told = [[(one.body, one.state) for one in case.messages] for case in cases]
    assert told == [
        [("One", "accepted"), ("Two", "accepted")],
        [("One", "accepted")],
        [("Three", "blocked")],
    ]
    assert cases[0].messages[0].pk == cases[1].messages[0].pk
    assert [len(messages) for messages in noted] == [2, 1]
    assert len(gateway.texts) == 2


def test_an_originator_that_is_not_active_sends_nothing(program):
    with pytest.raises(direct.NotPossible):
        send(program, originator=OriginatorFactory(active=False))


def test_a_contact_is_known_by_number(program):
    contact = ContactFactory(phone=ANA)
    assert send(program)[0].contact == contact


def test_a_worker_leaves_texts_alone_that_are_being_handed_over(program):
    """The row is claimed as it is written: no worker can take it meanwhile."""
    originator = OriginatorFactory()
    sender = at_once.Sender(program.pk, originator, Message.Purpose.NOTICE)
    case = at_once.Case([at_once.Text(ANA, "Hello")], sender, print)
    at_once._write([case], uuid.uuid4(), NOON)
    assert queue.claim_into(uuid.uuid4(), Where(originator_id=originator.pk), 5, NOON) == []


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_hand_over_in_a_transaction(program):
    with pytest.raises(RuntimeError), transaction.atomic():
        send(program)
