import time
from datetime import UTC, datetime, timedelta

import pytest
import redis

from campaigns import pacing, queue
from campaigns.calling import calls
from campaigns.dispatch import Dispatcher, Shift
from campaigns.lanes import Where
from campaigns.models import Message
from compliance import opt_outs
from compliance.models import LedgerEntry, Suppression, TenDlcCampaign
from pinpoint.gateway import Fate
from tests.campaigns.factories import NOON, MessageFactory, run_of
from tests.campaigns.gateways import (
    Accepting,
    Dying,
    Failing,
    FailingOne,
    Timing,
    most_in_a_second,
)
from tests.compliance.factories import OriginatorFactory

# Threads call the gateway; the database is only touched by the test's own thread.
pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 25, 3, tzinfo=UTC)


def work(run, gateway, now=NOON, seconds=3.0, at_once=4):
    pacing.connection().flushdb()  # the clock of Valkey is its own: let the last second be over
    dispatcher = Dispatcher(gateway, now=lambda: now, at_once=at_once)
    return dispatcher.work(run.pk, until=time.monotonic() + seconds)


def test_it_hands_over_every_due_message():
    run, messages = run_of(10)
    gateway = Accepting()
    assert work(run, gateway) == 10
    assert {t.clearance.phone for t in gateway.texts} == {m.phone for m in messages}


def test_an_accepted_message_keeps_the_id_of_aws():
    run, (message,) = run_of(1)
    work(run, Accepting())
    message.refresh_from_db()
    assert (message.state, message.aws_id) == ("accepted", "aws-1")


def test_it_renders_the_contacts_own_fields():
    run, _ = run_of(1)
    gateway = Accepting()
    work(run, gateway)
    assert gateway.texts[0].body == "Acme: Hi Ana! Reply STOP to opt out."


def test_our_message_id_travels_in_the_context():
    run, (message,) = run_of(1)
    gateway = Accepting()
    work(run, gateway)
    assert gateway.texts[0].context["message"] == str(message.pk)


def test_it_keeps_the_text_the_parts_and_the_rules_it_was_sent_by():
    run, (message,) = run_of(1)
    work(run, Accepting())
    message.refresh_from_db()
    assert (message.body, message.parts) == ("Acme: Hi Ana! Reply STOP to opt out.", 1)
    assert message.rules


def test_it_blocks_who_never_said_yes():
    run, (message,) = run_of(1, consent=False)
    gateway = Accepting()
    work(run, gateway)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("blocked", "no_consent")
    assert gateway.texts == []


def test_it_defers_past_quiet_hours():
    run, (message,) = run_of(1)
    gateway = Accepting()
    work(run, gateway, NIGHT)
    message.refresh_from_db()
    assert (message.state, message.due_at) == ("queued", datetime(2026, 11, 25, 13, tzinfo=UTC))
    assert gateway.texts == []


def test_what_could_only_go_after_the_runs_end_expires():
    run, (message,) = run_of(1)
    run.expires_at = NIGHT + timedelta(hours=1)
    run.save()
    work(run, Accepting(), NIGHT)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("expired", "quiet_hours")


def test_a_refused_text_fails_with_the_reason_of_aws():
    run, (message,) = run_of(1)
    work(run, Failing(Fate.REFUSED, "DESTINATION_COUNTRY_BLOCKED"))
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "DESTINATION_COUNTRY_BLOCKED")


def test_an_opt_out_that_only_aws_knew_reaches_the_ledger():
    run, (message,) = run_of(1)
    work(run, Failing(Fate.REFUSED, "DESTINATION_PHONE_NUMBER_OPTED_OUT"))
    assert Suppression.objects.filter(phone=message.phone).exists()


def test_a_text_of_unclear_fate_is_never_sent_again():
    run, (message,) = run_of(1)
    gateway = Failing(Fate.UNKNOWN)
    work(run, gateway)
    work(run, gateway, NOON + timedelta(hours=1))
    message.refresh_from_db()
    assert message.state == "unknown"
    assert len(gateway.texts) == 1


def test_a_worker_that_dies_leaves_no_more_unclear_than_its_threads_held():
    run, _ = run_of(12)
    with pytest.raises(SystemExit):
        work(run, Dying())
    unclear = run.messages.filter(state="sending").count()
    assert 0 < unclear <= 4
    assert run.messages.filter(state="queued").count() == 12 - unclear


@pytest.mark.parametrize("fate", [Fate.THROTTLED, Fate.NOT_SENT])
def test_what_surely_was_not_taken_is_tried_again_later(fate):
    run, (message,) = run_of(1)
    work(run, Failing(fate))
    message.refresh_from_db()
    assert message.state == "queued"
    assert message.due_at > NOON
    work(run, Accepting(), NOON + timedelta(minutes=10))
    message.refresh_from_db()
    assert message.state == "accepted"


def test_a_refusal_that_concerns_every_text_pauses_the_campaign_with_the_reason():
    run, _ = run_of(3)
    work(run, Failing(Fate.HALTED, "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"))
    run.campaign.refresh_from_db()
    assert run.campaign.status == "paused"
    assert "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT" in run.campaign.paused_because
    assert {m.state for m in Message.objects.all()} == {"queued"}


def test_a_limit_of_one_number_holds_up_neither_the_others_nor_the_campaign():
    run, messages = run_of(3)
    work(run, FailingOne(messages[1].phone, Fate.HAD_ENOUGH, "DAILY_DESTINATION_CALL_LIMIT"))
    run.campaign.refresh_from_db()
    assert run.campaign.status == "sending"
    assert [m.state for m in run.messages.order_by("pk")] == ["accepted", "queued", "accepted"]
    waiting = run.messages.get(state="queued")
    assert waiting.reason == "DAILY_DESTINATION_CALL_LIMIT"
    assert waiting.due_at > NOON + timedelta(minutes=45)


def test_a_paused_campaign_sends_nothing():
    run, _ = run_of(3)
    run.campaign.status = "paused"
    run.campaign.save()
    gateway = Accepting()
    work(run, gateway)
    assert gateway.texts == []


def test_a_cancelled_message_is_not_sent_although_it_was_claimed():
    run, _ = run_of(1)
    token, claimed = queue.claim(run.pk, 1, NOON)
    Message.objects.update(state="cancelled")
    assert queue.start(token, claimed, NOON) == set()


def test_two_workers_never_claim_the_same_message():
    run, _ = run_of(5)
    _, first = queue.claim(run.pk, 3, NOON)
    _, second = queue.claim(run.pk, 3, NOON)
    assert not {m.pk for m in first} & {m.pk for m in second}
    assert len(first) + len(second) == 5


def test_a_lease_that_ran_out_can_be_claimed_again():
    run, (message,) = run_of(1)
    queue.claim(run.pk, 1, NOON)
    _, again = queue.claim(run.pk, 1, NOON + queue.lease() * 2)
    assert [m.pk for m in again] == [message.pk]


def test_a_worker_whose_lease_ran_out_cannot_start_what_another_has():
    run, _ = run_of(1)
    late, claimed = queue.claim(run.pk, 1, NOON)
    queue.claim(run.pk, 1, NOON + queue.lease() * 2)
    assert queue.start(late, claimed, NOON + queue.lease() * 2) == set()


def test_what_a_dead_worker_was_handing_over_becomes_unknown():
    run, (message,) = run_of(1)
    token, claimed = queue.claim(run.pk, 1, NOON)
    queue.start(token, claimed, NOON)
    assert queue.abandon_dead(NOON + queue.lease() * 2) == 1
    message.refresh_from_db()
    assert message.state == "unknown"


def test_a_slow_worker_settles_what_was_given_up_as_unknown():
    run, (message,) = run_of(1)
    token, claimed = queue.claim(run.pk, 1, NOON)
    queue.start(token, claimed, NOON)
    queue.abandon_dead(NOON + queue.lease() * 2)
    queue.accepted(token, [(message.pk, "aws-9")], NOON + queue.lease() * 3)
    message.refresh_from_db()
    assert (message.state, message.aws_id) == ("accepted", "aws-9")


def test_a_receipt_that_came_first_is_not_taken_back():
    run, (message,) = run_of(1)
    token, claimed = queue.claim(run.pk, 1, NOON)
    queue.start(token, claimed, NOON)
    Message.objects.update(state="delivered", final_at=NOON)
    queue.accepted(token, [(message.pk, "aws-9")], NOON)
    message.refresh_from_db()
    assert (message.state, message.aws_id) == ("delivered", "aws-9")


def test_a_stop_that_comes_while_a_text_waits_for_its_turn_holds_it_back(monkeypatch):
    run, (message,) = run_of(1)
    clock = [NOON]

    def take(buckets, parts, **how):
        opt_outs.opt_out(
            message.phone, source=LedgerEntry.Source.KEYWORD, happened_at=NOON, evidence={}
        )
        clock[0] = NOON + timedelta(seconds=1)  # the turn came a second after the gate's answer
        return pacing.Grant(range(len(parts)), 0)

    monkeypatch.setattr(pacing, "take", take)
    gateway = Accepting()
    Dispatcher(gateway, now=lambda: clock[0], at_once=1).work(run.pk, until=time.monotonic() + 30)
    message.refresh_from_db()
    assert (message.state, message.reason, gateway.texts) == ("blocked", "suppressed", [])


def test_without_the_buckets_nothing_is_sent(monkeypatch):
    run, (message,) = run_of(1)

    def lost(buckets, parts, **how):
        raise redis.ConnectionError("gone")

    monkeypatch.setattr(pacing, "take", lost)
    gateway = Accepting()
    work(run, gateway)
    message.refresh_from_db()
    assert (message.state, message.leased_until, gateway.texts) == ("queued", None, [])


def test_a_text_that_renders_to_nothing_fails_and_says_so():
    run, (message,) = run_of(1, body="{{User.UserAttributes.FirstName}}")
    message.contact.user_attributes = {}
    message.contact.save()
    work(run, Accepting())
    message.refresh_from_db()
    assert (message.state, message.reason, message.detail) == (
        "failed",
        "template",
        "the text is empty",
    )


def test_the_daily_limit_counts_earlier_runs_of_the_campaign():
    run, (message,) = run_of(1)
    work(run, Accepting())
    run.finished_at = NOON
    run.save()
    second = type(run).objects.create(
        campaign=run.campaign,
        number=run.number + 1,
        body=run.body,
        rules=run.rules,
        audience=1,
        launched_at=NOON,
        expires_at=NOON + timedelta(hours=72),
    )
    again = MessageFactory(run=second, contact=message.contact)
    gateway = Accepting()
    work(second, gateway, NOON + timedelta(hours=1))
    again.refresh_from_db()
    assert gateway.texts == []
    assert (again.state, again.reason) == ("queued", "daily_limit")


def test_the_number_of_queries_does_not_grow_with_the_batch(django_assert_max_num_queries):
    run, _ = run_of(64)
    with django_assert_max_num_queries(70):
        work(run, Accepting(), at_once=64)


def test_a_contact_that_was_erased_meanwhile_is_still_addressed_by_number():
    run, (message,) = run_of(1, body="Hello")
    message.contact.delete()
    gateway = Accepting()
    work(run, gateway)
    assert gateway.texts[0].clearance.phone == message.phone


def work_together(gateway, runs, *, seconds):
    """Have one worker send some runs together."""
    lanes = [Where(run_id=run.pk) for run in runs]
    with calls(gateway, 8) as together:
        Shift(together, lambda: NOON, 8, lambda _: lanes).work(time.monotonic() + seconds)


def test_a_lane_without_room_does_not_hold_up_the_others():
    slow, _ = run_of(5, messages_per_second=1)
    quick, _ = run_of(40)
    gateway = Accepting()
    pacing.connection().flushdb()
    work_together(gateway, [slow, quick], seconds=2)
    assert quick.messages.filter(state="accepted").count() == 40
    assert 1 <= slow.messages.filter(state="accepted").count() <= 3


def test_two_campaigns_of_one_originator_take_turns():
    originator = OriginatorFactory(parts_per_second=10)
    runs = [run_of(60, originator=originator)[0] for _ in range(2)]
    pacing.connection().flushdb()
    work_together(Accepting(), runs, seconds=4.5)
    sent = [run.messages.filter(state="accepted").count() for run in runs]
    assert min(sent) >= 5
    assert sum(sent) <= 50


def test_two_numbers_of_one_10dlc_campaign_never_send_more_than_its_pace_together():
    shared = TenDlcCampaign.objects.create(name="C1ACME", parts_per_second=10)
    runs = [
        run_of(60, originator=OriginatorFactory(parts_per_second=30, ten_dlc_campaign=shared))[0]
        for _ in range(2)
    ]
    pacing.connection().flushdb()
    gateway = Timing()
    work_together(gateway, runs, seconds=3.2)
    assert all(run.messages.filter(state="accepted").exists() for run in runs)
    assert len(gateway.times) >= 25
    assert most_in_a_second(gateway.times) <= 10


def test_two_texts_to_one_person_are_a_second_apart():
    run, (message,) = run_of(1)
    other, _ = run_of(0, originator=run.campaign.originator, program=run.campaign.program)
    MessageFactory(run=other, contact=message.contact, phone=message.phone)
    gateway = Accepting()
    work(run, gateway)
    Dispatcher(gateway, now=lambda: NOON, at_once=4).work(other.pk, until=time.monotonic() + 0.5)
    assert len(gateway.texts) == 1
    assert other.messages.get().due_at == NOON + timedelta(seconds=1)


def test_a_text_that_is_held_back_at_the_door_waits_and_was_no_attempt():
    run, (message,) = run_of(1)
    work(run, Failing(Fate.LATE))
    message.refresh_from_db()
    assert (message.state, message.attempts, message.sent_at) == ("queued", 0, None)


class CannotBegin:
    def begin(self, texts):
        raise OSError("no file of credentials")


def test_a_gateway_that_cannot_begin_is_an_error_and_not_waited_for():
    run, _ = run_of(3)
    with pytest.raises(OSError, match="no file"):
        work(run, CannotBegin())
