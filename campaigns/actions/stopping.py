"""Pause, resume, cancel."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campaigns import ending, openings, tasks
from campaigns.actions.acting import Actor, Status, audit, changing, check_may_launch, put
from campaigns.models import Campaign, Message, Run


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a cancellation came to, in texts."""

    stopped: int  # these will not go
    gone: int  # AWS had these already, or may have


def pause(campaign_id: int, user: Actor) -> None:
    """Stop handing over texts and opening runs; what is with AWS already stays there."""
    check_may_launch(user)
    with changing(campaign_id, {Status.SENDING, Status.SCHEDULED}) as campaign:
        put(campaign, Status.PAUSED)
        audit(user, campaign, "Paused.")


def resume(campaign_id: int, user: Actor) -> None:
    """Go on where it stopped."""
    check_may_launch(user)
    with changing(campaign_id, {Status.PAUSED}) as campaign:
        if campaign.repeats:  # what would have begun during the pause does not begin late
            campaign.next_run_at = openings.next_opening(campaign, timezone.now())
        answers = campaign.timing == Campaign.Timing.EVENT
        goes_on = answers or campaign.runs.filter(finished_at=None).exists()
        waits = Status.SCHEDULED if campaign.next_run_at else Status.COMPLETED
        put(campaign, Status.SENDING if goes_on else waits)
        audit(user, campaign, "Resumed.")
        transaction.on_commit(tasks.dispatch.delay)


def cancel(campaign_id: int, user: Actor) -> Stopped:
    """End the campaign and its runs; say how many texts will not go, and how many had gone."""
    check_may_launch(user)
    now = timezone.now()
    with changing(campaign_id, {Status.SCHEDULED, Status.SENDING, Status.PAUSED}) as campaign:
        campaign.next_run_at = None
        put(campaign, Status.CANCELLED)
        # An audience that is being written now waits on this lock, then finds its run cancelled.
        runs = list(
            Run.objects.select_for_update()
            .filter(campaign=campaign, finished_at=None)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        audit(user, campaign, "Cancelled.")
    # From the commit on nothing is begun. What was begun in the same moment is waited for here,
    # so that the count is final; of a million rows all but these are ended later.
    with transaction.atomic():
        ending.cancel_waiting(now, campaign_id)
        stopped = Message.objects.filter(
            Q(state=Message.State.QUEUED) | Q(state=Message.State.CANCELLED, sent_at=None),
            run__in=runs,
        ).count()
        gone = Message.objects.filter(run__in=runs, sent_at__isnull=False).count()
        audit(user, campaign, f"{stopped} texts will not go, {gone} had gone.")
    return Stopped(stopped, gone)
