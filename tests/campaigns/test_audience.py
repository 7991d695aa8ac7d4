import pytest

from campaigns import audience, runs, tasks
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
