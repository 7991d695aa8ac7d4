from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from campaigns import actions, ending, runs, tasks
from campaigns.actions.settling import undecided
from campaigns.models import Campaign, Message, Run
from tests.campaigns.factories import run_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer():
    return get_user_model().objects.create_superuser("marketer")


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.dispatch, "delay", lambda: None)


@pytest.fixture
def unclear():
    """A text of unclear fate since two hours, whose run has ended."""
    _, (message,) = run_of(1)
    now = timezone.now()
    Message.objects.update(state="unknown", sent_at=now, changed_at=now - timedelta(hours=2))
    Run.objects.update(expires_at=now + timedelta(hours=24))
    runs.finish_ended()
    return message


def test_it_waits_for_a_decision_after_the_time_of_grace(unclear):
    assert list(undecided(timezone.now())) == [unclear]
    assert not undecided(timezone.now() - timedelta(minutes=61))


def test_a_person_can_have_it_sent_again_and_the_run_is_opened_for_it(unclear, marketer):
    assert actions.send_again([unclear.pk], marketer) == 1
    unclear.refresh_from_db()
    assert (unclear.state, unclear.sent_at) == ("queued", None)
    assert Run.objects.get().finished_at is None
    assert Campaign.objects.get().status == "sending"
    assert LogEntry.objects.get().change_message == "Did not arrive: sent again."


def test_sending_again_twice_sends_once(unclear, marketer):
    assert actions.send_again([unclear.pk, unclear.pk], marketer) == 1
    assert actions.send_again([unclear.pk], marketer) == 0


def test_a_person_can_leave_it(unclear, marketer):
    assert actions.leave([unclear.pk], marketer) == 1
    assert not undecided(timezone.now())
    unclear.refresh_from_db()
    assert unclear.state == "unknown"


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": timezone.now()},
        {"finished_at": timezone.now(), "campaign__status": "cancelled"},
    ],
)
def test_what_is_over_is_not_sent_again(unclear, marketer, change):
    if change.pop("campaign__status", ""):
        Campaign.objects.update(status="cancelled")
    Run.objects.update(**change)
    assert actions.send_again([unclear.pk], marketer) == 0


def test_who_may_not_launch_may_not_decide(unclear):
    analyst = get_user_model().objects.create_user("analyst")
    for act in (actions.send_again, actions.leave):
        with pytest.raises(PermissionDenied):
            act([unclear.pk], analyst)


def test_the_list_shows_what_waits_and_the_buttons_act(unclear, marketer, client):
    client.force_login(marketer)
    page = reverse("admin:campaigns_message_changelist") + "?decide=yes"
    assert unclear.phone in client.get(page).content.decode()
    answer = client.post(
        page, {"action": "send_again", "_selected_action": [unclear.pk]}, follow=True
    )
    assert "1 text goes out again." in answer.content.decode()
    answer = client.post(page, {"action": "leave", "_selected_action": [unclear.pk]}, follow=True)
    assert Message.objects.get().state == "queued"


def test_what_had_no_final_receipt_for_72_hours_is_unknown():
    _, messages = run_of(2)
    now = timezone.now()
    Message.objects.update(state="accepted", sent_at=now - timedelta(hours=71))
    Message.objects.filter(pk=messages[0].pk).update(sent_at=now - timedelta(hours=73))
    assert ending.give_up_silent(now) == 1
    assert Message.objects.get(state="unknown").reason == "no_receipt"


def test_a_large_run_is_cancelled_slice_by_slice(marketer, monkeypatch):
    monkeypatch.setattr(ending, "SLICE", 3)
    run, _ = run_of(7)
    Run.objects.update(expires_at=timezone.now() + timedelta(hours=24))
    assert actions.cancel(run.campaign_id, marketer) == actions.Stopped(stopped=7, gone=0)
    assert run.messages.filter(state="cancelled").count() == 3
    tasks.tidy()
    run.refresh_from_db()
    assert run.messages.filter(state="cancelled").count() == 7
    assert run.finished_at is not None
