from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from campaigns import arms, audience, runs, tasks
from campaigns.models import Campaign, Message
from contacts.models import Contact
from tests.campaigns.factories import CampaignFactory, ContactFactory, RunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_slices(monkeypatch):
    monkeypatch.setattr(audience, "FIRST_SLICE", 2)
    monkeypatch.setattr(audience, "SLICE", 3)


@pytest.fixture
def run():
    """A run over seven people, with nothing written yet."""
    ContactFactory.create_batch(7)
    return RunFactory(campaign=CampaignFactory(status="sending"), audience_complete=False)


def counts(run):
    (totals,) = runs.totals([run.campaign_id])
    assert totals["audience"] == totals["open"] == Message.objects.count()
    return totals["audience"], totals["complete"]


def test_it_is_one_message_per_matching_contact(run):
    audience.build(run.pk)
    written = Message.objects.values_list("contact", "phone")
    assert sorted(written) == sorted(Contact.objects.values_list("pk", "phone"))


def test_the_count_says_what_is_written_and_whether_that_is_all(run):
    seen = [counts(run)]
    while audience.extend(run.pk):
        seen.append(counts(run))
    assert seen == [(0, False), (2, False), (5, False), (7, False), (7, True)]


def test_building_it_twice_changes_nothing(run):
    assert audience.build(run.pk)
    assert not audience.build(run.pk)
    assert counts(run) == (7, True)


def test_it_goes_on_where_a_killed_builder_stopped(run):
    audience.extend(run.pk)
    assert audience.build(run.pk)
    assert counts(run) == (7, True)


def test_a_slice_that_is_there_already_is_not_counted_twice(run):
    audience.extend(run.pk)
    run.refresh_from_db()
    run.audience_upto = 0  # as after a restore of the run's row alone
    run.save()
    audience.build(run.pk)
    assert counts(run) == (7, True)


def test_a_run_does_not_end_while_its_audience_is_written(run):
    audience.extend(run.pk)
    Message.objects.update(state="delivered")
    assert runs.finish_ended() == 0
    audience.build(run.pk)
    Message.objects.update(state="delivered")
    assert runs.finish_ended() == 1
    assert Campaign.objects.get().status == "completed"


def test_a_segment_without_people_is_complete_at_once(run):
    Contact.objects.all().delete()
    audience.build(run.pk)
    assert counts(run) == (0, True)


def test_the_task_nudges_dispatch_before_the_rest_is_written(run, monkeypatch):
    written = []
    monkeypatch.setattr(tasks.dispatch, "delay", lambda: written.append(Message.objects.count()))
    tasks.build_audience(run.pk)
    assert written == [2]
    assert counts(run) == (7, True)


def test_each_arm_gets_its_share_and_the_hold_out_is_on_record():
    ContactFactory.create_batch(60)
    run = RunFactory(
        campaign=CampaignFactory(status="sending"),
        audience_complete=False,
        holdout_percent=20,
        treatments=[{"name": "B", "percent": 40, "body": "Acme: B"}],
    )
    audience.build(run.pk)
    ends = arms.bounds(20, [40])
    for message in Message.objects.filter(run=run):
        arm = arms.arm_at(arms.place(run.campaign_id, message.contact_id), ends)
        if arm is None:
            assert (message.state, message.reason) == ("blocked", "hold_out")
            assert message.final_at is not None
        else:
            assert (message.state, message.arm) == ("queued", arm)
    (totals,) = runs.totals([run.campaign_id])
    assert totals["audience"] == 60 == totals["blocked"] + totals["open"]
    assert 0 < totals["blocked"] < 30


def test_each_text_is_due_at_the_hour_where_its_person_is():
    zones = {"America/New_York": 14, "America/Los_Angeles": 17, "Asia/Kolkata": 3.5}
    for zone in zones:
        ContactFactory(timezone=zone)
    from_the_number = ContactFactory(phone="+12065550177")
    nowhere = ContactFactory(phone="+18005550177")
    day = timezone.localdate() + timedelta(days=400)
    while not date(day.year, 11, 10) <= day <= date(day.year, 12, 31):
        day += timedelta(days=1)
    run = RunFactory(
        campaign=CampaignFactory(status="sending"), audience_complete=False,
        local_day=day, local_clock=time(9), local_zone="America/Chicago",
    )  # fmt: skip
    audience.build(run.pk)
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    due = {
        message.contact_id: (message.due_at - midnight) / timedelta(hours=1)
        for message in Message.objects.filter(run=run)
    }
    stated = dict(Contact.objects.exclude(timezone="").values_list("timezone", "pk"))
    assert {zone: due[stated[zone]] for zone in zones} == zones
    assert due[from_the_number.pk] == 17
    assert due[nowhere.pk] == 15


def test_an_hour_that_has_passed_somewhere_is_due_at_once():
    ContactFactory(timezone="America/New_York")
    day = timezone.localdate() - timedelta(days=2)
    run = RunFactory(
        campaign=CampaignFactory(status="sending"), audience_complete=False,
        local_day=day, local_clock=time(9), local_zone="America/Chicago",
    )  # fmt: skip
    before = timezone.now()
    audience.build(run.pk)
    assert Message.objects.get().due_at >= before
