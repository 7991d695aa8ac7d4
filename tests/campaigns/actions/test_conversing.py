from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from campaigns import actions, tasks, threads
from campaigns.models import CannedReply, Conversation, InboundMessage, Message
from campaigns.refusal import Refused
from tests.campaigns.factories import NOON, ContactFactory
from tests.compliance.acts import no
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"
OURS = "+12065550100"


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr(tasks.send_direct, "delay", lambda originator_id: None)


@pytest.fixture
def program():
    return ProgramFactory()


@pytest.fixture
def originator():
    return OriginatorFactory(identity=OURS)


def hears(*bodies, phone=ANA, at=None):
    """People text us."""
    start = InboundMessage.objects.count()
    texts = [
        InboundMessage(
            inbound_id=f"in-{start + n}",
            sender=phone,
            recipient=OURS,
            body=body,
            intent="other",
            received_at=(at or timezone.now()) + timedelta(seconds=start + n),
        )
        for n, body in enumerate(bodies)
    ]
    threads.note_inbound(InboundMessage.objects.bulk_create(texts))
    return Conversation.objects.get(phone=phone)


def reply(talk, program, user, body="We open at 9.", **options):
    return actions.reply(
        talk.pk, body, **{"program_id": program.pk, "promotional": False, "user": user} | options
    )


def test_texts_between_one_person_and_one_number_are_one_conversation():
    hears("Hello?", "Are you there?")
    talk = hears("Well?")
    assert (talk.preview, talk.unread) == ("Well?", 3)


def test_a_text_that_comes_late_is_not_the_last_one():
    hears("now")
    talk = hears("before", at=timezone.now() - timedelta(hours=1))
    assert (talk.preview, talk.unread) == ("now", 2)


def test_an_answer_goes_out_from_the_number_that_was_texted(program, originator, ana):
    message = reply(hears("When do you open?"), program, ana)
    assert (message.phone, message.originator, message.purpose) == (ANA, originator, "reply")


def test_an_answer_after_a_day_is_a_notice_which_needs_a_consent(program, originator, ana):
    talk = hears("When do you open?", at=timezone.now() - timedelta(hours=25))
    assert reply(talk, program, ana).purpose == Message.Purpose.NOTICE


def test_one_that_promotes_something_is_an_offer(program, originator, ana):
    message = reply(hears("Hi"), program, ana, promotional=True)
    assert message.purpose == Message.Purpose.OFFER


def test_a_second_click_sends_nothing_more(program, originator, ana):
    talk = hears("Hi")
    first = reply(talk, program, ana, once="token")
    assert reply(talk, program, ana, once="token") == first


@pytest.mark.parametrize(("body", "words"), [("  ", "empty"), ("x" * 2000, "at most 1530")])
def test_what_cannot_be_sent_is_refused_in_words(program, originator, ana, body, words):
    with pytest.raises(Refused, match=words):
        reply(hears("Hi"), program, ana, body=body)


def test_a_number_that_is_not_ours_any_more_cannot_answer(program, ana):
    with pytest.raises(Refused, match="active senders"):
        reply(hears("Hi"), program, ana)


def test_who_may_only_look_answers_nobody(program, originator, analyst):
    with pytest.raises(PermissionDenied):
        reply(hears("Hi"), program, analyst)


def test_a_conversation_is_handed_to_somebody_and_that_is_on_record(ana, ben):
    talk = hears("Hi")
    actions.assign(talk.pk, ben.pk, ana)
    talk.refresh_from_db()
    assert talk.assigned_to == ben
    assert LogEntry.objects.get().get_change_message() == "Assigned to ben."


@pytest.fixture
def as_ana(client, ana):
    client.force_login(ana)
    return client


def page(talk, name="change"):
    return reverse(f"admin:campaigns_conversation_{name}", args=[talk.pk])


def inbox(client, **query):
    return client.get(reverse("admin:campaigns_conversation_changelist"), query).content.decode()


def test_the_inbox_shows_the_unread_first(as_ana):
    old = hears("old", phone="+12125550112", at=timezone.now() - timedelta(hours=2))
    hears("new")
    Conversation.objects.filter(phone=ANA).update(unread=0)
    words = inbox(as_ana)
    assert words.index(old.phone) < words.index(ANA)


def test_who_opted_out_is_found_in_the_inbox(as_ana):
    hears("hello", phone="+12125550112")
    hears("STOP")
    no(ANA)
    words = inbox(as_ana, show="opted_out")
    assert ANA in words
    assert "+12125550112" not in words


@pytest.mark.parametrize("q", ["(212) 555-0111", "open on sunday"])
def test_it_is_searched_by_number_and_by_words(as_ana, q):
    hears("Are you open on Sunday?")
    hears("Other", phone="+12125550112")
    words = inbox(as_ana, q=q)
    assert ANA in words
    assert "+12125550112" not in words


@pytest.mark.parametrize(
    "q", ["a refund", "ORDER 66", "remboursé", "9 to 5", "100%", "a_b", "\x00refund"]
)
def test_words_are_found_in_every_text_of_a_conversation_not_only_the_last(
    as_ana, program, originator, ana, q
):
    talk = hears("I want a REFUND for order 66: a_b, 100%", "Remboursé ?", "Thanks")
    hears("order 65, 100 things, aXb", phone="+12125550112")
    reply(talk, program, ana, body="Call us from 9 to 5.")
    hears("Bye")
    words = inbox(as_ana, q=q)
    assert ANA in words
    assert "+12125550112" not in words


def test_a_search_stays_within_the_view_that_is_shown(as_ana, ana):
    hears("a refund, please", phone="+12125550112")
    mine = hears("a refund, please")
    actions.assign(mine.pk, ana.pk, ana)
    words = inbox(as_ana, q="refund", show="mine")
    assert ANA in words
    assert "+12125550112" not in words


def test_what_another_number_of_ours_was_texted_is_another_conversation():
    hears("a refund")
    other = InboundMessage.objects.create(
        inbound_id="x", sender=ANA, recipient="+12065550199", body="hello", received_at=NOON
    )
    threads.note_inbound([other])
    found = threads.search(Conversation.objects.all(), "refund")
    assert [talk.ours for talk in found] == [OURS]


def test_an_empty_inbox_says_what_will_be_there(as_ana):
    assert "Nobody has texted you yet." in inbox(as_ana)


def test_looking_at_a_conversation_is_reading_it(as_ana):
    talk = hears("Hello?")
    assert "Hello?" in as_ana.get(page(talk)).content.decode()
    talk.refresh_from_db()
    assert talk.unread == 0


def test_what_was_typed_stays_when_it_cannot_be_sent(as_ana, program):
    talk = hears("Hi")
    typed = {"body": "We open at 9.", "program": program.pk}
    words = as_ana.post(page(talk, "reply"), typed).content.decode()
    assert "is not among the active senders" in words
    assert "We open at 9.</textarea>" in words


def test_both_sides_are_shown_in_order(as_ana, program, originator):
    talk = hears("When do you open?", at=timezone.now() - timedelta(minutes=5))
    as_ana.post(page(talk, "reply"), {"body": "At 9.", "program": program.pk})
    words = as_ana.get(page(talk, "lines")).content.decode()
    assert words.index("When do you open?") < words.index("At 9.")


def test_the_parts_of_an_answer_are_counted(as_ana):
    address = reverse("admin:campaigns_conversation_parts")
    assert "2 message parts" in as_ana.post(address, {"body": "x" * 161}).content.decode()


def test_words_kept_ready_are_put_into_the_box(as_ana):
    words = CannedReply.objects.create(name="Hours", body="We open at 9.")
    address = reverse("admin:campaigns_conversation_canned")
    assert "We open at 9." in as_ana.get(address, {"canned": words.pk}).content.decode()


def test_who_may_only_look_sees_no_box(client, analyst):
    client.force_login(analyst)
    assert "Your answer" not in client.get(page(hears("Hi"))).content.decode()


def test_the_inbox_names_people_and_says_who_opted_out(as_ana):
    person = ContactFactory(phone=ANA, user_attributes={"FirstName": ["Ana"], "LastName": ["Lee"]})
    talk = hears("Hello?")
    Conversation.objects.update(contact=person)
    assert "Ana Lee · +12125550111" in inbox(as_ana)
    assert "opted out" not in inbox(as_ana)
    no(person.phone)
    assert "opted out" in inbox(as_ana)
    page = as_ana.get(reverse("admin:campaigns_conversation_change", args=[talk.pk]))
    words = page.content.decode()
    assert "Ana Lee · +12125550111</h2>" in words
    assert "This person opted out of everything we send on " in words
