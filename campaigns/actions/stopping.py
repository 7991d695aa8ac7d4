"""Pause, resume, cancel."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import ending, openings, tasks
from campaigns.actions.acting import (
    Actor,
    Status,
    audit,
    changing,
    check_may_launch,
    check_state,
    put,
)
from campaigns.models import Campaign, Message, Run
from campaigns.refusal import Refused

CANCELLABLE = frozenset({Status.SCHEDULED, Status.SENDING, Status.PAUSED})


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


def cancellable(campaign_id: int, user: Actor) -> Campaign:
    """Return the campaign that this person can cancel now; refuse what `cancel` would refuse."""
    check_may_launch(user)
    campaign = Campaign.objects.get(pk=campaign_id)
    _check(campaign)
    return campaign


def stands(campaign: Campaign) -> str:
    """Return what names the runs that a cancellation would end."""
    return str(openings.last_number(campaign))


def would_stop(campaign: Campaign) -> Stopped:
    """Count what a cancellation would come to now."""
    texts = Message.objects.filter(run__in=_open_runs(campaign))
    waiting = texts.filter(state=Message.State.QUEUED).count()
    return Stopped(waiting, texts.filter(sent_at__isnull=False).count())


def cancel(campaign_id: int, user: Actor, seen: str = "") -> Stopped:
    """End the campaign and its runs; say how many texts will not go, and how many had gone.

    `seen` names the runs that the person was asked about: nobody ends others by accident.
    """
    check_may_launch(user)
    now = timezone.now()
    with changing(campaign_id, frozenset(Status)) as campaign:
        _check(campaign)
        if seen and seen != stands(campaign):
            raise Refused(
                _("A run began while you read that page. Nothing was cancelled: look at it anew.")
            )
        campaign.next_run_at = None
        put(campaign, Status.CANCELLED)
        # An audience that is being written now waits on this lock, then finds its run cancelled.
        runs = list(_open_runs(campaign).select_for_update().values_list("pk", flat=True))
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


def _open_runs(campaign: Campaign) -> QuerySet[Run]:
    return Run.objects.filter(campaign=campaign, finished_at=None).order_by("pk")


def _check(campaign: Campaign) -> None:
    if campaign.status == Status.CANCELLED:
        raise Refused(
            _("It is cancelled already: below stands by whom, and what had gone by then.")
        )
    check_state(campaign, CANCELLABLE)
