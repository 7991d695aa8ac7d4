"""The hard budgets: of a campaign, of a month, and AWS's own limit; asked before each batch.

An expected price is taken from the budget in the transaction that marks the texts as being sent,
so that no number of workers together can go over it. Receipts correct the sum afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Sum
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Message, Spending, SpendLimit
from pinpoint import account

AWS_LIMIT = "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT"
NOTHING = Decimal(0)
LOCK = 0x5E9D  # of PostgreSQL's advisory locks: one sum is taken from the month at a time


class OverBudget(Exception):  # noqa: N818 - it is an answer, in words, for a person
    """The money for these texts is not there; the message says whose budget it is."""


@dataclass(frozen=True, slots=True)
class Month:
    """What a month (UTC) has cost so far and may cost, in US dollars; None: no limit."""

    spent: Decimal
    budget: Decimal | None
    aws_limit: Decimal | None  # what AWS enforces, less our margin

    @property
    def limit(self) -> Decimal | None:
        """The smaller of the two limits."""
        return min((one for one in (self.budget, self.aws_limit) if one is not None), default=None)


def month_of(now: datetime) -> date:
    """Return the first day of the month (UTC), which is how AWS counts its limit."""
    return now.date().replace(day=1)


def month(now: datetime) -> Month:
    """Return how the month stands. Two queries."""
    spent = Spending.objects.filter(month=month_of(now)).aggregate(usd=Sum("usd"))["usd"]
    enforced = SpendLimit.objects.filter(name=AWS_LIMIT).values_list("enforced_usd", flat=True)
    return Month(spent or NOTHING, settings.MONTHLY_BUDGET_USD, _less_margin(enforced.first()))


def of_campaign(campaign_id: int) -> Decimal:
    """Return what a campaign has spent over all its runs, in US dollars."""
    rows = Spending.objects.filter(campaign=campaign_id)
    return rows.aggregate(usd=Sum("usd"))["usd"] or NOTHING


def take(campaign: Campaign | None, usd: Decimal, now: datetime) -> None:
    """Take an expected price from the budgets, or raise OverBudget and take nothing.

    Call it in the transaction that marks the texts as being sent; it holds the month until then.
    Without a campaign it is for direct texts. Two queries.
    """
    if not usd:
        return
    key = campaign.pk if campaign else None
    with connection.cursor() as cursor:
        cursor.execute(  # two, of which the second sees what was committed until it had the lock
            """
            SELECT pg_advisory_xact_lock(%s);
            SELECT coalesce((SELECT sum(usd) FROM campaigns_spending WHERE month = %s), 0),
                   (SELECT enforced_usd FROM campaigns_spendlimit WHERE name = %s),
                   coalesce((SELECT sum(usd) FROM campaigns_spending WHERE campaign_id = %s), 0),
                   (SELECT budget_usd FROM campaigns_campaign WHERE id = %s)
            """,
            [LOCK, month_of(now), AWS_LIMIT, key, key],
        )
        cursor.nextset()
        spent, enforced, of_campaign, budget = cursor.fetchone()
        so_far = Month(spent, settings.MONTHLY_BUDGET_USD, _less_margin(enforced))
        _check(so_far, usd)
        if budget is not None and of_campaign + usd > budget:
            raise OverBudget(_("The campaign's budget of ${} is used up.").format(f"{budget:,.2f}"))
        cursor.execute(
            """
            INSERT INTO campaigns_spending (campaign_id, month, usd) VALUES (%s, %s, %s)
            ON CONFLICT (month, campaign_id) DO UPDATE
            SET usd = campaigns_spending.usd + excluded.usd
            """,
            [key, month_of(now), usd],
        )


def _check(so_far: Month, usd: Decimal) -> None:
    if so_far.limit is None or so_far.spent + usd <= so_far.limit:
        return
    if so_far.limit == so_far.budget:
        raise OverBudget(_("The month's budget of ${} is used up.").format(f"{so_far.budget:,.2f}"))
    raise OverBudget(
        _(
            "AWS's monthly limit is nearly reached: ${} with the margin kept. Ask AWS for a higher "
            "one, or wait for the next month."
        ).format(f"{so_far.aws_limit:,.2f}")
    )


def _less_margin(enforced: Decimal | None) -> Decimal | None:
    return None if enforced is None else enforced * (100 - settings.SPEND_MARGIN_PERCENT) / 100


def note_aws_limits(limits: Sequence[account.Limit], now: datetime) -> None:
    """Keep what AWS says its limits are."""
    for limit in limits:
        SpendLimit.objects.update_or_create(
            name=limit.name,
            defaults={
                "enforced_usd": limit.enforced_usd,
                "most_usd": limit.most_usd,
                "overridden": limit.overridden,
                "read_at": now,
            },
        )


def settle(since: datetime, now: datetime) -> int:
    """Put what receipts say in the place of what was expected; return how many sums were counted.

    For the campaigns of which a text has changed since then, this month and the one before.
    """
    changed = Message.objects.filter(changed_at__gte=since).order_by()
    campaigns = list(changed.values_list("campaign", flat=True).distinct())
    this = month_of(now)
    for campaign_id in campaigns:
        for first_day in (month_of_day_before(this), this):
            _settle(campaign_id, first_day)
    return 2 * len(campaigns)


def month_of_day_before(first_day: date) -> date:
    """Return the first day of the month before."""
    return (first_day - timedelta(days=1)).replace(day=1)


def _settle(campaign_id: int | None, first_day: date) -> None:
    """Correct one sum by the difference to its texts.

    Sum and texts are read in one snapshot, in which they agree, since `take` writes both at once;
    what is taken while the texts are being summed stays taken.
    """
    if not Spending.objects.filter(campaign=campaign_id, month=first_day).exists():
        return
    # Conditions for which there are indexes.
    of = "message.run_id IN (SELECT id FROM campaigns_run WHERE campaign_id = %s)"
    parameters: list[int | datetime | None] = [campaign_id]
    if campaign_id is None:
        of = "message.run_id IS NULL AND coalesce(message.sent_at, message.final_at) >= %s"
        parameters = [_span(first_day)[0]]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + 1])  # one settles at a time
        cursor.execute(
            f"""
            SELECT spending.id, coalesce(sum(coalesce(
                       message.price + coalesce(message.carrier_fee, 0), message.expected_usd
                   )), 0) - spending.usd
            FROM campaigns_spending spending
            LEFT JOIN campaigns_message message
                ON {of}
                AND message.sent_at >= %s AND message.sent_at < %s
                AND NOT (message.state = 'failed' AND message.aws_id = '')
            WHERE spending.campaign_id IS NOT DISTINCT FROM %s AND spending.month = %s
            GROUP BY spending.id
            """,  # noqa: S608 - `of` is one of the two conditions above
            [*parameters, *_span(first_day), campaign_id, first_day],
        )
        for spending_id, difference in cursor.fetchall():
            Spending.objects.filter(pk=spending_id).update(
                usd=Greatest(F("usd") + difference, NOTHING)
            )


def _span(first_day: date) -> tuple[datetime, datetime]:
    begin = datetime.combine(first_day, time(), tzinfo=UTC)
    return begin, (begin + timedelta(days=32)).replace(day=1)
