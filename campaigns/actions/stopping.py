"""Pause, resume, cancel."""

from django.db import transaction
from django.utils import timezone

from campaigns.actions.acting import Actor, check_may_launch, move
from campaigns.models import Campaign, Message, Run


def pause(campaign_id: int, user: Actor) -> None:
    """Stop handing over texts; what is with AWS already stays there."""
    check_may_launch(user)
    move(campaign_id, user, {Campaign.Status.SENDING}, Campaign.Status.PAUSED, "Paused.")


def resume(campaign_id: int, user: Actor) -> None:
    """Go on where it stopped."""
    check_may_launch(user)
    move(campaign_id, user, {Campaign.Status.PAUSED}, Campaign.Status.SENDING, "Resumed.")


def cancel(campaign_id: int, user: Actor) -> int:
    """End the run; return how many waiting texts will not go."""
    check_may_launch(user)
    now = timezone.now()
    with transaction.atomic():
        campaign = move(
            campaign_id,
            user,
            {Campaign.Status.SENDING, Campaign.Status.PAUSED},
            Campaign.Status.CANCELLED,
            "Cancelled.",
        )
        # An audience that is being written now waits on this lock, then finds its run ended.
        Run.objects.select_for_update().filter(campaign=campaign, finished_at=None).first()
        stopped = Message.objects.filter(
            run__campaign=campaign, run__finished_at=None, state=Message.State.QUEUED
        ).update(state=Message.State.CANCELLED, final_at=now, changed_at=now, leased_until=None)
        Run.objects.filter(campaign=campaign, finished_at=None).update(finished_at=now)
        Run.objects.filter(campaign=campaign, audience=None).update(audience=0)
    return stopped
