"""The page that asks once more before anybody is texted, and what saying yes to it does."""

import re
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import departing, forecast
from campaigns.models import Campaign, Run
from tests.campaigns.factories import NOON, ContactFactory, RunFactory, opted_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


@pytest.fixture
def as_ana(client, ana):
    client.force_login(ana)
    return client


def address(campaign):
    return reverse("admin:campaigns_campaign_launch", args=[campaign.pk])


def source(client, campaign):
    """The page with what it fetches; a refusal leads elsewhere, before or after counting."""
    page = client.get(address(campaign), follow=True)
    if page.redirect_chain:
        return page.content.decode()
    counted = client.get(f"{address(campaign)}counted/")
    if elsewhere := counted.headers.get("HX-Redirect"):
        return client.get(elsewhere).content.decode()
    return page.content.decode() + counted.content.decode()


def asked(client, campaign):
    """What the page says, without its marks."""
    return " ".join(re.sub("<[^>]*>", " ", source(client, campaign)).split())


def seen(client, campaign):
    return re.search('name="seen" value="([^"]+)"', source(client, campaign))[1]


def say_yes(client, campaign, seen):
    said = {"confirmed": "yes", "seen": seen}
    return client.post(address(campaign), said, follow=True).content.decode()


def test_it_says_to_whom_from_which_number_when_and_at_what_cost(as_ana, draft):
    ContactFactory()  # who never opted in
    words = asked(as_ana, draft)
    assert f"Launch “{draft}”?" in words
    assert f"To {draft.segment} 3 of 4 people can be texted." in words
    assert f"From {draft.originator} · {draft.program}" in words
    assert "The first leave At once." in words
    all_of_them = forecast.forecast(draft).usd
    about = (all_of_them * 3 / 4).quantize(Decimal("0.01"))
    assert about > 0
    assert f"Cost, about ${about}" in words
    assert f"Text {draft.body}" in words
    assert "Yes, send it to 3 people" in words


def test_asking_sends_nothing(as_ana, draft):
    asked(as_ana, draft)
    as_ana.post(address(draft))
    as_ana.post(address(draft), {"seen": "x"})
    draft.refresh_from_db()
    assert (draft.status, Run.objects.count()) == ("draft", 0)


def test_yes_launches_it(as_ana, draft):
    assert "Run 1 has begun." in say_yes(as_ana, draft, seen(as_ana, draft))
    assert Run.objects.get().launched_by.username == "ana"


def test_a_second_yes_launches_nothing(as_ana, draft):
    read = seen(as_ana, draft)
    say_yes(as_ana, draft, read)
    assert "The campaign is sending now" in say_yes(as_ana, draft, read)
    assert Run.objects.count() == 1


def test_a_yes_from_before_a_run_that_has_ended_meanwhile_launches_nothing(as_ana, draft):
    read = seen(as_ana, draft)
    RunFactory(campaign=draft, number=1, finished_at=timezone.now())
    Campaign.objects.filter(pk=draft.pk).update(status="completed")
    assert "changed or launched while you read" in say_yes(as_ana, draft, read)
    assert Run.objects.count() == 1


@pytest.mark.parametrize("what", ["text", "rules", "nothing said"])
def test_a_yes_to_something_else_launches_nothing(as_ana, draft, what):
    read = seen(as_ana, draft)
    if what == "text":
        Campaign.objects.filter(pk=draft.pk).update(body="Acme: no. Reply STOP to opt out.")
    elif what == "rules":
        draft.segment.rules = {"match": "any", "rules": []}
        draft.segment.save()
    else:
        read = ""
    assert "changed or launched while you read" in say_yes(as_ana, draft, read)
    assert not Run.objects.exists()


def test_again_it_says_when_and_to_how_many_it_went_and_that_they_get_it_again(as_ana, draft):
    launched = NOON - timedelta(days=2)
    RunFactory(campaign=draft, number=1, audience=1234, launched_at=launched, finished_at=NOON)
    Campaign.objects.filter(pk=draft.pk).update(status="completed")
    words = asked(as_ana, draft)
    assert f"Launch “{draft}” again?" in words
    assert "It went last on 22 Nov 2026" in words
    assert "to 1,234 people. All of them whom the segment still finds get it again." in words
    assert "at most 1 of this campaign in 24 hours and 3 in all" in words
    assert "Yes, send it again to 3 people" in words


def test_who_is_asleep_is_said_to_wait_until_their_morning(as_ana, draft, noon):
    noon.move_to(NOON - timedelta(hours=3), tick=False)  # nine in New York, six in California
    there = ContactFactory(phone="+14155550001").phone
    opted_in(draft.program, there)
    words = asked(as_ana, draft)
    assert "The first leave At once: 3 texts." in words
    assert "1 waits for its hour where its person is, until Tue 24 Nov 2026" in words


def test_nobody_to_be_texted_is_said_so(as_ana, draft, noon):
    noon.move_to(NOON - timedelta(hours=8), tick=False)  # four in the morning
    Campaign.objects.filter(pk=draft.pk).update(expires_after_hours=1)
    words = asked(as_ana, draft)
    assert "0 of 3 people can be texted." in words
    assert "Nobody can be texted now." in words


def test_of_a_big_segment_the_button_says_about(as_ana, draft, monkeypatch):
    monkeypatch.setattr(departing, "LOOKED_AT", 1)
    assert re.search(r"Yes, send it to about \d+ (person|people)", asked(as_ana, draft))


def test_a_schedule_is_asked_about_with_its_first_hour(as_ana, draft):
    daily = {"timing": "daily", "first_day": date(2026, 11, 25), "clock": time(12)}
    Campaign.objects.filter(pk=draft.pk).update(**daily, zone="America/New_York")
    words = asked(as_ana, draft)
    assert f"Schedule “{draft}”?" in words
    assert "The first leave Wed 25 Nov 2026" in words
    assert "Every day from then on." in words
    assert re.search(r"Cost, about \$0\.\d\d each time", words)
    assert "Scheduled." in say_yes(as_ana, draft, seen(as_ana, draft))
    draft.refresh_from_db()
    assert draft.status == "scheduled"


def test_a_day_that_is_past_is_refused_before_anybody_is_asked(as_ana, draft):
    once = {"timing": "once", "first_day": date(2026, 11, 1), "clock": time(12)}
    Campaign.objects.filter(pk=draft.pk).update(**once)
    assert "No run of this campaign is to come" in asked(as_ana, draft)


def test_an_event_is_asked_about_as_one(as_ana, draft):
    Campaign.objects.filter(pk=draft.pk).update(timing="event", event="order.shipped")
    assert "when the event order.shipped is recorded of them" in asked(as_ana, draft)


def test_treatments_and_the_hold_out_are_said(as_ana, draft):
    Campaign.objects.filter(pk=draft.pk).update(holdout_percent=10)
    draft.treatments.create(name="B", percent=50, body="Acme: B. Reply STOP to opt out.")
    words = asked(as_ana, draft)
    assert "10 % of them are held out and get nothing." in words
    assert "And 1 other text for a share of them." in words


def test_too_little_money_is_said_before_it_goes(as_ana, draft):
    Campaign.objects.filter(pk=draft.pk).update(budget_usd=Decimal("0.01"))
    assert "There may not be enough money for all" in asked(as_ana, draft)


def test_what_cannot_be_launched_is_refused_on_its_page(as_ana, draft):
    Campaign.objects.filter(pk=draft.pk).update(body="Acme: hello.")  # nobody could opt out
    assert as_ana.get(f"{address(draft)}counted/").headers["HX-Redirect"] == reverse(
        "admin:campaigns_campaign_change", args=[draft.pk]
    )
    assert "Opt-out instructions" in source(as_ana, draft)
    draft.status = "sending"
    draft.save()
    assert "The campaign is sending now" in source(as_ana, draft)


def test_a_campaign_that_is_gone_leads_to_the_list(as_ana):
    gone = Campaign(pk=999)
    assert "This campaign is gone." in source(as_ana, gone)
    leads_to = as_ana.get(f"{address(gone)}counted/").headers["HX-Redirect"]
    assert leads_to == reverse("admin:campaigns_campaign_changelist")


def test_the_page_comes_before_anybody_is_counted_and_takes_no_yes(as_ana, draft):
    with CaptureQueriesContext(connection) as asked:
        words = as_ana.get(address(draft)).content.decode()
    assert "Counting whom it reaches" in words
    assert "confirmed" not in words
    about_people = [one["sql"] for one in asked if "contacts_contact" in one["sql"]]
    assert all("LIMIT 1" in sql for sql in about_people)  # is there anybody at all


def test_who_may_not_launch_is_not_asked(client, analyst, draft):
    client.force_login(analyst)
    assert client.get(address(draft)).status_code == 403
    assert client.get(f"{address(draft)}counted/").status_code == 403
    assert client.post(address(draft), {"confirmed": "yes"}).status_code == 403


def test_who_may_launch_and_not_write_is_asked(client, analyst, draft):
    analyst.user_permissions.add(Permission.objects.get(codename="launch_campaign"))
    client.force_login(analyst)
    assert "Yes, send it to 3 people" in asked(client, draft)
