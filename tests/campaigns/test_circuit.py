from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import circuit, queue
from campaigns.models import Campaign, Message
from tests.campaigns.factories import run_of


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((49, 49, 49, 49), ""),
        ((100, 20, 10, 5), ""),
        ((100, 21, 0, 0), "did not answer clearly for 21 of the last 100"),
        ((100, 0, 11, 0), "blocked 11 of the last 100"),
        ((100, 0, 0, 6), "6 of the last 100 people"),
    ],
)
def test_it_says_what_is_wrong_above_the_threshold(counts, words):
    found = circuit.trouble(*counts)
    assert words in found
    assert bool(words) == bool(found)


@pytest.fixture
def blocked():
    """A campaign of which 8 of 60 texts were just blocked by carriers, and another, untouched."""
    run, messages = run_of(60)
    now = timezone.now()
    Campaign.objects.update(updated_at=now - timedelta(minutes=1))
    Message.objects.update(state="delivered", sent_at=now, aws_id="x", final_at=now)
    Message.objects.filter(pk__in=[m.pk for m in messages[:8]]).update(
        state="failed", reason="CARRIER_BLOCKED"
    )
    return run.campaign


@pytest.mark.django_db
def test_blocked_content_pauses_the_originators_campaigns_and_says_why(blocked):
    other, _ = run_of(1)
    assert circuit.check(timezone.now()) == 1
    blocked.refresh_from_db()
    other.campaign.refresh_from_db()
    assert (blocked.status, other.campaign.status) == ("paused", "sending")
    assert "Carriers blocked 8 of the last 60 texts" in blocked.paused_because


@pytest.mark.django_db
def test_whoever_resumes_gives_a_new_chance(blocked):
    circuit.check(timezone.now())
    later = timezone.now() + timedelta(seconds=1)
    Campaign.objects.update(status="sending", updated_at=later)
    assert circuit.check(later) == 0


@pytest.mark.django_db
def test_what_is_long_over_does_not_count(blocked):
    assert circuit.check(timezone.now() + circuit.WINDOW * 2) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("reason", "paused"), [("ReadTimeoutError", 1), (queue.WORKER_LOST, 0)])
def test_unclear_answers_of_aws_pause_but_a_dead_worker_of_ours_does_not(reason, paused):
    _, messages = run_of(60)
    now = timezone.now()
    Campaign.objects.update(updated_at=now - timedelta(minutes=1))
    Message.objects.update(state="delivered", sent_at=now, aws_id="x", final_at=now)
    Message.objects.filter(pk__in=[m.pk for m in messages[:20]]).update(
        state="unknown", reason=reason, aws_id="", final_at=None
    )
    assert circuit.check(now) == paused
