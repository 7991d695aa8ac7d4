"""Receipts, our own record of the send and inbound texts in any order, and all of it replayed."""

import json
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import event_log, queue, receipts, tasks
from campaigns.models import Conversation, Event, InboundMessage, Message, OutgoingEvent
from compliance.models import Consent, LedgerEntry, Suppression
from contacts.models import Contact
from pinpoint.receivers.raw import raw_event
from tests.campaigns.events import delivery, inbound
from tests.campaigns.factories import NOON, run_of

pytestmark = pytest.mark.django_db
TOKEN = uuid.uuid4()
OUR_COMMIT = "our own record that AWS accepted it"
STEPS = st.tuples(
    st.integers(0, 1),
    st.sampled_from(["QUEUED", "SUCCESSFUL", "DELIVERED", "UNREACHABLE", "UNKNOWN"]),
    st.booleans(),
    st.integers(1, 4),
)
WORDS = st.sampled_from(["STOP", "START", "HELP", "YES", "Thanks!", "Who is this?"])


@pytest.fixture
def two(monkeypatch):
    """Two texts that were committed as being sent; AWS has taken them."""
    monkeypatch.setattr(tasks.send_direct, "delay", lambda originator_id: None)
    _, messages = run_of(2)
    Message.objects.update(state="sending", claim=TOKEN, sent_at=NOON, leased_until=NOON)
    return messages


def hear(*payloads):
    """Events come in, one after the other, and each is acted on at once."""
    for payload in payloads:
        if payload is OUR_COMMIT:
            taken = [(pk, f"aws-of-{pk}") for pk in Message.objects.values_list("pk", flat=True)]
            queue.accepted(TOKEN, taken, NOON)
            continue
        text = json.dumps(payload)
        event_log.store([raw_event(text, source="sns", transport_id=text, sent_at=NOON)])
        event_log.process_batch()


def texts():
    fields = set(receipts.CHANGED) - {"changed_at"}
    return list(Message.objects.filter(claim=TOKEN).order_by("pk").values(*fields))


def everything():
    """Everything that events may change, except when a row was last touched."""
    tables = [Message, InboundMessage, Conversation, LedgerEntry, Consent, Suppression]
    found = {table: list(table.objects.order_by("pk").values()) for table in tables}
    contacts = list(Contact.objects.order_by("pk").values("phone", "last_active_at", "attributes"))
    return found, contacts, OutgoingEvent.objects.count()


class UndoneError(Exception):
    """Ends a transaction."""


def alone(act):
    """Return what an act returns, with nothing of it kept."""
    found = []
    try:
        with transaction.atomic():
            found.append(act())
            raise UndoneError
    except UndoneError:
        return found[0]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=4), chance=st.randoms(use_true_random=False))
def test_before_our_own_commit_or_after_in_any_order_and_number_it_ends_the_same(
    two, steps, chance
):
    story = [delivery(two[n], status, final=final, after=at) for n, status, final, at in steps]
    in_order = alone(lambda: (hear(OUR_COMMIT, *story), texts())[1])
    for _ in range(3):
        shuffled = [*story, *chance.choices(story, k=2), OUR_COMMIT]
        chance.shuffle(shuffled)
        assert alone(lambda order=shuffled: (hear(*order), texts())[1]) == in_order


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=3), words=st.lists(WORDS, max_size=4))
def test_a_replay_of_the_whole_log_leaves_everything_as_it_is(two, steps, words):
    story = [delivery(two[n], status, final=final, after=at) for n, status, final, at in steps]
    said = [inbound(two[0].phone, body, inbound_id=f"in-{n}") for n, body in enumerate(words)]

    def replayed():
        hear(OUR_COMMIT, *story, *said)
        before = everything()
        assert event_log.replay() == Event.objects.count()
        while event_log.process_batch():
            continue
        return before, everything()

    before, after = alone(replayed)
    assert after == before
