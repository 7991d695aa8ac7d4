"""How fast campaigns go now, what waits, and when they will be done."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from redis import RedisError

from campaigns import pacing
from campaigns.lanes import shared_name
from campaigns.pacing import Bucket

WINDOW = timedelta(seconds=10)  # over which the rate is taken


@dataclass(frozen=True, slots=True)
class Progress:
    """One campaign that is being sent or held. Rates in texts and in parts a second."""

    campaign_id: int
    campaign: str
    originator: str
    status: str
    texts_per_second: float
    parts_per_second: float
    limit: float  # in parts a second; lower than what was set while AWS throttles
    backlog: int
    due: int  # of the backlog: those whose time has come
    oldest_due_at: datetime | None

    def ends_at(self, now: datetime) -> datetime | None:
        """When what is due will have gone, at the present rate; None while nothing goes."""
        if not self.due or not self.texts_per_second:
            return None
        return now + timedelta(seconds=self.due / self.texts_per_second)


def standing(now: datetime, only: Collection[int] | None = None) -> list[Progress]:
    """Return the campaigns that are being sent or held, or those of them that are named."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT campaign.id, campaign.name, originator.identity, campaign.status,
                   originator.id, shared.id,
                   coalesce(shared.parts_per_second, originator.parts_per_second),
                   least(originator.parts_per_second, campaign.messages_per_second),
                   gone.texts, gone.parts, waiting.all, waiting.due, waiting.oldest
            FROM campaigns_campaign campaign
            JOIN compliance_originator originator ON originator.id = campaign.originator_id
            LEFT JOIN compliance_tendlccampaign shared
                ON shared.id = originator.ten_dlc_campaign_id
            LEFT JOIN (
                SELECT campaign_id, count(*) AS texts, coalesce(sum(parts), 0) AS parts
                FROM campaigns_message
                WHERE state NOT IN ('queued', 'sending')
                  AND coalesce(sent_at, final_at) >= %s AND sent_at IS NOT NULL
                GROUP BY campaign_id
            ) gone ON gone.campaign_id = campaign.id
            CROSS JOIN LATERAL (
                SELECT count(*) AS all, count(*) FILTER (WHERE due_at <= %s) AS due,
                       min(due_at) FILTER (WHERE due_at <= %s) AS oldest
                FROM campaigns_run run
                JOIN campaigns_message message ON message.run_id = run.id
                WHERE run.campaign_id = campaign.id AND run.finished_at IS NULL
                  AND message.state = 'queued'
            ) waiting
            WHERE campaign.status IN ('sending', 'paused')
              AND (%s::bigint[] IS NULL OR campaign.id = ANY(%s))
            ORDER BY campaign.id
            """,
            [now - WINDOW, now, now, *[list(only) if only is not None else None] * 2],
        )
        rows = cursor.fetchall()
    shares = _shares([shared_name(row[4], row[5]) for row in rows])
    return [_progress(row, share) for row, share in zip(rows, shares, strict=True)]


def _progress(row: tuple[Any, ...], share: float) -> Progress:
    campaign_id, name, identity, status, _, _, shared, own, *counted = row
    texts, parts, backlog, due, oldest = counted
    seconds = WINDOW.total_seconds()
    return Progress(
        campaign_id=campaign_id,
        campaign=name,
        originator=identity,
        status=status,
        texts_per_second=(texts or 0) / seconds,
        parts_per_second=(parts or 0) / seconds,
        limit=min(share * shared, own),
        backlog=backlog,
        due=due,
        oldest_due_at=oldest,
    )


def _shares(names: list[str]) -> list[float]:
    """Return what share of each bucket's limit may be used; 0 when the buckets are lost."""
    if not names:
        return []
    try:
        return pacing.shares([Bucket(name, 1) for name in names])
    except RedisError:
        return [0.0] * len(names)


@dataclass(frozen=True, slots=True)
class Stalled:
    """Texts that are due while none goes: of a campaign, or direct ones (campaign 0)."""

    campaign_id: int
    campaign: str
    since: datetime


def stalled(now: datetime, patience: timedelta, campaign_id: int | None = None) -> list[Stalled]:
    """Return whose texts are due without any of them leaving or ending, and since when.

    How far back it looks for the last one that left is `patience`; beyond, the oldest that is due
    tells the time. A paused campaign stands still on purpose. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH due AS (
                SELECT campaign.id, campaign.name, min(oldest.due_at) AS since
                FROM campaigns_campaign campaign
                JOIN campaigns_run run
                    ON run.campaign_id = campaign.id AND run.finished_at IS NULL
                CROSS JOIN LATERAL (
                    SELECT due_at FROM campaigns_message message
                    WHERE message.run_id = run.id AND message.state = 'queued'
                      AND message.due_at <= %(now)s
                    ORDER BY message.due_at LIMIT 1
                ) oldest
                WHERE campaign.status = 'sending'
                  AND campaign.id = coalesce(%(only)s, campaign.id)
                GROUP BY campaign.id
                UNION ALL
                SELECT 0, '', min(due_at) FROM campaigns_message
                WHERE run_id IS NULL AND state = 'queued' AND due_at <= %(now)s
                  AND %(only)s::bigint IS NULL
                HAVING min(due_at) IS NOT NULL
            )
            SELECT due.id, due.name, greatest(due.since, gone.at)
            FROM due LEFT JOIN LATERAL (
                SELECT coalesce(sent_at, final_at) AS at FROM campaigns_message
                WHERE state NOT IN ('queued', 'sending')
                  AND coalesce(sent_at, final_at) >= greatest(due.since, %(look_back)s)
                  AND coalesce(campaign_id, 0) = due.id
                ORDER BY coalesce(sent_at, final_at) DESC LIMIT 1
            ) gone ON true
            ORDER BY due.id
            """,
            {"now": now, "only": campaign_id, "look_back": now - patience},
        )
        return [Stalled(*row) for row in cursor.fetchall()]
