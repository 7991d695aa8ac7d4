"""What a person's answer does: to the ledger, to the review queue, and what is answered."""

import json
import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from campaigns import answers, conversations, event_log, pacing, queue, tasks, threads
from campaigns.dispatch import Dispatcher
from campaigns.models import Conversation, InboundMessage, Message
from compliance import content, opt_outs, reviews
from compliance.models import AnswerReview, Consent, LedgerEntry, Originator, Suppression
from pinpoint.events import parse
from pinpoint.gateway import Fate
from pinpoint.parts import count_parts
from pinpoint.receivers.raw import RawEvent
from tests.campaigns.events import delivery, inbound
from tests.campaigns.factories import NOON, opted_in, run_of
from tests.campaigns.gateways import Accepting, Failing
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"
OURS = "+12065550100"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.send_direct, "delay", lambda originator_id: None)


@pytest.fixture
def program():
    made = ProgramFactory(support_contact="help@acme.example")
    opted_in(made, ANA)
    return made


@pytest.fixture
def number(program):
    """A number whose STOP and HELP are ours to answer."""
    return OriginatorFactory(identity=OURS, self_managed_opt_outs=True)


def says(body, *, at=NOON, inbound_id=None, sender=ANA, answers=""):
    text = parse(inbound(sender, body, inbound_id=inbound_id or f"in-{body}-{at}", answers=answers))
    conversations.receive([conversations.Received(text, at)])


def sent(purpose=None):
    texts = Message.objects.filter(run=None).order_by("pk")
    return list(texts.filter(purpose=purpose) if purpose else texts)


def work(originator, now=NOON):
    pacing.connection().flushdb()  # the clock of Valkey is its own: let the last second be over
    gateway = Accepting()
    Dispatcher(gateway, now=lambda: now, at_once=2).work_direct(
        originator.pk, until=time.monotonic() + 3
    )
    return [text.body for text in gateway.texts]


def test_a_stop_opts_out_of_everything_with_its_evidence(number):
    says("STOP", inbound_id="in-7")
    entry = LedgerEntry.objects.get(act="opt_out")
    assert (entry.scope, entry.source, entry.evidence["rule"]) == ("all", "keyword", "en.stop")
    assert entry.evidence["inbound_id"] == "in-7"
    assert Suppression.objects.filter(phone=ANA, scope="all").exists()


def test_the_inbox_says_by_which_rule_it_was_understood(number):
    says("please take me off your list")
    message = InboundMessage.objects.get()
    assert (message.intent, message.rule) == ("stop", "en.list")
    assert message.rules_version


def test_a_stop_is_confirmed_once_and_the_gate_lets_it_pass(number):
    says("STOP")
    bodies = work(number)
    assert bodies == [
        "Acme: You have opted out and will get no more texts from us. Help: help@acme.example."
    ]


def test_a_confirmation_holds_nothing_promotional_in_any_language(program):
    for language in answers._texts():
        for name in ("opt_out", "opt_out_marketing", "help"):
            text = answers.words(name, language, program)
            assert not content.rules().promotional.search(content.folded(text))


def test_answers_fit_one_part_and_name_the_brand(program):
    for language in answers._texts():
        for name in ("opt_out", "opt_out_marketing", "opt_in", "help"):
            text = answers.words(name, language, program)
            assert text.startswith("Acme") or "Acme" in text
            assert count_parts(text).parts == 1


def test_a_confirmation_later_than_five_minutes_is_not_sent(number):
    says("STOP")
    assert work(number, NOON + timedelta(minutes=5, seconds=1)) == []
    assert sent()[0].reason == "reply_too_late"


def test_a_repeated_stop_gets_no_second_confirmation_within_a_day(number):
    says("STOP")
    says("STOP", at=NOON + timedelta(hours=23))
    assert len(sent("opt_out")) == 1
    says("STOP", at=NOON + timedelta(hours=25))
    assert len(sent("opt_out")) == 2


def test_the_same_inbound_text_delivered_twice_is_acted_on_once(number):
    says("STOP", inbound_id="in-1")
    says("STOP", inbound_id="in-1")
    assert LedgerEntry.objects.filter(act="opt_out").count() == len(sent()) == 1


def test_where_aws_manages_stop_nothing_is_answered(number):
    Originator.objects.update(self_managed_opt_outs=False)
    says("STOP")
    says("HELP")
    assert opt_outs.is_opted_out(ANA)
    assert sent() == []


def test_a_confirmation_speaks_the_language_of_the_stop(number):
    says("Arrêtez de m'envoyer des SMS")
    assert "désabonné" in sent()[0].body


def test_after_a_stop_there_is_silence(number):
    says("STOP")
    for words in ("Thanks!", "Who is this?", "YES", "What are your hours?"):
        says(words, at=NOON + timedelta(minutes=1))
    assert [message.purpose for message in sent()] == ["opt_out"]


def test_help_is_answered_even_after_a_stop(number):
    says("STOP")
    says("HELP", at=NOON + timedelta(minutes=1))
    (reply,) = sent("help")
    assert "help@acme.example" in reply.body
    work(number, NOON + timedelta(minutes=1))  # first the confirmation; a second later the answer
    assert reply.body in work(number, NOON + timedelta(minutes=2))


def unread(*bodies):
    """How many of the texts that somebody sends, a minute apart, wait in the inbox."""
    for n, body in enumerate(bodies):
        text = parse(inbound(ANA, body, inbound_id=f"in-{n}"))
        at = NOON + timedelta(minutes=n)
        threads.note_inbound(conversations.receive([conversations.Received(text, at)]))
    return Conversation.objects.get(phone=ANA).unread


@pytest.mark.parametrize(
    "body", ["STOP", "Stop.", "stop stop", "🛑", "ARRÊT", "START", "HELP", "info"]
)
def test_a_keyword_that_was_answered_asks_for_nobodys_attention(number, body):
    assert unread(body) == 0
    assert Conversation.objects.get().preview == body


@pytest.mark.parametrize(
    "body",
    [
        "STOP please",
        "STOP Acme",
        "STOP! You texted my son",
        "HELP me with my order",
        "stop 2",
        "Hi",
    ],
)
def test_more_than_the_keyword_is_for_a_person_to_read(number, body):
    assert unread(body) == 1


def test_a_keyword_leaves_unread_what_was_asked_before(number):
    assert unread("Where is my order?", "STOP", "STOP") == 1


@pytest.mark.parametrize(("body", "waits"), [("STOP", 0), ("START", 0), ("HELP", 0), ("AYUDA", 1)])
def test_where_aws_answers_only_what_it_does_not_know_waits(program, body, waits):
    OriginatorFactory(identity=OURS)
    assert unread(body) == waits


def test_help_that_is_not_answered_waits_for_a_person(number):
    assert unread("STOP", "HELP") == 1


def test_help_again_and_again_waits_for_a_person(number):
    assert unread(*["HELP"] * (answers.MOST_HELP_IN_AN_HOUR + 2)) == 2


def test_a_stop_that_cannot_be_confirmed_waits_for_a_person(number, monkeypatch):
    monkeypatch.setattr(answers.direct, "send", refuse)
    assert unread("STOP") == 1
    assert Suppression.objects.filter(phone=ANA).exists()


def refuse(**_asked):
    raise answers.direct.NotPossible("no")


def test_help_that_aws_refuses_to_let_through_is_tried_and_stays_for_a_person_to_answer(number):
    """AWS refuses every text to a number on its list, where our opt-outs are copied to."""
    says("STOP")
    Message.objects.filter(purpose="opt_out").update(state="delivered")
    says("HELP", at=NOON + timedelta(minutes=30))
    threads.note_inbound(InboundMessage.objects.filter(body="HELP"))
    pacing.connection().flushdb()
    gateway = Failing(Fate.REFUSED, "DESTINATION_PHONE_NUMBER_OPTED_OUT")
    at = NOON + timedelta(minutes=30)
    Dispatcher(gateway, now=lambda: at, at_once=1).work_direct(
        number.pk, until=time.monotonic() + 3
    )
    (reply,) = sent("help")
    assert (len(gateway.texts), reply.state) == (1, "failed")
    talk = Conversation.objects.get(phone=ANA)
    assert talk.unread == 1
    assert threads.lines(talk)[-1].why == "DESTINATION_PHONE_NUMBER_OPTED_OUT"
    assert Suppression.objects.filter(phone=ANA).count() == 1


def test_help_is_answered_to_strangers_too(number):
    says("HELP", sender="+12125550199")
    assert work(number)


def test_two_machines_do_not_help_each_other_for_ever(number):
    for minute in range(20):
        says("HELP", at=NOON + timedelta(minutes=minute))
    assert len(sent("help")) == answers.MOST_HELP_IN_AN_HOUR


def test_start_brings_a_person_back_with_its_evidence(number):
    says("STOP")
    says("START", at=NOON + timedelta(minutes=1), inbound_id="in-9")
    assert not Suppression.objects.filter(phone=ANA).exists()
    assert Consent.objects.get(phone=ANA).state == "active"
    assert LedgerEntry.objects.filter(act="opt_in", evidence__inbound_id="in-9").exists()
    # One text a second to one person: the confirmation of the STOP, then the answer.
    assert [len(work(number, NOON + timedelta(minutes=minute))) for minute in (1, 2)] == [1, 1]


def test_start_of_somebody_who_never_said_yes_is_not_answered(number):
    says("START", sender="+12125550199")
    assert work(number) == []


def test_a_narrower_wish_ends_promotional_texts_only(number):
    says("only stop the offers")
    assert Suppression.objects.get(phone=ANA).scope == "marketing"
    assert "promotional" in sent()[0].body


def test_a_wrong_number_marks_the_consent_invalid_too(number):
    says("Wrong number")
    assert Consent.objects.get(phone=ANA).state == "revoked"
    says("START", at=NOON + timedelta(minutes=1))
    assert Consent.objects.get(phone=ANA).state == "revoked"


def test_legal_words_opt_out_and_are_flagged(number):
    says("I will call my lawyer")
    assert opt_outs.is_opted_out(ANA)
    review = AnswerReview.objects.get()
    assert (review.legal, review.holds, review.status) == (True, False, "open")


def test_an_unsure_answer_holds_promotional_texts_back_until_it_is_read():
    run, (message,) = run_of(1)
    says("Who is this?", sender=message.phone)
    gateway = Accepting()
    Dispatcher(gateway, now=lambda: NOON, at_once=1).work(run.pk, until=time.monotonic() + 30)
    message.refresh_from_db()
    assert (message.state, message.reason, gateway.texts) == ("queued", "answer_to_read", [])


def test_an_answer_that_is_read_as_none_lifts_the_hold(officer):
    run, (message,) = run_of(1)
    says("Who is this?", sender=message.phone)
    reviews.decide(AnswerReview.objects.get().pk, is_opt_out=False, user=officer)
    gateway = Accepting()
    Dispatcher(gateway, now=lambda: NOON, at_once=1).work(run.pk, until=time.monotonic() + 30)
    assert len(gateway.texts) == 1


def test_a_start_lifts_the_hold_by_itself(number):
    says("Who is this?")
    says("START", at=NOON + timedelta(minutes=1))
    assert AnswerReview.objects.get().status == "not_opt_out"


@pytest.fixture
def officer(django_user_model):
    return django_user_model.objects.create_superuser("officer")


def test_a_reaction_that_quotes_our_text_is_no_stop(number):
    _run, (message,) = run_of(1)
    body = "Acme: hello. Reply STOP to opt out."
    Message.objects.filter(pk=message.pk).update(body=body, sent_at=NOON, aws_id="aws-1")
    says(f"{body} 👎", sender=message.phone, answers="aws-1")
    assert not opt_outs.is_opted_out(message.phone)


@pytest.mark.django_db(transaction=True)
def test_an_opt_out_reaches_a_campaign_that_is_being_sent_within_a_second(monkeypatch):
    """Twenty texts leave one by one, ten a second; the last person says STOP after the third."""
    run, messages = run_of(20)
    last, committed, handed_over = messages[-1], [], []
    gateway = Accepting()

    def take(buckets, parts, **how):
        time.sleep(0.1)
        return pacing.Grant([0], 0)

    def send(text):
        handed_over.append((time.monotonic(), text.clearance.phone))
        if len(handed_over) == 3:
            stopping = threading.Thread(target=stop)
            stopping.start()
            stopping.join()
        return Accepting.send(gateway, text)

    def stop():
        opt_outs.opt_out(
            last.phone, source=LedgerEntry.Source.KEYWORD, happened_at=NOON, evidence={}
        )
        committed.append(time.monotonic())
        connection.close()

    monkeypatch.setattr(pacing, "take", take)
    gateway.send = send
    began = time.monotonic()
    clock = lambda: NOON + timedelta(seconds=time.monotonic() - began)  # noqa: E731
    Dispatcher(gateway, now=clock, at_once=16).work(run.pk, until=time.monotonic() + 10)
    late = [at for at, phone in handed_over if phone == last.phone and at > committed[0] + 1]
    assert late == []
    assert last.phone not in [phone for _, phone in handed_over]
    assert len(handed_over) == 19
    last.refresh_from_db()
    assert (last.state, last.reason) == ("blocked", "suppressed")


def test_a_text_that_is_queued_when_a_stop_comes_is_blocked_at_its_turn(number):
    run, (message,) = run_of(1)
    token, claimed = queue.claim(run.pk, 1, NOON)
    queue.release(token, [claimed[0].pk])
    says("STOP", sender=message.phone)
    Dispatcher(Accepting(), now=lambda: NOON, at_once=1).work(run.pk, until=time.monotonic() + 30)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("blocked", "suppressed")


def test_a_person_who_blocks_us_is_opted_out():
    _run, (message,) = run_of(1)
    Message.objects.filter(pk=message.pk).update(state="accepted", aws_id="a", sent_at=NOON)
    payload = json.dumps(delivery(message, "BLOCKED"))
    event_log.store([RawEvent(key="k", source="sns", payload=payload)])
    event_log.process_batch()
    assert LedgerEntry.objects.get(act="opt_out").evidence["answer"] == "BLOCKED"
    assert opt_outs.is_opted_out(message.phone)


def test_the_carriers_answer_stop_on_toll_free_numbers():
    with pytest.raises(ValidationError, match="toll-free"):
        OriginatorFactory.build(kind="TOLL_FREE", self_managed_opt_outs=True).clean()
