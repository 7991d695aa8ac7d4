"""Messages and answers → hourly facts, counted anew for each hour in which something changed.

Hours are recounted whole instead of having differences added to them, so that a run that was
killed, doubled or late leaves nothing wrong behind: the next one counts the same hours again.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from analytics.models import HourlyFact, RollupMark

LOCK = 0x53504153  # one advisory lock for all rollups: two at a time would undo each other
# A change is stamped before it is committed; we look back further than any commit takes.
OVERLAP = timedelta(minutes=2)

CHANGED_HOURS = """
    SELECT DISTINCT date_trunc('hour', moment, 'UTC') FROM (
        SELECT unnest(ARRAY[sent_at, final_at]) AS moment
        FROM campaigns_message
        WHERE changed_at >= %(since)s AND state NOT IN ('queued', 'sending')
        UNION ALL
        SELECT received_at FROM campaigns_inboundmessage
        WHERE created_at >= %(since)s AND answers_id IS NOT NULL
    ) changed
    WHERE moment IS NOT NULL
"""

COUNT = """
    INSERT INTO analytics_hourlyfact
        (hour, campaign_id, country, sent, delivered, failed, blocked, expired, cancelled,
         unknown, parts, price, carrier_fee, replies, opt_outs)
    SELECT hour, campaign_id, country, sum(sent), sum(delivered), sum(failed), sum(blocked),
           sum(expired), sum(cancelled), sum(unknown), sum(parts), sum(price), sum(carrier_fee),
           sum(replies), sum(opt_outs)
    FROM (
        SELECT wanted.hour, message.campaign_id, message.country,
               count(sent_at) AS sent,
               count(*) FILTER (WHERE state = 'delivered') AS delivered,
               count(*) FILTER (WHERE state = 'failed') AS failed,
               count(*) FILTER (WHERE state = 'blocked') AS blocked,
               count(*) FILTER (WHERE state = 'expired') AS expired,
               count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
               count(*) FILTER (WHERE state = 'unknown') AS unknown,
               coalesce(sum(parts) FILTER (WHERE sent_at IS NOT NULL), 0) AS parts,
               coalesce(sum(price), 0) AS price,
               coalesce(sum(carrier_fee), 0) AS carrier_fee,
               0 AS replies, 0 AS opt_outs
        FROM unnest(%(hours)s::timestamptz[]) AS wanted(hour)
        JOIN campaigns_message message
          ON coalesce(message.sent_at, message.final_at) >= wanted.hour
         AND coalesce(message.sent_at, message.final_at) < wanted.hour + interval '1 hour'
        WHERE message.state NOT IN ('queued', 'sending')
        GROUP BY 1, 2, 3
        UNION ALL
        SELECT wanted.hour, message.campaign_id, message.country,
               0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
               count(*), count(*) FILTER (WHERE inbound.intent = 'stop')
        FROM unnest(%(hours)s::timestamptz[]) AS wanted(hour)
        JOIN campaigns_inboundmessage inbound
          ON inbound.received_at >= wanted.hour
         AND inbound.received_at < wanted.hour + interval '1 hour'
        JOIN campaigns_message message ON message.id = inbound.answers_id
        GROUP BY 1, 2, 3
    ) counted
    GROUP BY hour, campaign_id, country
"""


def roll_up(now: datetime) -> int:
    """Recount the hours in which something changed since the last time; return how many."""
    with transaction.atomic():
        if not _only_one():
            return 0
        mark = RollupMark.objects.filter(pk=1).first()
        since = mark.looked_until - OVERLAP if mark else None
        hours = _changed_hours(since)
        _recount(hours)
        RollupMark.objects.update_or_create(pk=1, defaults={"looked_until": now})
    return len(hours)


def rebuild(now: datetime) -> int:
    """Forget all facts and count everything anew; return the number of hours."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        HourlyFact.objects.all().delete()
        hours = _changed_hours(None)
        _recount(hours)
        RollupMark.objects.update_or_create(pk=1, defaults={"looked_until": now})
    return len(hours)


def _only_one() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _changed_hours(since: datetime | None) -> list[datetime]:
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_HOURS, {"since": since or "-infinity"})
        return [hour for (hour,) in cursor.fetchall()]


def _recount(hours: list[datetime]) -> None:
    HourlyFact.objects.filter(hour__in=hours).delete()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"hours": hours})
