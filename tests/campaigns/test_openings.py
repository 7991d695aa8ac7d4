from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection

from campaigns import actions, openings, runs
from campaigns.models import Campaign, Message, Run
from contacts.models import Contact
from tests.campaigns.actions.conftest import person
from tests.campaigns.factories import CampaignFactory, ContactFactory, SegmentFactory, opted_in

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 11, 27, 14, tzinfo=UTC)  # 9:00 in New York
BODY = "Acme: hello. Reply STOP to opt out."


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The evening before; actions take their time from here."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NINE - timedelta(hours=12))


@pytest.fixture
def ana(db):
    return person("ana")


def written(**fields):
    """A campaign at nine in New York, to whom there is, who all said yes."""
    fields = {"timing": "once", "first_day": date(2026, 11, 27), "clock": time(9)} | fields
    campaign = CampaignFactory(body=BODY, zone="America/New_York", **fields)
    opted_in(campaign.program, *Contact.objects.values_list("phone", flat=True))
    return campaign


def launched(ana, **fields):
    campaign = written(**fields)
    assert actions.launch(campaign.pk, ana) is None
    campaign.refresh_from_db()
    return campaign


def end_of(run):
    Message.objects.filter(run=run).update(state="delivered")
    Run.objects.filter(pk=run.pk).update(audience=1, audience_complete=True)
    runs.finish_ended()


def test_a_scheduled_campaign_waits_for_its_hour(ana):
    ContactFactory()
    campaign = launched(ana)
    assert (campaign.status, campaign.next_run_at) == ("scheduled", NINE)
    assert openings.open_due(NINE - timedelta(seconds=1)) == []


def test_its_run_opens_at_its_hour_and_once(ana):
    ContactFactory()
    campaign = launched(ana)
    assert len(openings.open_due(NINE)) == 1
    assert openings.open_due(NINE) == []
    campaign.refresh_from_db()
    run = campaign.runs.get()
    assert (campaign.status, campaign.next_run_at) == ("sending", None)
    assert (run.occurrence, run.launched_by) == (NINE, ana)


def test_of_two_runs_for_one_occurrence_the_database_takes_one(ana):
    ContactFactory()
    campaign = launched(ana)
    openings.open_due(NINE)
    Campaign.objects.filter(pk=campaign.pk).update(next_run_at=NINE)
    with pytest.raises(Exception, match="one_run_per_occurrence"):
        openings.open_due(NINE)


def test_a_time_that_is_past_is_refused_in_words(ana):
    ContactFactory()
    campaign = written(first_day=date(2026, 11, 25))
    with pytest.raises(actions.Refused, match="past"):
        actions.launch(campaign.pk, ana)


def test_a_daily_campaign_rests_between_its_runs_and_ends_at_its_end(ana):
    ContactFactory()
    campaign = launched(ana, timing="daily", ends_at=NINE + timedelta(days=1, hours=1))
    for day, afterwards in ((0, "scheduled"), (1, "completed")):
        now = NINE + timedelta(days=day)
        (run,) = Run.objects.filter(pk__in=openings.open_due(now))
        end_of(run)
        campaign.refresh_from_db()
        assert campaign.status == afterwards
    assert campaign.runs.count() == 2


def test_a_run_that_is_still_going_does_not_hold_up_the_next(ana):
    ContactFactory()
    launched(ana, timing="daily")
    assert openings.open_due(NINE)
    assert openings.open_due(NINE + timedelta(days=1))
    assert Run.objects.filter(finished_at=None).count() == 2


def test_what_was_missed_is_not_made_up_for(ana):
    ContactFactory()
    campaign = launched(ana, timing="daily")
    assert len(openings.open_due(NINE + timedelta(days=5, hours=1))) == 1
    campaign.refresh_from_db()
    assert campaign.runs.get().occurrence == NINE + timedelta(days=5)
    assert campaign.next_run_at == NINE + timedelta(days=6)


def test_what_would_have_begun_during_a_pause_does_not_begin_late(ana, monkeypatch):
    ContactFactory()
    campaign = launched(ana, timing="daily")
    actions.pause(campaign.pk, ana)
    assert openings.open_due(NINE + timedelta(hours=1)) == []
    monkeypatch.setattr("django.utils.timezone.now", lambda: NINE + timedelta(hours=5))
    actions.resume(campaign.pk, ana)
    campaign.refresh_from_db()
    assert (campaign.status, campaign.next_run_at) == ("scheduled", NINE + timedelta(days=1))


def test_a_single_run_that_was_paused_over_its_hour_begins_when_resumed(ana):
    ContactFactory()
    campaign = launched(ana)
    actions.pause(campaign.pk, ana)
    actions.resume(campaign.pk, ana)
    assert openings.open_due(NINE + timedelta(hours=1))


def test_a_day_on_which_there_is_nobody_is_skipped(ana):
    somebody = ContactFactory()
    campaign = launched(ana, timing="daily")
    somebody.delete()
    assert openings.open_due(NINE) == []
    campaign.refresh_from_db()
    assert (campaign.status, campaign.next_run_at) == ("scheduled", NINE + timedelta(days=1))


def test_a_campaign_that_cannot_begin_fails_and_says_why(ana):
    ContactFactory()
    campaign = launched(ana)
    campaign.originator.active = False
    campaign.originator.save()
    assert openings.open_due(NINE) == []
    campaign.refresh_from_db()
    assert campaign.status == "failed"
    assert "not active" in campaign.paused_because


def test_a_cancelled_campaign_opens_nothing(ana):
    ContactFactory()
    campaign = launched(ana)
    actions.cancel(campaign.pk, ana)
    assert openings.open_due(NINE) == []


def test_an_edit_takes_it_off_the_schedule(ana):
    ContactFactory()
    campaign = launched(ana)
    actions.save(campaign, ana)
    assert openings.open_due(NINE) == []
    campaign.refresh_from_db()
    assert campaign.status == "draft"


def test_waiting_texts_are_given_up_at_the_campaigns_end(ana):
    ContactFactory()
    campaign = launched(ana, ends_at=NINE + timedelta(hours=3))
    openings.open_due(NINE)
    assert campaign.runs.get().expires_at == NINE + timedelta(hours=3)


def test_on_everyones_own_clock_it_opens_in_the_first_zone(ana):
    ContactFactory(timezone="America/Los_Angeles")
    ContactFactory(timezone="America/Chicago")
    campaign = launched(ana, everyones_own=True)
    assert campaign.next_run_at == NINE + timedelta(hours=1)
    openings.open_due(campaign.next_run_at)
    run = campaign.runs.get()
    assert (run.local_day, run.local_clock) == (date(2026, 11, 27), time(9))
    assert run.expires_at == NINE + timedelta(hours=3 + 72)


def test_only_the_segments_own_people_decide_where_it_opens(ana):
    ContactFactory(timezone="America/New_York")
    ContactFactory(timezone="America/Denver", city="Denver")
    rules = {"match": "all", "rules": [{"field": "city", "op": "is", "values": ["Denver"]}]}
    campaign = launched(ana, everyones_own=True, segment=SegmentFactory(rules=rules))
    assert campaign.next_run_at == NINE + timedelta(hours=2)


def test_opening_asks_the_index_for_what_is_due():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    due = Campaign.objects.filter(status__in=["scheduled", "sending"], next_run_at__lte=NINE)
    assert "campaign_run_due" in due.explain()
