import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict

from analytics import breakdowns, campaign_panels, kpis, rollups
from analytics.models import BlockFact, HourlyFact
from analytics.models.facts import DELAYS
from analytics.scope import ScopeForm, of_campaign
from campaigns.models import Campaign, InboundMessage, Message, Run
from tests.campaigns.factories import MessageFactory, RunFactory
from tests.compliance.factories import OriginatorFactory

NOW = datetime(2026, 11, 24, 17, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIGURES = [field.attname for field in HourlyFact._meta.fields if field.attname != "id"]

pytestmark = pytest.mark.django_db


def message(state="delivered", sent_at=NOW, **fields):
    given = {
        "changed_at": NOW,
        "sent_at": sent_at,
        "parts": 1,
        "country": "US",
        "aws_id": "a-1",
        **fields,
    }
    if state == "sending":
        given["claim"] = "9a6e4d7e-2f0e-4a5a-9d5b-0d3c2d1e0f00"
    return MessageFactory(state=state, **given)


def answer(to, intent="other", at=NOW):
    return InboundMessage.objects.create(
        inbound_id=f"in-{InboundMessage.objects.count()}",
        sender=to.phone,
        recipient="+12065550100",
        answers=to,
        body="...",
        intent=intent,
        received_at=at,
        created_at=at,
    )


def facts():
    return list(HourlyFact.objects.order_by("hour", "campaign", "country").values(*FIGURES))


def test_a_text_counts_in_the_hour_in_which_it_was_handed_over():
    message(price=Decimal("0.00581"), carrier_fee=Decimal("0.003"), parts=2)
    rollups.roll_up(NOW)
    fact = HourlyFact.objects.get()
    assert fact.hour == NOW.replace(minute=0)
    assert (fact.sent, fact.delivered, fact.parts) == (1, 1, 2)
    assert (fact.price, fact.carrier_fee) == (Decimal("0.00581"), Decimal("0.00300"))


def test_a_text_that_never_went_counts_in_the_hour_in_which_it_ended():
    message("blocked", sent_at=None, final_at=NOW - HOUR, parts=None)
    rollups.roll_up(NOW)
    fact = HourlyFact.objects.get()
    assert fact.hour == NOW.replace(minute=0) - HOUR
    assert (fact.sent, fact.blocked, fact.parts) == (0, 1, 0)


@pytest.mark.parametrize("state", ["queued", "sending"])
def test_a_text_on_its_way_out_counts_nowhere(state):
    message(state)
    rollups.roll_up(NOW)
    assert not HourlyFact.objects.exists()


def test_an_accepted_text_is_sent_and_no_more():
    message("accepted")
    rollups.roll_up(NOW)
    fact = HourlyFact.objects.get()
    assert (fact.sent, fact.pending, fact.delivered, fact.failed) == (1, 1, 0, 0)


def test_a_text_that_aws_refused_was_attempted_and_not_sent():
    message("failed", aws_id="", reason="INVALID_REQUEST")
    rollups.roll_up(NOW)
    fact = HourlyFact.objects.get()
    assert (fact.attempted, fact.sent, fact.failed, fact.parts) == (1, 0, 1, 0)


def test_a_text_whose_price_is_not_told_yet_counts_at_its_expected_price():
    message("accepted", expected_usd=Decimal("0.00885"))
    message(price=Decimal("0.00581"), expected_usd=Decimal("0.00885"))
    rollups.roll_up(NOW)
    total = kpis.totals(kpis.facts())
    assert (total.spend, total.awaited) == (Decimal("0.00581"), Decimal("0.00885"))


def test_a_text_that_a_person_had_sent_again_counts_nowhere_until_it_went():
    text = message("unknown", attempts=1)
    rollups.roll_up(NOW)
    Message.objects.filter(pk=text.pk).update(
        state="queued", sent_at=None, changed_at=NOW + 5 * HOUR
    )
    rollups.roll_up(NOW + 5 * HOUR)
    assert not HourlyFact.objects.exists()


def test_the_time_to_delivery_is_counted_in_classes():
    for seconds in (0.2, 1, 4.9, 90_000):
        message(final_at=NOW + timedelta(seconds=seconds))
    rollups.roll_up(NOW)
    delays = {}
    for fact in HourlyFact.objects.all():
        delays |= {n: count for n, count in enumerate(fact.delays) if count}
    assert delays == {0: 1, 1: 1, 3: 1, len(DELAYS): 1}


def test_only_the_hours_that_are_asked_for_are_counted_anew():
    message()
    message(sent_at=NOW - 48 * HOUR)
    rollups.roll_up(NOW)
    HourlyFact.objects.update(sent=77)
    rollups.rebuild(NOW - HOUR, NOW + HOUR)
    sent = HourlyFact.objects.order_by("hour").values_list("sent", flat=True)
    assert list(sent)[-1] == 1


def test_a_campaign_that_is_edited_later_takes_no_figures_along():
    run = RunFactory()
    Run.objects.filter(pk=run.pk).update(originator=run.campaign.originator)
    before = run.campaign.originator_id
    message(run=run)
    Campaign.objects.filter(pk=run.campaign_id).update(originator=OriginatorFactory())
    rollups.roll_up(NOW)
    assert HourlyFact.objects.get().originator_id == before


def test_each_country_has_a_fact_of_its_own():
    run = RunFactory()
    for country in ("US", "US", "CA", ""):
        message(run=run, country=country)
    rollups.roll_up(NOW)
    found = HourlyFact.objects.values_list("country", "sent").order_by("country")
    assert list(found) == [("", 1), ("CA", 1), ("US", 2)]


def test_an_answer_counts_in_the_hour_in_which_it_came():
    text = message()
    answer(text, "stop", NOW + HOUR)
    answer(text, "other", NOW + HOUR)
    rollups.roll_up(NOW)
    fact = HourlyFact.objects.get(hour=NOW.replace(minute=0) + HOUR)
    assert (fact.replies, fact.opt_outs, fact.sent) == (2, 1, 0)


def test_a_receipt_that_came_later_changes_the_hour_of_its_text():
    text = message("accepted")
    rollups.roll_up(NOW)
    Message.objects.filter(pk=text.pk).update(state="failed", changed_at=NOW + 5 * HOUR)
    rollups.roll_up(NOW + 5 * HOUR)
    fact = HourlyFact.objects.get()
    assert (fact.hour, fact.sent, fact.failed) == (NOW.replace(minute=0), 1, 1)


def test_a_change_that_was_committed_late_is_not_missed():
    rollups.roll_up(NOW)
    message(changed_at=NOW - timedelta(minutes=1))
    rollups.roll_up(NOW + timedelta(seconds=5))
    assert HourlyFact.objects.get().sent == 1


def test_hours_without_news_are_left_alone():
    message()
    rollups.roll_up(NOW + HOUR)
    assert rollups.roll_up(NOW + 2 * HOUR) == 0
    assert HourlyFact.objects.get().sent == 1


def test_a_late_receipt_has_only_its_own_hour_written_anew():
    late = message("accepted", sent_at=NOW - HOUR)
    message()  # in the same block
    rollups.roll_up(NOW)
    before = set(HourlyFact.objects.values_list("pk", flat=True))
    Message.objects.filter(pk=late.pk).update(state="failed", changed_at=NOW + HOUR)
    assert rollups.roll_up(NOW + HOUR) == 1
    assert len(before & set(HourlyFact.objects.values_list("pk", flat=True))) == 1
    assert list(HourlyFact.objects.order_by("hour").values_list("failed", flat=True)) == [1, 0]


def test_a_receipt_that_says_nothing_new_has_nothing_written():
    text = message()
    rollups.roll_up(NOW)
    Message.objects.filter(pk=text.pk).update(changed_at=NOW + HOUR)
    assert rollups.roll_up(NOW + HOUR) == 0


def test_a_rebuild_mends_facts_and_blocks_that_were_spoilt():
    message()
    rollups.roll_up(NOW)
    good = facts()
    BlockFact.objects.update(texts=9)
    HourlyFact.objects.update(delivered=7)
    rollups.rebuild()
    assert facts() == good


@pytest.mark.parametrize("seed", range(5))
def test_counting_step_by_step_equals_counting_everything_at_once(seed):
    chance = random.Random(seed)
    runs, now = RunFactory.create_batch(2), NOW
    rollups.roll_up(now)
    for _ in range(12):
        now += timedelta(minutes=chance.choice([1, 20, 70]))
        for _ in range(chance.randrange(4)):
            message(
                chance.choice(["accepted", "unknown", "blocked", "cancelled"]),
                run=chance.choice(runs),
                sent_at=now,
                changed_at=now,
            )
        for text in Message.objects.filter(state__in=["accepted", "unknown"]):
            if chance.random() < 0.3:
                text.state = chance.choice(["delivered", "failed", "unknown"])
                text.country = chance.choice(["US", "CA"])
                text.price = Decimal(chance.randrange(1000)) / 100_000
                text.changed_at = now
                text.save()
                if chance.random() < 0.4:
                    answer(text, chance.choice(["stop", "other"]), now)
        if chance.random() < 0.7:
            rollups.roll_up(now)
    rollups.roll_up(now)
    stepwise = facts()
    rollups.rebuild()
    assert stepwise == facts()
    assert kpis.totals(kpis.facts()).attempted == Message.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_count_twice():
    message()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [rollups.LOCK])
        assert rollups.roll_up(NOW) == 0
        # A closed session's lock is gone only when its server process is.
        cursor.execute("SELECT pg_advisory_unlock(%s)", [rollups.LOCK])
    other.close()
    assert not HourlyFact.objects.exists()
    assert rollups.roll_up(NOW) == 1


def test_days_are_those_of_the_operator(settings):
    settings.TIME_ZONE = "America/New_York"
    message(sent_at=datetime(2026, 11, 24, 4, 30, tzinfo=UTC))  # 23:30 the evening before
    rollups.roll_up(NOW)
    scope = ScopeForm(QueryDict("from=2026-11-23&to=2026-11-24"))
    assert scope.is_valid()
    days = breakdowns.by_day(scope.scope())
    assert {day: total.sent for day, total in days.items()} == {"2026-11-23": 1, "2026-11-24": 0}


def test_empty_hours_between_are_there_too():
    run = RunFactory()
    message(run=run)
    message(run=run, sent_at=NOW + 2 * HOUR)
    rollups.roll_up(NOW)
    hours = campaign_panels.hours(of_campaign(run.campaign))
    assert [row[1] for row in hours.rows] == [1, 0, 1]


def test_there_is_no_rate_of_nothing():
    assert kpis.Totals().delivery_rate is None
    assert kpis.Totals().opt_out_rate is None
