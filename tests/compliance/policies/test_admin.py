from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from compliance.models import Emergency, HolidayChange, Policy, RulesVersion
from compliance.policies import changing, rulebook, versions
from tests.campaigns.factories import ContactFactory
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db


def person(role):
    user = User.objects.create_user(role.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def officer(client):
    user = person("Compliance")
    client.force_login(user)
    return user


def form_of(policy, **changes):
    fields = ("jurisdiction", "covers", "hours", "calendars", "source", "note", "review_on")
    data = {name: getattr(policy, name) for name in fields}
    for name in ("most_in_day", "first_day", "last_day"):
        data[name] = "" if getattr(policy, name) is None else getattr(policy, name)
    return data | changes


def change(client, policy, **changes):
    page = reverse("admin:compliance_policy_change", args=[policy.pk])
    return client.post(page, form_of(policy, **changes))


def test_a_changed_rule_makes_a_version_that_says_who_and_what(client, officer):
    texas = Policy.objects.get(jurisdiction="US-TX")
    change(client, texas, hours="Mon-Fri 10:00-18:00")
    version = RulesVersion.objects.latest("pk")
    assert version.made_by == "compliance"
    assert version.summary == (
        "US-TX promotional 2025-09-01: hours “Mon-Sat 09:00-21:00; Sun 12:00-21:00” → "
        "“Mon-Fri 10:00-18:00”."
    )


def test_the_history_of_a_rule_says_what_it_was(client, officer):
    texas = Policy.objects.get(jurisdiction="US-TX")
    change(client, texas, most_in_day="2")
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (officer, str(texas.pk))
    assert entry.get_change_message() == "Most in 24 hours: “None” → “2”."


def test_saving_without_a_change_makes_no_version(client, officer):
    change(client, Policy.objects.get(jurisdiction="US-TX"))
    assert RulesVersion.objects.count() == 1


def test_hours_that_cannot_be_read_are_refused_beside_the_field(client, officer):
    texas = Policy.objects.get(jurisdiction="US-TX")
    answer = change(client, texas, hours="all day")
    assert "“all day” is not like “Mon-Sat 09:00-21:00”." in answer.content.decode()
    assert RulesVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"calendars": "US-XX"}, "There is no holiday calendar “US-XX”."),
        ({"jurisdiction": "Texas"}, "Write a country (FR)"),
        ({"last_day": "2020-01-01"}, "It must not end before it begins."),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(client, officer, changes, words):
    answer = change(client, Policy.objects.get(jurisdiction="US-TX"), **changes)
    assert words in answer.content.decode()


def test_a_new_rule_holds_at_once(client, officer):
    texas = Policy.objects.get(jurisdiction="US-TX")
    data = form_of(texas, jurisdiction="JP", hours="Mon-Fri 10:00-17:00", first_day="")
    client.post(reverse("admin:compliance_policy_add"), data)
    assert rulebook.latest().plan(frozenset({"JP"})).day(date(2026, 11, 24)) == (600, 1020)


def test_an_emergency_stop_is_an_officers_act(client, officer):
    client.post(
        reverse("admin:compliance_emergency_add"),
        {
            "jurisdiction": "US-LA",
            "since_0": "2026-11-24",
            "since_1": "00:00",
            "until_0": "2026-12-24",
            "until_1": "00:00",
            "source": "Proclamation 1",
        },
    )
    assert Emergency.objects.get().jurisdiction == "US-LA"
    assert "US-LA" in RulesVersion.objects.latest("pk").summary


def test_a_holiday_correction_can_be_taken_back(client, officer):
    holiday = HolidayChange.objects.filter(calendar="US-RI").first()
    page = reverse("admin:compliance_holidaychange_delete", args=[holiday.pk])
    client.post(page, {"post": "yes"})
    assert not HolidayChange.objects.filter(pk=holiday.pk).exists()
    assert RulesVersion.objects.latest("pk").summary == f"US-RI {holiday.day}: removed."


def test_a_marketer_sees_the_rules_and_cannot_change_them(client):
    client.force_login(person("Marketer"))
    texas = Policy.objects.get(jurisdiction="US-TX")
    assert client.get(reverse("admin:compliance_policy_changelist")).status_code == 200
    assert change(client, texas, hours="Mon-Sun 00:00-24:00").status_code == 403


def test_the_door_itself_checks_the_permission():
    with pytest.raises(PermissionDenied):
        changing.keep(Policy.objects.get(jurisdiction="US-TX"), person("Marketer"))


@pytest.mark.parametrize("term", ["Texas", "US-TX", "texas ", "SB 140"])
def test_a_rule_is_found_by_the_name_of_its_place(client, officer, term):
    page = client.get(reverse("admin:compliance_policy_changelist"), {"q": term})
    assert "Texas (US-TX)" in page.content.decode()


@pytest.mark.usefixtures("reviewed")
def test_the_list_warns_of_rules_past_their_review(client, officer):
    Policy.objects.filter(jurisdiction__in=["US-TX", "FR"]).update(review_on=date(2020, 1, 1))
    page = client.get(reverse("admin:compliance_policy_changelist"))
    assert "2 rules are past their day of review" in page.content.decode()


def test_a_version_shows_what_is_different(client, officer):
    change(client, Policy.objects.get(jurisdiction="FR"), hours="Mon-Fri 10:00-18:00")
    version = RulesVersion.objects.latest("pk")
    page = client.get(reverse("admin:compliance_rulesversion_change", args=[version.pk]))
    assert "FR promotional: hours" in page.content.decode()


def test_versions_cannot_be_made_or_changed_by_hand(client, officer):
    assert client.get(reverse("admin:compliance_rulesversion_add")).status_code == 403


def check(client, number, **more):
    return client.post(reverse("admin:compliance_policy_check"), {"number": number} | more)


def test_the_number_page_names_places_zones_and_rules(client, officer):
    words = check(client, "(850) 555-0123").content.decode()
    assert 'data-place="US-FL"' in words
    assert 'data-zone="America/Chicago"' in words
    assert 'data-zone="America/New_York"' in words
    assert "Florida Senate" in words


@time_machine.travel("2026-11-24T18:00:00Z", tick=False)
def test_the_number_page_shows_the_clock_of_each_zone(client, officer):
    words = check(client, "(850) 555-0123").content.decode()
    assert "America/Chicago: Tuesday, 12:00" in words
    assert "America/New_York: Tuesday, 13:00" in words


@time_machine.travel("2026-11-24T13:30:00Z", tick=False)
def test_the_number_page_says_when_next_by_the_clock_of_each_zone(client, officer):
    words = check(client, "(850) 555-0123").content.decode()
    assert 'data-reason="quiet_hours"' in words
    assert "Tuesday, 08:00 in America/Chicago" in words
    assert "Tuesday, 09:00 in America/New_York" in words


def test_the_number_page_reads_the_record_of_a_contact(client, officer):
    ContactFactory(phone="+12125550111", region="LA", country="US")
    assert 'data-place="US-LA"' in check(client, "212 555 0111").content.decode()


def test_the_number_page_says_what_is_missing(client, officer):
    words = check(client, "+1 800 555 0123").content.decode()
    assert 'data-reason="zone_unknown"' in words
    assert "Add a time zone or an address." in words


def test_the_number_page_takes_the_programs_own_hours(client, officer):
    program = ProgramFactory(window_start="10:00", window_end="10:01")
    words = check(client, "+1 212 555 0123", program=program.pk).content.decode()
    assert "10:00–10:01" in words


@pytest.mark.parametrize("number", ["", "hello", "+1", "123"])
def test_the_number_page_refuses_what_is_no_number(client, officer, number):
    answer = check(client, number)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert 'id="answer"' not in answer.content.decode()


def test_the_number_page_needs_the_permission_to_see_rules(client):
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert check(client, "+12125550111").status_code == 403


@pytest.mark.usefixtures("reviewed")
def test_the_command_names_what_is_past_its_review(capsys):
    Policy.objects.filter(jurisdiction="FR").update(review_on=date(2020, 1, 1))
    with pytest.raises(CommandError, match="1 past"):
        call_command("review_rules")
    assert "FR Mon-Sat" in capsys.readouterr().out


@pytest.mark.usefixtures("reviewed")
def test_the_command_is_content_when_nothing_is(capsys):
    call_command("review_rules")
    assert "Every rule is within" in capsys.readouterr().out


@pytest.mark.usefixtures("reviewed")
def test_a_rule_that_ended_needs_no_review():
    today = timezone.localdate()
    Policy.objects.filter(jurisdiction="FR").update(
        review_on=today - timedelta(days=1), last_day=today - timedelta(days=1)
    )
    assert versions.overdue(today) == []
