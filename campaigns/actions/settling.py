"""Texts whose fate stays unclear: after a while a person decides, for no program can."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns import tasks
from campaigns.actions.acting import Actor, check_may_launch, key
from campaigns.models import Campaign, Message, Run


def undecided(now: datetime) -> QuerySet[Message]:
    """Return the texts of unclear fate that no receipt has settled in the time of grace."""
    grace = timedelta(minutes=settings.UNCLEAR_GRACE_MINUTES)
    return Message.objects.filter(
        state=Message.State.UNKNOWN, left_at=None, changed_at__lte=now - grace
    )


def send_again(ids: Sequence[int], user: Actor) -> int:
    """Send texts again of which a person says that they did not arrive; return how many.

    A run that has ended is opened again for them. Left alone are those whose run's time is over,
    whose campaign was cancelled or has another run under way, and those that are not undecided.
    """
    check_may_launch(user)
    now = timezone.now()
    with transaction.atomic():
        found = undecided(now).select_for_update(of=["self"], no_key=True).filter(pk__in=ids)
        messages = [
            message
            for message in found.select_related("run__campaign").order_by("pk")
            if message.run is None or _is_open(message.run, now)
        ]
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(
            state=Message.State.QUEUED,
            due_at=now,
            reason="",
            detail="",
            claim=None,
            sent_at=None,
            aws_id="",
            changed_at=now,
        )
        LogEntry.objects.log_actions(key(user), messages, CHANGE, "Did not arrive: sent again.")
        transaction.on_commit(tasks.dispatch.delay)
    return len(messages)


def leave(ids: Sequence[int], user: Actor) -> int:
    """Take texts off the list as they are: nobody knows, and nothing is sent; return how many."""
    check_may_launch(user)
    now = timezone.now()
    with transaction.atomic():
        messages = list(
            undecided(now).select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
        )
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(left_at=now)
        LogEntry.objects.log_actions(key(user), messages, CHANGE, "Left unclear.")
    return len(messages)


def _is_open(run: Run, now: datetime) -> bool:
    """Tell whether a run can still send, and open it again if it had ended."""
    campaign = Campaign.objects.select_for_update(of=["self"]).get(pk=run.campaign_id)
    if run.expires_at <= now or campaign.status == Campaign.Status.CANCELLED:
        return False
    if Run.objects.filter(pk=run.pk, finished_at=None).exists():
        return True
    if Run.objects.filter(campaign=campaign, finished_at=None).exists():
        return False
    Run.objects.filter(pk=run.pk).update(finished_at=None)
    if campaign.status == Campaign.Status.COMPLETED:
        campaign.status = Campaign.Status.SENDING
        campaign.save(update_fields=["status", "updated_at"])
    return True
