"""What a person has already had from a campaign; the caps are counted on hand-overs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from campaigns.models import Message


@dataclass(frozen=True, slots=True)
class Sent:
    """Texts of one campaign handed over to one person."""

    in_day: int
    oldest_in_day: datetime | None
    in_total: int


def sent_before(campaign_id: int, phones: Sequence[str], now: datetime) -> dict[str, Sent]:
    """Count, per number, the campaign's texts that AWS took or may have taken. One query."""
    day = Q(sent_at__gt=now - timedelta(hours=24))
    rows = (
        Message.objects.filter(campaign_id=campaign_id, phone__in=phones, sent_at__isnull=False)
        .exclude(state=Message.State.FAILED, aws_id="")  # refused at the call: nobody got it
        .values("phone")
        .annotate(
            in_total=Count("pk"), in_day=Count("pk", filter=day), oldest=Min("sent_at", filter=day)
        )
    )
    return {row["phone"]: Sent(row["in_day"], row["oldest"], row["in_total"]) for row in rows}
