import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import DataError, connection, transaction

from campaigns import at_once, direct, pacing, queue, tasks, to_aws
from campaigns.lanes import Where
from campaigns.lines import Line
from campaigns.models import Message
from compliance import ledger
from compliance.acts import Act
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


class Together:
    """AWS answers no text before two have come; what comes alone has to wait for long."""

    def __init__(self):
        self.waiting, self.alone = [], []

    def begin(self, texts):
        self.waiting += texts
        if len(self.waiting) == 2:
            self.answer()
        else:
            threading.Timer(5, lambda: self.alone.append(True) or self.answer()).start()

    def answer(self):
        while self.waiting:
            text, settle = self.waiting.pop()
            settle(f"aws-{text.clearance.phone}")


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


def user(name):
    return User.objects.get_or_create(username=name)[0].pk


def on_record():
    """Who is on record as having sent texts, in order, and which."""
    return [
        (
            entry.user.username,
            re.fullmatch(r"Sent (\d+) texts: messages (\d+) to (\d+)\.", entry.change_message)[1],
            entry.get_edited_object().body,
        )
        for entry in LogEntry.objects.order_by("pk")
    ]


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
    both = [at_once.Text(ANA, "One", "a"), at_once.Text(BEN, "Two", "b")]
    cases = [
        at_once.Case(both, sender, user("first")),
        at_once.Case([at_once.Text(ANA, "One", "a")], sender, user("again")),
        at_once.Case([at_once.Text("+12125550113", "Three")], sender, user("other")),
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
    assert on_record() == [("first", "2", "One"), ("other", "1", "Three")]
    assert len(gateway.texts) == 2


@pytest.mark.django_db(transaction=True)
def test_one_call_that_cannot_be_written_does_not_hurt_the_others(program):
    sender = at_once.Sender(program.pk, OriginatorFactory(), Message.Purpose.NOTICE)
    bodies = ["One", "with a NUL: \0", "Three"]
    cases = [at_once.Case([at_once.Text(ANA, body)], sender, user("put")) for body in bodies]
    at_once.hand_over(cases, at_once.Way(Accepting(), lambda: NOON))
    assert [type(case.error) for case in cases] == [type(None), DataError, type(None)]
    assert [one.body for case in cases for one in case.messages] == ["One", "Three"]
    assert on_record() == [("put", "1", "One"), ("put", "1", "Three")]


def test_what_breaks_on_the_way_is_told_only_to_whom_it_concerns(program):
    class Breaking(Accepting):
        def send(self, text):
            if text.body == "Two":
                raise ValueError("broken")
            return super().send(text)

    sender = at_once.Sender(program.pk, OriginatorFactory(), Message.Purpose.NOTICE)
    cases = [
        at_once.Case([at_once.Text(phone, body)], sender)
        for phone, body in ((ANA, "One"), (BEN, "Two"))
    ]
    at_once.hand_over(cases, at_once.Way(Breaking(), lambda: NOON))
    assert [type(case.error) for case in cases] == [type(None), ValueError]
    assert [case.messages[0].state for case in cases] == ["accepted", "sending"]


def test_an_opt_out_between_two_calls_is_seen_by_the_second(program):
    originator, gateway = OriginatorFactory(), Accepting()
    (before,) = send(program, originator=originator, gateway=gateway)
    ledger.append([Act(phone=ANA, act="opt_out", source="keyword", happened_at=NOON, scope="all")])
    (after,) = send(program, originator=originator, gateway=gateway)
    assert (before.state, after.state, after.reason) == ("accepted", "blocked", "suppressed")
    assert len(gateway.texts) == 1


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
    case = at_once.Case([at_once.Text(ANA, "Hello")], sender)
    at_once._write([case], uuid.uuid4(), NOON)
    assert queue.claim_into(uuid.uuid4(), Where(originator_id=originator.pk), 5, NOON) == []


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_hand_over_in_a_transaction(program):
    with pytest.raises(RuntimeError), transaction.atomic():
        send(program)


@pytest.mark.django_db(transaction=True)
def test_calls_of_many_threads_each_get_their_own_answer_and_the_same_call_twice_sends_once(
    program, monkeypatch
):
    gateway, originator = Accepting(), OriginatorFactory(parts_per_second=1000)
    monkeypatch.setattr(to_aws, "gateway", lambda: gateway)
    sender = at_once.Sender(program.pk, originator, Message.Purpose.NOTICE)
    phones = [f"+1212556{n:04d}" for n in range(30)]
    opted_in(program, *phones)
    calls = [(phone, f"to {phone}", f"key {phone}") for phone in phones] * 2
    calls.insert(7, (ANA, "with a NUL: \0", None))
    users = {body: user(body.strip("\0")) for _, body, _ in calls}

    def call(text):
        try:
            return at_once.send([at_once.Text(*text)], sender, by=users[text[1]])[0]
        except DataError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(call, calls))
    assert told.pop(7) is None
    assert [(one.phone, one.body) for one in told] == [(p, f"to {p}") for p in phones * 2]
    assert [one.pk for one in told[:30]] == [one.pk for one in told[30:]]
    assert sorted(text.clearance.phone for text in gateway.texts) == phones
    assert Message.objects.filter(state="accepted").count() == 30
    assert sorted(on_record()) == [(f"to {p}", "1", f"to {p}") for p in phones]


@pytest.mark.django_db(transaction=True)
def test_a_call_does_not_wait_for_what_aws_says_to_another(program, monkeypatch):
    gateway, line = Together(), Line(most=1)
    monkeypatch.setattr(to_aws, "gateway", lambda: gateway)
    monkeypatch.setattr(at_once, "_line_of", lambda *_: line)
    originator = OriginatorFactory(parts_per_second=1000)
    sender = at_once.Sender(program.pk, originator, Message.Purpose.NOTICE)

    def call(phone):
        try:
            return at_once.send([at_once.Text(phone, "Hello")], sender)[0].aws_id
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(call, [ANA, BEN])) == [f"aws-{ANA}", f"aws-{BEN}"]
    assert gateway.alone == []
