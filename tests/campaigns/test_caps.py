"""Caps across campaigns, and what is kept of the gate's answers."""

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from campaigns import clearing, pacing, queue
from campaigns.dispatch import Dispatcher
from campaigns.history import had_before
from campaigns.lanes import Lane, Where
from campaigns.models import Message
from compliance import gate
from compliance.models import RulesVersion
from tests.campaigns.factories import (
    NOON,
    CampaignFactory,
    ContactFactory,
    MessageFactory,
    RunFactory,
    opted_in,
    run_of,
)
from tests.campaigns.gateways import Accepting
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NIGHT = datetime(2026, 11, 25, 3, tzinfo=UTC)


@pytest.fixture
def ana():
    return ContactFactory(phone="+12125550111")


def work(run, gateway=None, now=NOON):
    pacing.connection().flushdb()  # the clock of Valkey is its own: let the last second be over
    gateway = gateway or Accepting()
    Dispatcher(gateway, now=lambda: now, at_once=4).work(run.pk, until=time.monotonic() + 30)
    return gateway


def sent(contact, at, program, **fields):
    """Record a text of another campaign of the program."""
    message_class = fields.pop("message_class", "promotional")
    campaign = CampaignFactory(program=program, message_class=message_class)
    fields = {"state": "accepted", "aws_id": "aws-1"} | fields
    return MessageFactory(run=RunFactory(campaign=campaign), contact=contact, sent_at=at, **fields)


def next_text(contact, program):
    opted_in(program, contact.phone)
    run = RunFactory(campaign=CampaignFactory(status="sending", program=program), audience=1)
    return run, MessageFactory(run=run, contact=contact)


def test_texts_of_other_campaigns_of_the_brand_count(ana):
    program = ProgramFactory()
    for hours in (1, 5, 23):
        sent(ana, NOON - hours * HOUR, ProgramFactory(brand=program.brand))
    run, message = next_text(ana, program)
    work(run)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("queued", "freq_cap_24h")
    assert message.due_at == NOON + HOUR


def test_a_program_holds_limits_over_days_whatever_campaigns_the_texts_were_of(ana):
    program = ProgramFactory()
    program.limits.create(most=4, days=2)
    program.limits.create(most=2, days=14)
    for days in (3, 10, 20):
        sent(ana, NOON - days * 24 * HOUR, program)
    run, message = next_text(ana, program)
    run.expires_at = NOON + timedelta(days=30)
    run.save()
    work(run)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("queued", "freq_cap_program")
    assert message.due_at == NOON + timedelta(days=4)  # when the one of ten days ago is 14 old


def test_of_several_full_limits_the_longest_wait_counts(ana):
    program = ProgramFactory(most_in_day=1)
    program.limits.create(most=1, days=7)
    sent(ana, NOON - HOUR, program)
    run, message = next_text(ana, program)
    run.expires_at = NOON + timedelta(days=30)
    run.save()
    work(run)
    message.refresh_from_db()
    assert message.due_at == NOON - HOUR + timedelta(days=7)


@pytest.mark.parametrize(
    "changes",
    [
        {"at": NOON - 24 * HOUR},
        {"message_class": "transactional"},
        {"state": "failed", "aws_id": ""},
        {"brand": "Another"},
    ],
)
def test_what_the_cap_does_not_count(ana, changes):
    program = ProgramFactory()
    changes = dict(changes)
    other = ProgramFactory(brand=changes.pop("brand", program.brand))
    at = changes.pop("at", NOON - HOUR)
    for _ in range(3):
        sent(ana, at, other, **changes)
    run, _ = next_text(ana, program)
    assert len(work(run).texts) == 1


def test_a_text_that_failed_after_aws_took_it_counts(ana):
    program = ProgramFactory()
    sent(ana, NOON - HOUR, program, state="failed")
    run, _ = next_text(ana, program)
    had = had_before(run.campaign.program, [ana.phone], NOON, run.campaign_id)[ana.phone]
    assert (had.of_brand, had.in_total) == ([NOON - HOUR], 0)


def test_what_a_batch_had_before_takes_one_query(ana, django_assert_num_queries):
    program = ProgramFactory()
    for _ in range(5):
        sent(ana, NOON - HOUR, program)
    run, _ = next_text(ana, program)
    assert run.campaign.program.longest_limit  # is read once for all batches of a lane
    with django_assert_num_queries(1):
        had_before(run.campaign.program, [f"+1212555{n:04d}" for n in range(500)], NOON)


def test_two_campaigns_cannot_both_take_the_last_text_of_a_day(ana):
    """Both have asked the gate when the first one begins to hand over."""
    program = ProgramFactory()
    for hours in (1, 2):
        sent(ana, NOON - hours * HOUR, program)
    claims = []
    for run, message in (next_text(ana, program), next_text(ana, program)):
        token, (claimed,) = queue.claim(run.pk, 1, NOON)
        had = had_before(run.campaign.program, [ana.phone], NOON)[ana.phone]
        question = gate.Question(ana.phone, program.pk, "promotional", had=had.of_brand)
        (decision,) = gate.decide([question], NOON)
        assert decision.verdict is gate.Verdict.SEND
        claimed.decisions, claimed.parts = [decision.record()], 1
        claims.append((token, claimed, message.pk))
    started = [queue.start(token, [claimed], NOON) for token, claimed, _ in claims]
    assert started == [{claims[0][2]}, set()]


def offer(contact, program, **fields):
    """Queue, or record, a promotional text to one person that is of no campaign."""
    originator = OriginatorFactory()
    return MessageFactory(
        run=None, campaign=None, contact=contact, purpose="offer", program=program,
        originator=originator, body="Only for you", **fields,
    )  # fmt: skip


def work_direct(originator_id, now=NOON):
    pacing.connection().flushdb()
    gateway = Accepting()
    dispatcher = Dispatcher(gateway, now=lambda: now, at_once=4)
    dispatcher.work_direct(originator_id, until=time.monotonic() + 30)
    return gateway


def test_offers_to_one_person_count_as_campaigns_do(ana):
    program = ProgramFactory()
    for hours in (1, 5, 23):
        offer(ana, program, state="accepted", aws_id="aws-1", sent_at=NOON - hours * HOUR)
    run, message = next_text(ana, program)
    work(run)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("queued", "freq_cap_24h")


def test_an_offer_to_one_person_keeps_the_brands_cap(ana):
    program = ProgramFactory()
    opted_in(program, ana.phone)
    for hours in (1, 5, 23):
        sent(ana, NOON - hours * HOUR, program)
    message = offer(ana, program)
    work_direct(message.originator_id)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("queued", "freq_cap_24h")
    assert message.due_at == NOON + HOUR


def test_an_offer_to_one_person_keeps_its_programs_limit(ana):
    program = ProgramFactory(most_in_day=1)
    opted_in(program, ana.phone)
    sent(ana, NOON - HOUR, program)
    message = offer(ana, program)
    work_direct(message.originator_id)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("queued", "freq_cap_program")


def test_an_offer_that_fits_goes(ana):
    program = ProgramFactory()
    opted_in(program, ana.phone)
    sent(ana, NOON - HOUR, program)
    assert len(work_direct(offer(ana, program).originator_id).texts) == 1


def test_of_two_offers_at_once_one_is_the_last_of_the_day(ana):
    """Both have asked the gate when the first one begins to hand over."""
    program = ProgramFactory()
    opted_in(program, ana.phone)
    for hours in (1, 2):
        sent(ana, NOON - hours * HOUR, program)
    first, second = offer(ana, program), offer(ana, program)
    claims = []
    for message in (first, second):
        token = uuid.uuid4()
        where = Where(originator_id=message.originator_id)
        claimed = queue.claim_into(token, where, 1, NOON)
        claims.append((token, clearing.clear(Lane.of(where), token, claimed, NOON)))
    started = [queue.start(token, [one.message for one in ready], NOON) for token, ready in claims]
    assert started == [{first.pk}, set()]


def test_a_notice_to_one_person_is_not_counted(ana):
    program = ProgramFactory()
    for hours in (1, 5, 23):
        message = offer(ana, program, state="accepted", aws_id="a", sent_at=NOON - hours * HOUR)
        Message.objects.filter(pk=message.pk).update(purpose="notice")
    run, _ = next_text(ana, program)
    assert len(work(run).texts) == 1


def test_the_answer_that_let_a_text_pass_is_kept_with_it():
    run, (message,) = run_of(1)
    work(run)
    message.refresh_from_db()
    (decision,) = message.decisions
    assert decision["verdict"] == "send"
    assert decision["rules"] == message.rules == RulesVersion.objects.get().name
    assert decision["zones"] == {"America/New_York": ["2026-11-24 12:00", "number"]}


def test_every_answer_that_held_a_text_back_is_kept():
    run, (message,) = run_of(1)
    work(run, now=NIGHT)
    work(run, now=NIGHT + 10 * HOUR)
    message.refresh_from_db()
    assert [(d["verdict"], d.get("reason")) for d in message.decisions] == [
        ("defer", "quiet_hours"),
        ("send", None),
    ]


def test_the_answer_that_blocked_a_text_is_kept_with_its_rules():
    run, (message,) = run_of(1, consent=False)
    work(run)
    message.refresh_from_db()
    assert (message.decisions[0]["reason"], message.state) == ("no_consent", "blocked")
    assert message.rules == RulesVersion.objects.get().name


def test_a_text_is_not_delivered_after_the_recipients_hours():
    run, _ = run_of(1)
    (text,) = work(run).texts
    assert text.ttl_seconds == 9 * 3600  # noon to 21:00


def test_a_transactional_text_is_tried_as_long_as_aws_tries():
    run, _ = run_of(1, message_class="transactional")
    (text,) = work(run).texts
    assert text.ttl_seconds == 72 * 3600


def test_the_address_of_a_contact_counts():
    run, (message,) = run_of(1)
    contact = message.contact
    contact.region, contact.country = "KY", "US"
    contact.save()
    Message.objects.update(due_at=NOON - 4 * HOUR)
    work(run, now=NOON - 3.5 * HOUR)  # 8:30 in New York; Kentucky opens at 10
    message.refresh_from_db()
    assert (message.reason, message.due_at) == ("quiet_hours", NOON - HOUR)  # in both its zones


def test_a_message_that_nobody_decided_on_has_no_decisions():
    assert Message.objects.get(pk=MessageFactory().pk).decisions is None
