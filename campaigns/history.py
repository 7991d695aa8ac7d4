"""What a person has already had; the caps are counted on hand-overs, not on receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min, Q

from campaigns.models import Message
from compliance.models import MessageClass, Program

DAY = timedelta(hours=24)
# Whatever promotes: of a campaign, or to one person alone.
PROMOTIONAL = Q(campaign__message_class=MessageClass.PROMOTIONAL) | Q(purpose=Message.Purpose.OFFER)


@dataclass(frozen=True, slots=True)
class Had:
    """Texts handed over to one person, before one more of a campaign."""

    in_day: int  # of the campaign, in the last 24 hours
    oldest_in_day: datetime | None
    in_total: int  # of the campaign
    of_brand: Sequence[datetime]  # promotional, of all programs, in 24 hours; newest first
    of_program: Sequence[datetime]  # promotional, of its own, as far back as limits reach


def had_before(
    program: Program, phones: Sequence[str], now: datetime, campaign_id: int | None = None
) -> dict[str, Had]:
    """Count, per number, the texts that AWS took or may have taken. One query.

    What one more would be: of the program, and of a campaign or to one person alone. A brand is
    one sender to the law, whatever programs it has (compliance.md D6).
    """
    own = Q(campaign_id=campaign_id or 0)
    day = Q(sent_at__gt=now - DAY)
    mine = Q(campaign__program_id=program.pk) | Q(program_id=program.pk)
    of_program = PROMOTIONAL & mine & Q(sent_at__gt=now - program.longest_limit)
    brands = Q(campaign__program__brand=program.brand) | Q(program__brand=program.brand)
    rows = (
        Message.objects.filter(phone__in=phones, sent_at__isnull=False)
        .exclude(state=Message.State.FAILED, aws_id="")  # refused at the call: nobody got it
        .filter(own | (day & PROMOTIONAL) | of_program)
        .values("phone")
        .annotate(
            in_total=Count("pk", filter=own),
            in_day=Count("pk", filter=own & day),
            oldest=Min("sent_at", filter=own & day),
            of_brand=ArrayAgg(
                "sent_at", filter=day & PROMOTIONAL & brands, order_by="-sent_at", default=[]
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
