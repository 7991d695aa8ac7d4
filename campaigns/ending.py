"""Ending what is over: the waiting texts of cancelled runs, and texts of which nothing is heard."""

from datetime import datetime, timedelta

from django.db import transaction

from campaigns.models import Campaign, Message, Run
from campaigns.receipts import NO_RECEIPT

SLICE = 20_000  # messages: some tenths of a second
# AWS tries for 72 hours at most (TimeToLive); a receipt comes by then, or never (aws-sms.md 2).
SILENT_AFTER = timedelta(hours=72)


def cancel_waiting(now: datetime) -> int:
    """End a slice of the waiting texts of cancelled campaigns; return how many.

    A run ends with its last one. Dispatch takes none of them meanwhile: the campaign's state
    holds it back.
    """
    with transaction.atomic():
        runs = list(
            Run.objects.select_for_update(of=["self"])
            .filter(campaign__status=Campaign.Status.CANCELLED, finished_at=None)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        waiting = Message.objects.filter(run__in=runs, state=Message.State.QUEUED)
        ended = Message.objects.filter(
            pk__in=waiting.order_by("pk").values("pk")[:SLICE], state=Message.State.QUEUED
        ).update(state=Message.State.CANCELLED, final_at=now, changed_at=now, leased_until=None)
        if ended < SLICE:
            Run.objects.filter(pk__in=runs).update(finished_at=now)
    return ended


def give_up_silent(now: datetime) -> int:
    """Mark as unknown what AWS accepted and never gave a final receipt for; return how many."""
    return Message.objects.filter(
        state=Message.State.ACCEPTED, sent_at__lt=now - SILENT_AFTER
    ).update(state=Message.State.UNKNOWN, reason=NO_RECEIPT, changed_at=now)
