"""What a person has already had; the caps are counted on hand-overs, not on receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min, Q

from campaigns.models import Campaign, Message
from compliance.models import MessageClass

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Had:
    """Texts handed over to one person, before one more of a campaign."""

    in_day: int  # of the campaign, in the last 24 hours
    oldest_in_day: datetime | None
    in_total: int  # of the campaign
    of_brand: Sequence[datetime]  # promotional, of all campaigns, in 24 hours; newest first
    of_program: Sequence[datetime]  # promotional, of its campaigns, as far back as limits reach


def had_before(campaign: Campaign, phones: Sequence[str], now: datetime) -> dict[str, Had]:
    """Count, per number, the texts that AWS took or may have taken. One query.

    A brand is one sender to the law, whatever programs it has (compliance.md D6).
    """
    own = Q(campaign_id=campaign.pk)
    day = Q(sent_at__gt=now - DAY)
    promotional = day & Q(campaign__message_class=MessageClass.PROMOTIONAL)
    of_program = Q(
        campaign__program_id=campaign.program_id,
        campaign__message_class=MessageClass.PROMOTIONAL,
        sent_at__gt=now - campaign.program.longest_limit,
    )
    rows = (
        Message.objects.filter(phone__in=phones, sent_at__isnull=False)
        .exclude(state=Message.State.FAILED, aws_id="")  # refused at the call: nobody got it
        .filter(own | promotional | of_program)
        .values("phone")
        .annotate(
            in_total=Count("pk", filter=own),
            in_day=Count("pk", filter=own & day),
            oldest=Min("sent_at", filter=own & day),
            of_brand=ArrayAgg(
                "sent_at",
                filter=promotional & Q(campaign__program__brand=campaign.program.brand),
                order_by="-sent_at",
                default=[],
            ),
            of_program=ArrayAgg("sent_at", filter=of_program, order_by="-sent_at", default=[]),
        )
    )
    return {
        row["phone"]: Had(
            row["in_day"], row["oldest"], row["in_total"], row["of_brand"], row["of_program"]
        )
        for row in rows
    }
