"""The page that asks once more before a campaign is cancelled, and what saying yes to it does."""

import re
from datetime import date, time

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from tests.campaigns.factories import MessageFactory, RunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_ana(client, ana):
    client.force_login(ana)
    return client


@pytest.fixture
def sending(draft):
    """A campaign of which one text has gone and two wait."""
    Campaign.objects.update(status="sending")
    run = RunFactory(campaign=draft, number=1, audience=3, audience_complete=True)
    now = timezone.now()
    MessageFactory(run=run, campaign=draft, state="delivered", sent_at=now, final_at=now)
    MessageFactory.create_batch(2, run=run, campaign=draft, state="queued")
    draft.refresh_from_db()
    return draft


def address(campaign):
    return reverse("admin:campaigns_campaign_cancel", args=[campaign.pk])


def plain(answer):
    return " ".join(re.sub("<[^>]*>", " ", answer.content.decode()).split())


def asked(client, campaign):
    return plain(client.get(address(campaign), follow=True))


def say_yes(client, campaign, seen="1"):
    said = {"confirmed": "yes", "seen": seen}
    return plain(client.post(address(campaign), said, follow=True))


def test_it_says_how_many_have_gone_how_many_never_will_and_that_it_is_for_good(as_ana, sending):
    words = asked(as_ana, sending)
    assert f"Cancel “{sending}”?" in words
    assert "1 text has gone already" in words
    assert "2 texts wait, and will never go." in words
    assert "by your yes, more have gone" in words
    assert "This cannot be undone" in words
    assert "go back and pause it" in words


def test_asking_cancels_nothing(as_ana, sending):
    asked(as_ana, sending)
    as_ana.post(address(sending))
    as_ana.post(address(sending), {"seen": "1"})
    sending.refresh_from_db()
    assert sending.status == "sending"


def test_yes_to_what_the_page_asks_cancels_it(as_ana, sending):
    source = as_ana.get(address(sending)).content.decode()
    seen = re.search('name="seen" value="([^"]+)"', source)[1]
    words = say_yes(as_ana, sending, seen)
    assert "Cancelled. 2 texts will not go. 1 text had gone already." in words
    sending.refresh_from_db()
    assert sending.status == "cancelled"


def test_a_second_yes_changes_nothing_and_says_that_it_is_done(as_ana, sending):
    say_yes(as_ana, sending)
    entries = LogEntry.objects.count()
    assert "It is cancelled already" in say_yes(as_ana, sending)
    assert "It is cancelled already" in asked(as_ana, sending)
    assert LogEntry.objects.count() == entries


@pytest.mark.parametrize("seen", ["0", "2", "", "x"])
def test_a_yes_to_other_runs_cancels_nothing(as_ana, sending, seen):
    assert "Nothing was cancelled" in say_yes(as_ana, sending, seen)
    sending.refresh_from_db()
    assert sending.status == "sending"


def test_a_yes_counts_also_when_the_engine_paused_it_meanwhile(as_ana, sending):
    Campaign.objects.update(status="paused")
    assert "Cancelled. 2 texts will not go." in say_yes(as_ana, sending)


def test_of_a_schedule_it_says_that_no_run_begins(as_ana, draft):
    daily = {"timing": "daily", "first_day": date(2026, 11, 25), "clock": time(12)}
    Campaign.objects.update(**daily, status="scheduled", next_run_at=timezone.now())
    words = asked(as_ana, draft)
    assert "No text of it is on its way now. No further run begins." in words
    assert "Cancelled. 0 texts will not go." in say_yes(as_ana, draft, "0")


def test_of_events_it_says_that_they_are_not_answered(as_ana, sending):
    Campaign.objects.update(timing="event", event="order.shipped", status="paused")
    words = asked(as_ana, sending)
    assert "It answers the event order.shipped no more." in words
    assert "pause it" not in words


def test_what_cannot_be_cancelled_is_refused_on_its_page(as_ana, draft):
    assert "The campaign is draft now." in asked(as_ana, draft)
    assert "This campaign is gone." in asked(as_ana, Campaign(pk=999))


def test_who_may_not_cancel_is_not_asked(client, analyst, sending):
    client.force_login(analyst)
    assert client.get(address(sending)).status_code == 403
    assert client.post(address(sending), {"confirmed": "yes", "seen": "1"}).status_code == 403
