"""The page on which everybody chooses their reports."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from analytics.letters import choosing
from analytics.models import OutgoingMail, ReportChoice
from config.models import OwnSettings

pytestmark = pytest.mark.django_db
PAGE = "report_choices"
FORM = {"weekly": "on", "weekday": "4", "zone": "Europe/Paris", "campaigns": "own"}


@pytest.fixture
def ada(client):
    user = User.objects.create_user("ada", email="ada@example.com", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_campaign"))
    client.force_login(user)
    return user


def test_what_is_chosen_is_kept_on_record_and_shown_again(client, ada):
    client.post(reverse(PAGE), FORM)
    kept = ReportChoice.objects.get()
    assert (kept.user, kept.weekly, kept.weekday, kept.zone, kept.campaigns) == (
        ada, True, 4, "Europe/Paris", "own",
    )  # fmt: skip
    assert kept.weekly_since
    assert kept.campaigns_since
    assert LogEntry.objects.get().get_change_message() == "Weekly: True. Ends of campaigns: own."
    shown = client.get(reverse(PAGE)).content.decode()
    assert "ada@example.com" in shown
    assert 'value="Europe/Paris"' in shown


def test_saving_the_same_again_does_not_begin_anew(client, ada):
    client.post(reverse(PAGE), FORM)
    before = ReportChoice.objects.get()
    client.post(reverse(PAGE), {**FORM, "weekday": "0"})
    after = ReportChoice.objects.get()
    assert (after.weekly_since, after.campaigns_since) == (
        before.weekly_since, before.campaigns_since,
    )  # fmt: skip
    assert after.weekday == 0


@pytest.mark.parametrize(
    "wrong", [{"zone": "Paris"}, {"zone": "../../etc"}, {"weekday": "7"}, {"campaigns": "some"}]
)
def test_what_makes_no_sense_is_not_kept(client, ada, wrong):
    answer = client.post(reverse(PAGE), FORM | wrong)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not ReportChoice.objects.exists()


def test_a_test_goes_to_ones_own_address_once_a_minute(client, ada, time_machine):
    time_machine.move_to("2026-11-24T17:00:30Z", tick=False)
    for _again in range(3):
        client.post(reverse(PAGE), {"test": "yes"})
    assert OutgoingMail.objects.get().to == "ada@example.com"


def test_without_an_address_the_page_says_what_to_do(client, ada):
    User.objects.update(email="")
    assert "ask an administrator for one" in client.get(reverse(PAGE)).content.decode()
    client.post(reverse(PAGE), {"test": "yes"})
    assert not OutgoingMail.objects.exists()


def test_where_no_e_mail_is_set_up_the_page_says_so(client, ada, settings):
    settings.EMAIL_ON = False
    assert "EMAIL_URL is not set" in client.get(reverse(PAGE)).content.decode()


def test_who_may_not_see_campaigns_chooses_nothing():
    eve = User.objects.create_user("eve", email="eve@example.com")
    with pytest.raises(PermissionDenied):
        choosing.choose(choosing.Wish(True, 0, "UTC", "all"), eve)


def test_the_page_begins_with_the_zone_that_a_person_works_in(client, ada):
    OwnSettings.objects.create(user=ada, zone="Asia/Tokyo")
    assert 'value="Asia/Tokyo"' in client.get(reverse(PAGE)).content.decode()
