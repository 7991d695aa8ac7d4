import datetime as dt
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry

from campaigns import actions, dry_runs, remembered_numbers, tasks
from campaigns.models import Campaign, DryRun, Message, RememberedNumber
from compliance import erasure
from compliance.models import Consent
from contacts import endpoints
from contacts.models import Contact
from pinpoint.gateway import Fate, SendError
from tests.campaigns.factories import NOON, ContactFactory

pytestmark = pytest.mark.django_db


class Checking:
    """AWS's DryRun: refuses every second text."""

    def __init__(self):
        self.asked = 0

    def rehearse(self, text):
        self.asked += 1
        if self.asked % 2 == 0:
            raise SendError(Fate.REFUSED, "INVALID_PARAMETER", "no")


@pytest.fixture
def asked(draft, ana, monkeypatch):
    monkeypatch.setattr(tasks.dry_run, "delay", lambda pk: None)
    monkeypatch.setattr(tasks.send_direct, "delay", lambda pk: None)
    monkeypatch.setattr(dry_runs.time, "sleep", lambda seconds: None)
    return lambda: actions.dry_run(draft.pk, ana)


def count(dry_run, now=NOON):
    gateway = Checking()
    while dry_runs.go_on(dry_run.pk, gateway, now, until=time.monotonic() + 10):
        pass
    dry_run.refresh_from_db()
    return dry_run.result


def test_a_dry_run_counts_who_would_go_in_how_many_parts_at_what_cost(asked):
    result = count(asked())
    assert (result["people"], result["go"], result["parts"]) == (3, 3, 3)
    assert Decimal(result["usd"]) == 3 * Decimal("0.00885")
    assert result["hours"] == {"2026-11-24T17:00:00+00:00": 3}
    assert result["aws"] == {"": 2, "INVALID_PARAMETER": 1}
    assert not Message.objects.exists()


def test_a_dry_run_says_why_the_others_would_not_go(asked):
    ContactFactory()  # who never said yes
    result = count(asked())
    assert (result["people"], result["go"], result["reasons"]) == (4, 3, {"no_consent": 1})


def test_a_dry_run_at_night_says_when_they_would_go(asked):
    night = NOON + timedelta(hours=11)
    (hour,) = count(asked(), night)["hours"]
    assert night < datetime.fromisoformat(hour) < night + timedelta(hours=12)


def schedule(campaign, **timing):
    """Plan it for noon in New York, three days later; return that instant."""
    day = NOON + timedelta(days=3)
    fields = {"timing": "once", "first_day": day.date(), "clock": dt.time(12), **timing}
    Campaign.objects.filter(pk=campaign.pk).update(zone="America/New_York", **fields)
    return day


def test_a_dry_run_of_a_scheduled_campaign_is_asked_as_of_its_hour(asked, draft):
    at = schedule(draft)
    dry_run = asked()
    DryRun.objects.update(asked_at=NOON + timedelta(hours=11))
    result = count(dry_run, NOON + timedelta(hours=11))  # at night, when nothing may go
    assert result["hours"] == {at.isoformat(): 3}


def test_a_dry_run_counts_no_consent_that_has_ended_by_the_scheduled_hour(asked, draft):
    schedule(draft)
    dry_run = asked()
    DryRun.objects.update(asked_at=NOON)
    ending = Consent.objects.order_by("pk").first()
    Consent.objects.filter(pk=ending.pk).update(expires_at=NOON + timedelta(days=1))
    result = count(dry_run)
    assert (result["go"], result["reasons"]) == (2, {"consent_expired": 1})


def test_a_dry_run_by_everybodys_own_clock_counts_each_at_their_hour(asked, draft):
    at = schedule(draft, everyones_own=True)
    someone = Contact.objects.order_by("pk").first()
    Contact.objects.filter(pk=someone.pk).update(timezone="America/Los_Angeles")
    dry_run = asked()
    DryRun.objects.update(asked_at=NOON)
    hours = count(dry_run)["hours"]
    assert hours == {at.isoformat(): 2, (at + timedelta(hours=3)).isoformat(): 1}


def test_a_dry_run_over_many_chunks_counts_everybody_once(asked, monkeypatch):
    monkeypatch.setattr(dry_runs, "CHUNK", 2)
    assert count(asked())["people"] == 3
    assert DryRun.objects.get().finished_at == NOON


def test_no_more_leave_in_an_hour_than_the_pace_allows():
    first = datetime(2026, 11, 24, 17, tzinfo=UTC)
    found = dry_runs.by_the_hour({first.isoformat(): 9_000}, 1)
    assert [parts for _, parts in found] == [3_600, 3_600, 1_800]
    assert found[2][0] == first + timedelta(hours=2)


def test_a_test_goes_to_colleagues_as_what_it_tests(asked, draft, ana):
    someone = Contact.objects.first()
    (message,) = actions.send_test(draft.pk, [someone.phone], ana)
    assert (message.purpose, message.body, message.run) == ("test", draft.body, None)


def test_a_test_names_the_endpoint_that_the_program_knows_the_person_by(asked, draft, ana):
    person = Contact.objects.order_by("pk").first()
    application = draft.program.application_id
    endpoints.put(application, "ana-1", {"Address": person.phone}, NOON)
    Campaign.objects.update(body="acme.example/{{Id}} Reply STOP to opt out.")
    (message,) = actions.send_test(draft.pk, [person.phone], ana)
    assert message.body == "acme.example/ana-1 Reply STOP to opt out."


def test_a_test_of_a_campaign_with_treatments_sends_each_text(asked, draft, ana):
    draft.treatments.create(name="B", percent=50, body="Acme: B. Reply STOP to opt out.")
    found = actions.send_test(draft.pk, [Contact.objects.first().phone], ana)
    assert [message.body for message in found] == [draft.body, "Acme: B. Reply STOP to opt out."]


def test_a_test_names_what_india_asks_for_of_each_text(asked, draft, ana):
    draft.india_entity, draft.india_template = "1101", "1107"
    draft.save()
    other = "Acme: B. Reply STOP to opt out."
    draft.treatments.create(name="B", percent=50, body=other, india_template="1108")
    found = actions.send_test(draft.pk, [Contact.objects.first().phone], ana)
    assert [message.country_parameters for message in found] == [
        {"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1107"},
        {"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1108"},
    ]


@pytest.mark.parametrize(
    ("numbers", "words"), [([" "], "at least one"), (["12"], "“12”: The number has too few digits")]
)
def test_what_is_no_number_gets_no_test(asked, draft, ana, numbers, words):
    with pytest.raises(actions.Refused, match=words):
        actions.send_test(draft.pk, numbers, ana)


def remembered(user):
    return [one.phone for one in remembered_numbers.offered(user.pk)]


def test_the_numbers_of_a_test_are_offered_to_who_sent_it_and_to_nobody_else(
    asked, draft, ana, ben
):
    actions.send_test(draft.pk, ["(212) 555-0101", "+12125550102"], ana)
    assert sorted(remembered(ana)) == ["+12125550101", "+12125550102"]
    assert remembered(ben) == []


def test_the_number_that_was_used_last_comes_first_and_stands_once(draft, ana):
    for minute, phone in enumerate(["+12125550101", "+12125550102", "+12125550101"]):
        remembered_numbers.remember(ana.pk, [phone], NOON + timedelta(minutes=minute))
    assert remembered(ana) == ["+12125550101", "+12125550102"]


def test_no_more_numbers_are_kept_than_are_offered(ana):
    for minute in range(13):
        phone = f"+121255501{minute:02}"
        remembered_numbers.remember(ana.pk, [phone], NOON + timedelta(minutes=minute))
    assert RememberedNumber.objects.count() == remembered_numbers.MOST
    assert remembered(ana)[-1] == "+12125550103"


def test_a_test_goes_to_chosen_and_to_typed_numbers_once_each(asked, draft, ana):
    remembered_numbers.remember(ana.pk, ["+12125550101", "+12125550102"], NOON)
    ids = [one.pk for one in remembered_numbers.offered(ana.pk)]
    sent = actions.send_test(draft.pk, ["+12125550101", "+12125550103"], ana, ids)
    assert sorted(message.phone for message in sent) == [f"+1212555010{n}" for n in (1, 2, 3)]


def test_nobody_tests_with_the_numbers_of_another(asked, draft, ana, ben):
    remembered_numbers.remember(ben.pk, ["+12125550101"], NOON)
    with pytest.raises(actions.Refused, match="no longer remembered"):
        actions.send_test(draft.pk, [], ana, [RememberedNumber.objects.get().pk])
    assert not Message.objects.exists()


def test_a_test_that_is_refused_is_not_remembered(asked, draft, ana):
    with pytest.raises(actions.Refused):
        actions.send_test(draft.pk, ["+12125550101", "12"], ana)
    assert remembered(ana) == []


def test_a_number_is_forgotten_on_record_and_without_being_named(ana, ben):
    remembered_numbers.remember(ana.pk, ["+12125550101"], NOON)
    (one,) = remembered_numbers.offered(ana.pk)
    actions.forget_number(one.pk, ben)
    assert remembered(ana) == ["+12125550101"]
    actions.forget_number(one.pk, ana)
    actions.forget_number(one.pk, ana)  # a second click
    row = LogEntry.objects.get()
    assert remembered(ana) == []
    assert (row.user, "5550101" in f"{row.object_repr}{row.change_message}") == (ana, False)


def test_an_erased_person_is_remembered_by_nobody(ana, ben, admin_user):
    for user in (ana, ben):
        remembered_numbers.remember(user.pk, ["+12125550101", "+12125550102"], NOON)
    erasure.erase("+12125550101", admin_user)
    assert remembered(ana) == remembered(ben) == ["+12125550102"]
