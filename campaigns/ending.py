"""Ending what is over: the waiting texts of cancelled runs, and texts of which nothing is heard."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from campaigns.models import Campaign, Message, Run
from campaigns.receipts import NO_RECEIPT

SLICE = 20_000  # messages: some tenths of a second
# AWS tries for 72 hours at most (TimeToLive); a receipt comes by then, or never (aws-sms.md 2).
SILENT_AFTER = timedelta(hours=72)


def cancel_waiting(now: datetime, campaign_id: int | None = None) -> int:
    """End a slice of the waiting texts of cancelled campaigns, or of one; return how many.

    A run ends with its last one. Dispatch takes none of them meanwhile: the campaign's state
    holds it back. Those come first that dispatch would take first: what it has just begun to hand
    over is waited for, and left alone.
    """
    with transaction.atomic():
        found = Run.objects.select_for_update(of=["self"]).filter(
            campaign__status=Campaign.Status.CANCELLED, finished_at=None
        )
        if campaign_id is not None:
            found = found.filter(campaign=campaign_id)
        runs = list(found.order_by("pk").values_list("pk", flat=True))
        ended = _cancel_slice(runs, now)
        if ended < SLICE:
            Run.objects.filter(pk__in=runs).update(finished_at=now)
    return ended


def _cancel_slice(runs: list[int], now: datetime) -> int:
    """End some waiting texts, locked in dispatch's order, so that neither waits for ever."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH waiting AS MATERIALIZED (  -- else it may be read again, and find others
                SELECT id FROM campaigns_message WHERE run_id = ANY(%s) AND state = 'queued'
                ORDER BY due_at, id LIMIT %s FOR NO KEY UPDATE
            )
            UPDATE campaigns_message message
            SET state = 'cancelled', final_at = %s, changed_at = %s, leased_until = NULL
            FROM waiting WHERE message.id = waiting.id AND message.state = 'queued'
            """,
            [runs, SLICE, now, now],
        )
        ended: int = cursor.rowcount
    return ended


def give_up_silent(now: datetime) -> int:
    """Mark as unknown what AWS accepted and never gave a final receipt for; return how many."""
    return Message.objects.filter(
        state=Message.State.ACCEPTED, sent_at__lt=now - SILENT_AFTER
    ).update(state=Message.State.UNKNOWN, reason=NO_RECEIPT, changed_at=now)
