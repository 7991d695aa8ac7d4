from datetime import time, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns import actions, audience, runs, tasks
from campaigns.models import Campaign, Message, Run
from contacts.models import Segment
from tests.campaigns.factories import (
    NOON,
    CampaignFactory,
    ContactFactory,
    MessageFactory,
    opted_in,
    run_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer():
    return get_user_model().objects.create_superuser("marketer")


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Nudges are only noted; what they would do is tested where it is done."""
    nudged = []
    monkeypatch.setattr(tasks.build_audience, "delay", lambda run_id: nudged.append(run_id))
    monkeypatch.setattr(tasks.dispatch, "delay", lambda: nudged.append("dispatch"))
    return nudged


@pytest.fixture
def ready():
    people = ContactFactory.create_batch(3)
    campaign = CampaignFactory(body="Acme: hello. Reply STOP to opt out.")
    opted_in(campaign.program, *(person.phone for person in people))
    return campaign


def test_launching_opens_a_run_with_the_text_of_that_moment(marketer, ready):
    run = actions.launch(ready.pk, marketer)
    ready.refresh_from_db()
    assert (ready.status, run.number, run.body) == ("sending", 1, ready.body)


def test_launching_freezes_the_rules_of_that_moment(marketer, ready):
    run = actions.launch(ready.pk, marketer)
    segment = ready.segment
    assert run.rules["as_of"] == run.launched_at.isoformat()
    assert run.rules["segment"]["name"] == segment.name
    assert run.rules["rules"] == segment.rules["rules"]


def test_launching_leaves_an_audit_row(marketer, ready):
    actions.launch(ready.pk, marketer)
    assert LogEntry.objects.get().user == marketer


def test_the_audience_is_nudged_only_on_commit(
    marketer, ready, no_broker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        run = actions.launch(ready.pk, marketer)
        assert no_broker == []
    assert no_broker == [run.pk]


def test_launching_twice_is_refused_in_words(marketer, ready):
    actions.launch(ready.pk, marketer)
    with pytest.raises(actions.Refused, match="is sending now"):
        actions.launch(ready.pk, marketer)
    assert Run.objects.count() == 1


def test_a_segment_that_matches_nobody_is_refused(marketer):
    with pytest.raises(actions.Refused, match="matches nobody"):
        actions.launch(CampaignFactory(body="Hello").pk, marketer)


@pytest.mark.parametrize(
    "when",
    [
        {"timing": "daily", "first_day": NOON.date() + timedelta(days=1), "clock": time(12)},
        {"timing": "once", "first_day": NOON.date() + timedelta(days=1), "clock": time(12)},
        {"timing": "event", "event": "bought"},
    ],
)
def test_what_begins_later_may_go_to_a_segment_that_finds_nobody_yet(marketer, when, time_machine):
    time_machine.move_to(NOON)
    campaign = CampaignFactory(body="Hello. Reply STOP to opt out.", **when)
    actions.launch(campaign.pk, marketer)
    campaign.refresh_from_db()
    assert campaign.status in {"scheduled", "sending"}


def test_a_segment_that_was_deleted_meanwhile_is_refused(marketer, ready):
    Segment.everything.update(deleted_at=NOON)
    with pytest.raises(actions.Refused, match="was deleted"):
        actions.launch(ready.pk, marketer)


def test_a_text_with_an_unknown_field_is_refused(marketer, ready):
    ready.body = "Hi {{User.UserAttributes.Nickname}}"
    ready.save()
    with pytest.raises(actions.Refused, match="Nickname"):
        actions.launch(ready.pk, marketer)


def test_an_originator_of_the_other_class_is_refused(marketer, ready):
    ready.originator.message_class = "transactional"
    ready.originator.save()
    with pytest.raises(actions.Refused, match="transactional"):
        actions.launch(ready.pk, marketer)


def test_who_may_not_launch_is_refused(ready):
    analyst = get_user_model().objects.create_user("analyst")
    with pytest.raises(PermissionDenied):
        actions.launch(ready.pk, analyst)
    ready.refresh_from_db()
    assert ready.status == "draft"


def test_pausing_and_resuming_go_back_and_forth(marketer, ready):
    actions.launch(ready.pk, marketer)
    actions.pause(ready.pk, marketer)
    ready.refresh_from_db()
    assert ready.status == "paused"
    actions.resume(ready.pk, marketer)
    ready.refresh_from_db()
    assert ready.status == "sending"


def test_a_draft_cannot_be_paused(marketer, ready):
    with pytest.raises(actions.Refused, match="draft"):
        actions.pause(ready.pk, marketer)


def test_cancelling_ends_what_waits_and_says_how_many(marketer):
    run, messages = run_of(3)
    Message.objects.filter(pk=messages[0].pk).update(state="accepted")
    Message.objects.filter(pk=messages[0].pk).update(sent_at=run.launched_at)
    assert actions.cancel(run.campaign_id, marketer) == actions.Stopped(stopped=2, gone=1)
    assert sorted(Message.objects.values_list("state", flat=True)) == [
        "accepted",
        "cancelled",
        "cancelled",
    ]


def test_an_audience_is_not_built_for_a_cancelled_run(marketer, ready):
    run = actions.launch(ready.pk, marketer)
    actions.cancel(ready.pk, marketer)
    assert not audience.build(run.pk)
    assert runs.totals([ready.pk])[0]["audience"] == 0


def test_a_cancelled_campaign_can_be_launched_again(marketer, ready):
    actions.launch(ready.pk, marketer)
    actions.cancel(ready.pk, marketer)
    assert actions.launch(ready.pk, marketer).number == 2


def test_a_run_ends_when_every_message_has():
    run, messages = run_of(2)
    Message.objects.filter(pk=messages[0].pk).update(state="delivered")
    assert runs.finish_ended() == 0
    Message.objects.filter(pk=messages[1].pk).update(state="failed")
    assert runs.finish_ended() == 1
    run.campaign.refresh_from_db()
    assert run.campaign.status == "completed"


def test_a_run_whose_audience_is_not_written_does_not_end(marketer, ready):
    actions.launch(ready.pk, marketer)
    assert runs.finish_ended() == 0


def test_an_empty_audience_ends_at_once(marketer, ready):
    run = actions.launch(ready.pk, marketer)
    Run.objects.filter(pk=run.pk).update(audience_complete=True)
    assert runs.finish_ended() == 1


def test_the_totals_add_up_to_the_audience():
    run, messages = run_of(9)
    for message, state in zip(messages, Message.State.values, strict=True):
        changes = {"claim": "0" * 32, "sent_at": run.launched_at} if state == "sending" else {}
        Message.objects.filter(pk=message.pk).update(state=state, **changes)
    (totals,) = runs.totals([run.campaign_id])
    parts = ["delivered", "failed", "blocked", "expired", "cancelled", "unknown", "open"]
    assert sum(totals[part] for part in parts) == totals["audience"] == 9


def test_the_engine_pauses_with_its_reason():
    run, _ = run_of(1)
    runs.pause_because(run.campaign_id, "AWS says no")
    campaign = Campaign.objects.get(pk=run.campaign_id)
    assert (campaign.status, campaign.paused_because) == ("paused", "AWS says no")


def test_tidying_expires_what_is_past_its_time():
    run, _ = run_of(1)
    Run.objects.filter(pk=run.pk).update(expires_at=timezone.now())
    tasks.tidy()
    assert Message.objects.get().state == "expired"


def test_tidying_nudges_an_audience_whose_nudge_was_lost(marketer, ready, no_broker):
    run = actions.launch(ready.pk, marketer)
    no_broker.clear()
    tasks.tidy()
    assert no_broker == [run.pk]


def test_one_message_per_person_and_run_is_held_by_the_database():

    run, (message,) = run_of(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory(run=run, contact=message.contact)
