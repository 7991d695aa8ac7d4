import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from campaigns import conversations, event_log, pacing, tasks
from campaigns.dispatch import Dispatcher
from campaigns.models import (
    Conversation,
    Destination,
    Event,
    KeywordRule,
    Message,
    OutgoingEvent,
)
from compliance.models import Consent
from contacts.models import Contact, ContactList
from pinpoint.receivers.raw import raw_event
from tests.campaigns.events import inbound
from tests.campaigns.factories import NOON, ContactFactory, run_of
from tests.campaigns.gateways import Accepting
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr(tasks.send_direct, "delay", lambda originator_id: None)


@pytest.fixture(autouse=True)
def originator():
    return OriginatorFactory(identity="+12065550100")


def rule(**changes):
    defaults = {"name": "Rule", "match": "exact", "keyword": "STATUS", "reply": "All is well."}
    program = changes.pop("program", None) or ProgramFactory()
    return KeywordRule.objects.create(**defaults | {"program": program} | changes)


def hears(body, n=1, phone=ANA, at=NOON):
    event_log.store(
        [
            raw_event(
                json.dumps(inbound(phone, body, inbound_id=f"in-{n}")),
                source="sns",
                transport_id=str(n),
                sent_at=at,
            )
        ]
    )
    event_log.process_batch()


def answers():
    return list(Message.objects.filter(purpose="reply").values_list("body", flat=True))


@pytest.mark.parametrize(
    ("match", "keyword", "body", "fits"),
    [
        ("exact", "STATUS", " status! ", True),
        ("exact", "STATUS", "status of my order", False),
        ("prefix", "STATUS", "Status of my order", True),
        ("prefix", "STATUS", "statuses", False),
        ("pattern", "*appointment*", "My APPOINTMENT tomorrow", True),
        ("pattern", "confirm ?", "confirm 7", True),
        ("pattern", "confirm ?", "confirm it", False),
    ],
)
def test_a_text_is_compared_never_minding_case(match, keyword, body, fits):
    rule(match=match, keyword=keyword)
    hears(body)
    assert bool(answers()) is fits


def test_an_answer_may_hold_any_field_of_the_contact():
    ContactFactory(phone=ANA, attributes={"Status": ["shipped"]})
    rule(reply="Your order is {{Attributes.Status}}.")
    hears("STATUS")
    assert answers() == ["Your order is shipped."]


def test_the_first_rule_acts_and_no_other():
    rule(name="Second", reply="second", place=2)
    rule(name="First", reply="first", place=1)
    hears("STATUS")
    assert answers() == ["first"]


def test_one_answer_an_hour_is_enough_so_that_machines_do_not_talk_for_ever():
    rule()
    hears("STATUS", 1)
    hears("STATUS", 2, at=NOON + timedelta(minutes=59))
    assert len(answers()) == 1
    hears("STATUS", 3, at=NOON + timedelta(minutes=61))
    assert len(answers()) == 2


@pytest.mark.parametrize("sender", ["72345", "ACME"])
def test_short_codes_and_names_are_never_answered(sender):
    rule()
    hears("STATUS", phone=sender)
    assert answers() == []


@pytest.mark.parametrize("word", ["STOP", "stop please", "HELP", "START", "unsubscribe"])
def test_reserved_words_cannot_be_redefined(word):
    made = KeywordRule(name="x", match="exact", keyword=word, reply="No!", program=ProgramFactory())
    with pytest.raises(ValidationError, match="reserved"):
        made.full_clean()


def test_a_stop_is_an_opt_out_whatever_the_rules_say():
    rule(match="pattern", keyword="*")
    hears("STOP")
    assert answers() == []


def test_a_rule_that_does_nothing_is_refused():
    made = KeywordRule(name="x", match="exact", keyword="WIN", program=ProgramFactory())
    with pytest.raises(ValidationError, match="does nothing"):
        made.full_clean()


def test_a_word_may_set_an_attribute_and_make_the_person_a_contact():
    rule(reply="", keyword="YES", set_attribute="Confirmed", set_value="yes")
    hears("yes")
    assert Contact.objects.get(phone=ANA).attributes == {"Confirmed": ["yes"]}


def test_a_word_may_put_a_person_on_a_list_once():
    fans = ContactList.objects.create(name="Fans", grows=True)
    rule(reply="", keyword="FAN", add_to_list=fans)
    hears("fan", 1)
    hears("Fan!", 2)
    assert [member.contact.phone for member in fans.members.all()] == [ANA]
    fans.refresh_from_db()
    assert fans.people == 1


def test_a_rule_puts_nobody_on_a_list_that_never_changes():
    fixed = ContactList.objects.create(name="Fixed")
    made = KeywordRule(
        name="x", match="exact", keyword="FAN", add_to_list=fixed, program=ProgramFactory()
    )
    with pytest.raises(ValidationError, match="for ever"):
        made.full_clean()


def test_a_word_may_be_an_opt_in_with_its_wording_as_proof():
    program = ProgramFactory()
    rule(reply="", keyword="OFFERS", opt_in_to=program, wording="Text OFFERS to get offers.")
    hears("offers")
    assert Consent.objects.get(phone=ANA, program=program).state == "active"


def test_a_webhook_is_told():
    place = Destination.objects.create(name="Hook", kind="webhook", address="https://example.com/")
    rule(reply="", tell=place)
    hears("STATUS")
    told = OutgoingEvent.objects.filter(event_type="keyword").get()
    assert told.payload["messageBody"] == "STATUS"


def test_a_rule_of_a_campaign_acts_only_for_people_it_texted_lately():
    run, (message,) = run_of(1)
    Message.objects.filter(pk=message.pk).update(sent_at=NOON - timedelta(hours=2))
    rule(campaign=run.campaign, within_hours=24)
    hears("STATUS", 1, phone=message.phone)
    hears("STATUS", 2, phone="+12125559999")
    hears("STATUS", 3, phone=message.phone, at=NOON + timedelta(hours=23))
    assert len(answers()) == 1


def test_another_number_of_ours_has_other_rules():
    rule(originator=OriginatorFactory(identity="+12065550199"))
    hears("STATUS")
    assert answers() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_two_texts_of_a_person_answer_once(originator):
    rule()
    for n in (1, 2):
        text = json.dumps(inbound(ANA, "STATUS", inbound_id=f"in-{n}"))
        event_log.store([raw_event(text, source="sns", transport_id=str(n), sent_at=NOON)])
    both_have_one = threading.Barrier(2)
    act = conversations.receive

    def together(received):
        assert len(received) == 1
        both_have_one.wait(5)
        return act(received)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_log, "BATCH", 1)
        patch.setattr(conversations, "receive", together)
        with ThreadPoolExecutor(2) as workers:
            assert list(workers.map(lambda _: work(), range(2))) == [1, 1]
    assert answers() == ["All is well."]
    assert Event.objects.filter(status="done").count() == 2
    talk = Conversation.objects.get(phone=ANA)
    assert talk.unread == 2


def work():
    try:
        return event_log.process_batch()
    finally:
        connection.close()


def test_whoever_said_stop_meanwhile_gets_no_automatic_answer(originator):
    rule()
    hears("STATUS", 1)
    hears("STOP", 2)
    pacing.connection().flushdb()
    gateway = Accepting()
    Dispatcher(gateway, now=lambda: NOON, at_once=1).work_direct(
        originator.pk, until=time.monotonic() + 2
    )
    assert gateway.texts == []
    assert Message.objects.get(purpose="reply").reason == "suppressed"
