"""Everybody sees times on the clock of their own choice."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Event
from config.models import OwnSettings
from config.time_zones import choose_zone
from contacts import segments
from tests.campaigns.factories import CampaignFactory, ContactFactory
from tests.config import world
from tests.config.forms import Form

pytestmark = pytest.mark.django_db
PAGE = "/admin/my-settings/"


@pytest.fixture
def ana(client, settings):
    settings.TIME_ZONE = "America/New_York"
    user = User.objects.create_superuser("ana", password="sendpoint")
    client.force_login(user)
    return user


def list_of_events(client):
    return client.get(reverse("admin:campaigns_event_changelist")).content.decode()


@pytest.fixture
def event():
    """Something that came at noon in New York."""
    return Event.objects.create(dedupe_key="k", source="sns", payload="{}", received_at=world.NOW)


def test_without_a_choice_it_is_the_installations(client, ana, event):
    page = list_of_events(client)
    assert "America/New York" in page
    assert "12:00" in page


@pytest.mark.parametrize(
    ("zone", "name", "short"),
    [("America/New_York", "America/New York", "E[SD]T"), ("America/Sao_Paulo", "", "UTC-03")],
)
def test_a_phone_is_shown_the_zone_in_short(client, ana, zone, name, short):
    choose_zone(ana, zone)
    page = list_of_events(client)
    name = name or zone.replace("_", " ")
    assert re.search(f'class="zone-short" title="{name}">{short}</abbr>', page)


def test_a_choice_is_followed_by_every_page_and_on_record(client, ana, event):
    answer = client.post(PAGE, {"zone": "europe/paris"}, follow=True)
    assert "Europe/Paris" in answer.content.decode()
    page = list_of_events(client)
    assert "Europe/Paris" in page
    assert "24 Nov 2026, 18:00" in page
    said = LogEntry.objects.get()
    assert (said.object_id, said.change_message) == (
        str(ana.pk), "Chose the time zone Europe/Paris.",
    )  # fmt: skip


def test_the_choice_is_of_one_person_and_ends_with_the_request(client, ana, event):
    choose_zone(ana, "Asia/Tokyo")
    list_of_events(client)
    assert timezone.get_current_timezone_name() == "America/New_York"
    client.force_login(User.objects.create_superuser("ben"))
    assert "12:00" in list_of_events(client)


def test_it_can_be_taken_back(client, ana, event):
    choose_zone(ana, "Asia/Tokyo")
    client.post(PAGE, {"zone": ""})
    assert "12:00" in list_of_events(client)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "x" * 65, "Europe/Paris\0"])
def test_what_is_no_zone_is_refused_in_words(client, ana, zone):
    answer = client.post(PAGE, {"zone": zone})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not OwnSettings.objects.exists()


def test_a_zone_that_is_known_no_more_breaks_no_page(client, ana, event):
    OwnSettings.objects.create(user=ana, zone="Europe/Atlantis")
    assert "12:00" in list_of_events(client)


def test_a_form_means_the_zone_that_it_shows(client, ana):
    campaign = CampaignFactory(
        ends_at=datetime(2199, 1, 1, 12, tzinfo=UTC), timing="daily", first_day="2198-12-01",
        clock="09:00", created_by=ana, edited_by=ana,
    )  # fmt: skip
    choose_zone(ana, "Asia/Tokyo")
    address = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    data = Form(client.get(address).content.decode(), "campaign_form").data
    assert (data["ends_at_0"], data["ends_at_1"]) == (["2199-01-01"], ["21:00:00"])
    client.post(address, data | {"ends_at_1": ["22:00:00"], "body": ["Acme: Hi! STOP ends it."]})
    assert Campaign.objects.get().ends_at == datetime(2199, 1, 1, 13, tzinfo=UTC)


def test_a_segment_means_the_same_days_to_everybody(ana, settings):
    late = datetime(2026, 11, 24, 4, tzinfo=UTC)  # the 23rd in New York, the 24th in Tokyo
    person = ContactFactory()
    type(person).objects.filter(pk=person.pk).update(created_at=late)
    rules = {
        "match": "all",
        "rules": [{"field": "created_at", "op": "on", "values": ["2026-11-23"]}],
    }
    with timezone.override("Asia/Tokyo"):
        assert segments.count(rules) == 1


def test_a_file_has_the_zone_of_who_took_it(client, ana, event):
    choose_zone(ana, "Europe/Paris")
    answer = client.post(reverse("admin:campaigns_event_export_list"))
    text = b"".join(answer.streaming_content).decode()
    assert "(Europe/Paris)" in text
    assert "2026-11-24 18:00:00+01:00" in text
