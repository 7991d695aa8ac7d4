"""What each kind of rule finds, in texts and events as they are stored."""

import importlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps

from analytics import rollups
from analytics.alerts import measures
from analytics.models import AlertRule
from campaigns import syncing
from campaigns.models import AwsSource, Event, InboundMessage, Message, Run
from tests.campaigns.factories import CampaignFactory, ContactFactory, MessageFactory, RunFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 17, 20, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def rule(kind, **fields):
    recovery = 100 if kind == "delivery" else 0
    return AlertRule(
        **{"name": kind, "kind": kind, "threshold": 15, "recovery": recovery, "least": 4} | fields
    )


def texts(run, at, **states):
    """Make texts that were handed over at a moment, and count them."""
    for state, count in states.items():
        final = None if state == "accepted" else at
        MessageFactory.create_batch(
            count, run=run, state=state, sent_at=at, final_at=final, changed_at=NOON, aws_id="a"
        )
    rollups.rebuild()


def read(kind, now=NOON, **fields):
    return measures.read(rule(kind, **fields), now)


def test_the_delivery_rate_is_of_texts_with_a_final_word():
    texts(RunFactory(), NOON - HOUR, delivered=3, failed=1, accepted=6)
    found = read("delivery")
    assert found.value == Decimal("75.00")
    assert found.says == "75.00 % of 4 texts have arrived over the last 24 h."


def test_texts_that_aws_refused_did_not_arrive():
    MessageFactory.create_batch(4, state="failed", sent_at=NOON, final_at=NOON, changed_at=NOON)
    rollups.rebuild()
    assert read("delivery").value == 0


def test_too_few_texts_prove_nothing():
    texts(RunFactory(), NOON - HOUR, failed=3)
    found = read("delivery")
    assert (found.value, found.says) == (None, "Too few texts to tell: 3 of 4.")


@pytest.mark.parametrize(("hours", "seen"), [(1, 0), (2, 1), (24, 2)])
def test_a_window_is_of_whole_hours_with_the_one_under_way(hours, seen):
    run = RunFactory()
    texts(run, NOON - HOUR, failed=4)
    texts(run, NOON - 20 * HOUR, failed=4)
    found = read("delivery", window_hours=hours, least=1)
    assert found.says.startswith(f"0.00 % of {4 * seen} texts" if seen else "Too few")


def test_a_rule_may_be_of_one_campaign_originator_or_country():
    good, bad = RunFactory(), RunFactory()
    texts(good, NOON, delivered=4)
    texts(bad, NOON, failed=4)
    Message.objects.filter(run=bad).update(country="FR")
    rollups.rebuild()
    assert read("delivery").value == 50
    assert read("delivery", campaign=bad.campaign).value == 0
    assert read("delivery", originator=good.campaign.originator).value == 100
    assert read("delivery", country="FR").value == 0


def test_a_drop_is_against_the_seven_days_before_the_window():
    run = RunFactory()
    texts(run, NOON - 3 * DAY, delivered=9, failed=1)
    texts(run, NOON - 20 * DAY, failed=10)  # long ago
    texts(run, NOON, delivered=3, failed=1)
    found = read("drop")
    assert found.value == Decimal("15.00")
    assert "75.00 % of 4 texts" in found.says
    assert "it was 90.00 %" in found.says


def test_without_a_week_before_there_is_no_drop():
    texts(RunFactory(), NOON, failed=4)
    assert read("drop").value is None


def test_opt_outs_are_of_the_people_reached():
    run = RunFactory()
    texts(run, NOON, delivered=8)
    InboundMessage.objects.create(
        inbound_id="in", intent="stop", received_at=NOON, answers=Message.objects.first()
    )
    rollups.rebuild()
    found = read("opt_outs")
    assert found.value == Decimal("12.50")
    assert found.says == "1 opted out over the last 24 h, with 8 texts delivered: 12.50 %."


def test_without_a_limit_no_money_runs_out(settings):
    settings.MONTHLY_BUDGET_USD = None
    assert read("spend").value is None


def due(campaign, minutes, **fields):
    run = Run.objects.filter(campaign=campaign).first() or RunFactory(campaign=campaign)
    return MessageFactory(run=run, due_at=NOON - minutes * MINUTE, **fields)


def test_texts_that_are_due_while_none_leaves_are_a_backlog():
    due(CampaignFactory(status="sending", name="Sale"), 20)
    found = read("backlog")
    assert found.value == 20
    assert found.says == "“Sale”: texts are due, and for 20 min none has left."


def test_a_campaign_of_which_texts_leave_has_no_backlog_however_long_it_takes():
    campaign = CampaignFactory(status="sending")
    due(campaign, 600)
    due(campaign, 600, state="accepted", sent_at=NOON - MINUTE)
    assert read("backlog").value == 1


def test_while_texts_leave_it_says_so():
    campaign = CampaignFactory(status="sending")
    due(campaign, 600)
    due(campaign, 600, state="accepted", sent_at=NOON - timedelta(seconds=5))
    assert read("backlog").says == "What is due leaves."


def test_what_other_campaigns_send_is_no_progress_of_this_one():
    due(CampaignFactory(status="sending", name="Stuck"), 20)
    due(CampaignFactory(status="sending"), 20, state="accepted", sent_at=NOON)
    assert read("backlog").value == 20


def test_what_waits_for_its_hour_or_is_paused_is_no_backlog():
    due(CampaignFactory(status="sending"), -60)
    due(CampaignFactory(status="paused"), 60)
    found = read("backlog")
    assert (found.value, found.says) == (0, "What is due leaves.")


def test_direct_texts_have_a_backlog_too_but_not_that_of_a_campaign():
    campaign, contact = CampaignFactory(status="sending"), ContactFactory()
    Message.objects.create(
        purpose="offer", program=campaign.program, originator=campaign.originator, contact=contact,
        phone=contact.phone, due_at=NOON - 30 * MINUTE, created_at=NOON, changed_at=NOON,
    )  # fmt: skip
    due(campaign, 20)
    found = read("backlog")
    assert found.value == 30
    assert found.says == (
        "Direct texts: texts are due, and for 30 min none has left. So it is with 1 other."
    )
    assert read("backlog", campaign=campaign).value == 20


def hear(minutes):
    Event.objects.create(
        dedupe_key=str(minutes), source="sqs", received_at=NOON - minutes * MINUTE, payload="{}"
    )


def send(minutes, count=4):
    MessageFactory.create_batch(
        count, state="accepted", sent_at=NOON - minutes * MINUTE, aws_id="a"
    )


def test_a_receiver_is_silent_since_the_first_text_of_which_it_said_nothing():
    hear(60)
    send(40, 1)
    send(10)
    found = read("silent")
    assert found.value == 40
    assert "nothing of them for 40 min" in found.says


def test_a_receiver_that_never_said_anything_is_silent():
    send(40)
    assert read("silent").value == 40


def test_a_receiver_that_speaks_is_not_silent():
    send(40)
    hear(1)
    assert read("silent").value is None


def test_few_texts_make_no_silence():
    send(40, 3)
    assert read("silent").value is None


def test_a_source_that_fails_is_told_with_its_error_and_no_number():
    name = next(iter(syncing.sources()))
    AwsSource.objects.create(
        name=name, due_at=NOON, failures=3, failing_since=NOON - HOUR, error="No +12125550187."
    )
    AwsSource.objects.create(
        name="gone", due_at=NOON, failures=9, failing_since=NOON - DAY, error="not read any more"
    )
    found = read("sync")
    assert found.value == 60
    assert str(syncing.sources()[name].label) in found.says
    assert "5550187" not in found.says


def test_nothing_fails_where_all_is_read():
    assert read("sync").value == 0


def test_an_installation_begins_with_one_rule_of_each_kind():
    AlertRule.objects.all().delete()
    begin = importlib.import_module("analytics.migrations.0001_squashed_0009_report_choices")
    begin.add(apps, None)
    begin.add(apps, None)
    rules = list(AlertRule.objects.all())
    assert sorted(one.kind for one in rules) == sorted(AlertRule.Kind.values)
    for one in rules:
        one.full_clean()
        measures.read(one, NOON)
