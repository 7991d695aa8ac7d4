from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from campaigns import departing, dry_runs
from contacts.models import Contact
from tests.campaigns.factories import CampaignFactory, ContactFactory, opted_in
from tests.config import world

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)  # Tuesday noon in New York, nine in California
EAST, WEST = "+1212555", "+1415555"


def written(**fields):
    """A campaign for one person in New York and two in San Francisco, who all said yes."""
    for phone in (f"{EAST}0001", f"{WEST}0001", f"{WEST}0002"):
        ContactFactory(phone=phone)
    campaign = CampaignFactory(zone="America/New_York", **fields)
    opted_in(campaign.program, *Contact.objects.values_list("phone", flat=True))
    return campaign


def once(**fields):
    return {"timing": "once", "first_day": date(2026, 11, 25), "clock": time(10), **fields}


def test_texts_that_may_go_leave_as_it_is_launched():
    shown = departing.departing(written(), NOON)
    assert shown.hours == [(NOON, 3)]
    assert {(place.zone, place.first.hour, place.people) for place in shown.places} == {
        ("America/New_York", 12, 1),
        ("America/Los_Angeles", 9, 2),
    }


def test_at_everybodys_own_time_the_west_follows_the_east():
    shown = departing.departing(written(**once(everyones_own=True)), NOON)
    tomorrow = NOON + timedelta(hours=22)  # ten in New York
    assert shown.hours == [(tomorrow, 1), (tomorrow + timedelta(hours=3), 2)]
    assert {place.first.time() for place in shown.places} == {time(10)}


def test_who_is_asleep_then_follows_when_it_is_day():
    early = NOON - timedelta(hours=3)  # nine in New York, six in California
    shown = departing.departing(written(), early)
    (_, first), (_, second) = shown.hours
    assert (first, second) == (1, 2)


def test_who_would_wait_for_longer_than_the_campaign_does_gets_none():
    early = NOON - timedelta(hours=3)
    shown = departing.departing(written(expires_after_hours=1), early)
    assert (shown.found.go, shown.found.people) == (1, 3)


def test_a_slow_pace_takes_several_hours():
    found = dry_runs.by_the_hour({NOON.isoformat(): 4000}, 0.5)
    assert [texts for _, texts in found] == [1800, 1800, 400]


def test_a_day_that_is_past_has_no_run():
    shown = departing.departing(written(**once(first_day=date(2026, 11, 1))), NOON)
    assert shown.opens_at is None


def test_of_a_big_segment_some_are_looked_at_and_stand_for_the_rest(monkeypatch):
    monkeypatch.setattr(departing, "LOOKED_AT", 20)
    for n in range(60):
        ContactFactory(phone=f"{EAST}{1000 + n}")
    campaign = CampaignFactory(zone="America/New_York")
    opted_in(campaign.program, *Contact.objects.values_list("phone", flat=True)[:45])
    shown = departing.departing(campaign, NOON)
    assert (shown.one_in, shown.found.people) == (3, 60)
    assert shown.found.go == pytest.approx(45, abs=3)
    assert [texts for _, texts in shown.hours] == [shown.found.go]


@pytest.fixture
def ask(client):
    client.force_login(world.person("Marketer"))

    def ask(campaign, **typed):
        fields = {
            "segment": campaign.segment_id,
            "program": campaign.program_id,
            "originator": campaign.originator_id,
            "message_class": "promotional",
            "messages_per_second": 20,
            "expires_after_hours": 72,
            "timing": "now",
            **typed,
        }
        return client.post(reverse("admin:campaigns_campaign_departures"), fields)

    return ask


def test_the_page_says_who_is_reached_and_why_the_others_are_not(ask):
    campaign = written()
    ContactFactory(phone=f"{EAST}0009")
    page = ask(campaign).content.decode()
    assert '<strong class="text-important" data-count="reachable">3</strong> of 4 people' in page
    assert "There is no record that this number opted in" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"segment": ""}, "Choose segment, program and number"),
        ({"timing": "daily"}, "Choose a day and a time"),
        ({"zone": "Mars"}, "Write a time zone such as"),
        ({"timing": "once", "first_day": "2020-01-01", "clock": "10:00"}, "Choose a later day"),
        ({"timing": "event", "event": "opt_in"}, "when the event is recorded"),
    ],
)
def test_the_page_says_what_to_do_next(ask, typed, words):
    assert words in ask(written(), **typed).content.decode()


def test_the_page_says_that_the_number_cannot_send_this(ask):
    campaign = written()
    assert "data-obstacle" not in ask(campaign).content.decode()
    shown = ask(campaign, message_class="transactional").content.decode()
    assert "sends promotional texts only; AWS refuses transactional ones." in shown


def test_whoever_has_nothing_yet_is_led_to_what_comes_first(client):
    client.force_login(world.person("Marketer"))
    page = client.post(reverse("admin:campaigns_campaign_departures"), {}).content.decode()
    assert f'href="{reverse("admin:contacts_segment_add")}">There is no segment yet' in page
    assert "There is no program yet" in page
    assert "There is no active number to send from." in page
