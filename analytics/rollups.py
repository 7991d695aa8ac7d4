"""Messages and answers → hourly facts, counted anew wherever something changed.

Messages are counted in blocks of neighbouring ids. A block in which something changed is read
again whole, and the hours in which its facts differ are added up from the blocks, in one
transaction. So a rollup that was killed, doubled or late leaves nothing wrong behind, and one
receipt in an hour of a million texts costs the reading of one block. A rebuild trusts nothing and
writes all of it anew.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from analytics.models import HourlyFact, HourlyReason, RollupMark
from analytics.models.facts import DELAYS

LOCK = 0x53504153  # one advisory lock for all rollups: two at a time would undo each other
# A change is stamped before it is committed, and clocks differ: we look back a little further
# than the oldest transaction that was open when we last looked.
OVERLAP = timedelta(minutes=2)
BLOCK = 2000  # ids; another number needs a migration such as 0010
BLOCKS_AT_ONCE = 500  # in one transaction
ANSWER = "answer"  # the state of a counted answer
STOP = "stop"  # and its reason, where it was an opt-out

CHANGED = """
    SELECT id / %(size)s FROM campaigns_message
    WHERE changed_at >= %(since)s AND state NOT IN ('queued', 'sending')
    UNION
    SELECT id / %(size)s FROM campaigns_message
    WHERE changed_at >= %(since)s
      AND (state = 'queued' AND attempts >= 1 OR state = 'sending' AND attempts >= 2)
    UNION
    SELECT coalesce(answers_id / %(size)s, -1 - id / %(size)s) FROM campaigns_inboundmessage
    WHERE created_at >= %(since)s
"""
EVERYTHING = """
    SELECT id / %(size)s FROM campaigns_message
    UNION
    SELECT -1 - id / %(size)s FROM campaigns_inboundmessage WHERE answers_id IS NULL
    UNION
    SELECT block FROM analytics_blockfact
"""
# What lies in some hours now, and what the facts say lies there.
IN_RANGE = """
    SELECT id / %(size)s FROM campaigns_message
    WHERE state NOT IN ('queued', 'sending')
      AND coalesce(sent_at, final_at) >= %(start)s AND coalesce(sent_at, final_at) < %(end)s
    UNION
    SELECT coalesce(answers_id / %(size)s, -1 - id / %(size)s) FROM campaigns_inboundmessage
    WHERE received_at >= %(start)s AND received_at < %(end)s
    UNION
    SELECT block FROM analytics_blockfact WHERE hour >= %(start)s AND hour < %(end)s
"""
OF = "hour, campaign_id, run_id, arm, program_id, originator_id, message_class, country, carrier"
# Of whom a text is: what its run froze, what its campaign says, or what a direct text says itself.
WHOSE = """
    coalesce(run.program_id, campaign.program_id, message.program_id) AS program_id,
    coalesce(run.originator_id, campaign.originator_id, message.originator_id) AS originator_id,
    coalesce(nullif(run.message_class, ''), campaign.message_class,
             CASE message.purpose WHEN 'offer' THEN 'promotional'
                                  WHEN 'test' THEN originator.message_class
                                  ELSE 'transactional' END) AS message_class,
    message.country, message.carrier
"""
BELONGING = """
    LEFT JOIN campaigns_run run ON run.id = message.run_id
    LEFT JOIN campaigns_campaign campaign ON campaign.id = message.campaign_id
    LEFT JOIN compliance_originator originator ON originator.id = message.originator_id
"""
REFUSED = "(message.state = 'failed' AND message.aws_id = '')"
SENT = f"message.sent_at IS NOT NULL AND NOT {REFUSED}"
FIGURES = "texts, attempted, sent, parts, price, carrier_fee, awaited"
COLUMNS = f"{OF}, block, state, reason, delay, {FIGURES}"
COUNT = f"""
    SELECT date_trunc('hour', coalesce(message.sent_at, message.final_at), 'UTC') AS hour,
           message.campaign_id, message.run_id, message.arm, {WHOSE}, wanted.block,
           message.state, message.reason,
           CASE WHEN message.state = 'delivered' AND message.final_at - message.sent_at IS NOT NULL
               -- AWS's clock may be a little behind ours.
               THEN width_bucket(
                   greatest(extract(epoch FROM message.final_at - message.sent_at), 0),
                   %(delays)s::numeric[]) END AS delay,
           count(*) AS texts, count(message.sent_at) AS attempted,
           count(*) FILTER (WHERE {SENT}) AS sent,
           coalesce(sum(message.parts) FILTER (WHERE {SENT}), 0) AS parts,
           coalesce(sum(message.price), 0) AS price,
           coalesce(sum(message.carrier_fee), 0) AS carrier_fee,
           coalesce(sum(message.expected_usd) FILTER (
               WHERE {SENT} AND message.price IS NULL), 0) AS awaited
    FROM unnest(%(blocks)s::bigint[]) AS wanted(block)
    JOIN campaigns_message message
      ON message.id >= wanted.block * %(size)s AND message.id < (wanted.block + 1) * %(size)s
    {BELONGING}
    WHERE message.state NOT IN ('queued', 'sending')
      AND coalesce(message.sent_at, message.final_at) IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
    UNION ALL
    SELECT date_trunc('hour', inbound.received_at, 'UTC') AS hour,
           message.campaign_id, message.run_id, message.arm, {WHOSE}, wanted.block,
           '{ANSWER}', CASE inbound.intent WHEN 'stop' THEN '{STOP}' ELSE '' END, NULL::int,
           count(*), 0, 0, 0, 0, 0, 0
    FROM unnest(%(blocks)s::bigint[]) AS wanted(block)
    JOIN campaigns_inboundmessage inbound
      ON inbound.answers_id >= wanted.block * %(size)s
      AND inbound.answers_id < (wanted.block + 1) * %(size)s
    JOIN campaigns_message message ON message.id = inbound.answers_id
    {BELONGING}
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
    UNION ALL
    SELECT date_trunc('hour', inbound.received_at, 'UTC') AS hour,
           NULL::bigint, NULL::bigint, 0, NULL::bigint, ours.id, coalesce(ours.message_class, ''),
           '', '', wanted.block,
           '{ANSWER}', CASE inbound.intent WHEN 'stop' THEN '{STOP}' ELSE '' END, NULL::int,
           count(*), 0, 0, 0, 0, 0, 0
    FROM unnest(%(blocks)s::bigint[]) AS wanted(block)
    JOIN campaigns_inboundmessage inbound
      ON inbound.id >= (-1 - wanted.block) * %(size)s AND inbound.id < -wanted.block * %(size)s
    LEFT JOIN compliance_originator ours ON ours.identity = inbound.recipient
    WHERE inbound.answers_id IS NULL
    GROUP BY 1, 6, 7, 10, 12
"""  # noqa: S608 - our own names
ANEW = f"INSERT INTO analytics_blockfact ({COLUMNS}) {COUNT} RETURNING hour"
# Of a block of thousands of texts one late receipt changes two facts: only these are written, and
# only their hours are added up again. A fact is told from its successor by all that it says.
DIFFERENCE = f"""
    WITH counted AS ({COUNT}),
    changed AS MATERIALIZED (
        SELECT max(id) AS id, {COLUMNS}, sum(side) AS side
        FROM (SELECT id, {COLUMNS}, -1 AS side
              FROM analytics_blockfact WHERE block = ANY(%(blocks)s)
              UNION ALL
              SELECT NULL, {COLUMNS}, 1 FROM counted) AS before_and_now
        GROUP BY {COLUMNS} HAVING sum(side) <> 0
    ),
    gone AS (
        DELETE FROM analytics_blockfact fact USING changed
        WHERE fact.id = changed.id AND changed.side < 0
    ),
    come AS (
        INSERT INTO analytics_blockfact ({COLUMNS})
        SELECT {COLUMNS} FROM changed WHERE side > 0
    )
    SELECT DISTINCT hour FROM changed
"""  # noqa: S608 - our own names
STATES = ("delivered", "failed", "blocked", "expired", "cancelled", "unknown")
BY_HOUR = f"""
    INSERT INTO analytics_hourlyfact
        ({OF}, attempted, sent, pending, {", ".join(STATES)}, parts, delivered_parts, price,
         carrier_fee, awaited, replies, opt_outs, delays)
    SELECT {OF}, sum(attempted), sum(sent),
           coalesce(sum(texts) FILTER (WHERE state = 'accepted'), 0),
           {", ".join(f"coalesce(sum(texts) FILTER (WHERE state = '{s}'), 0)" for s in STATES)},
           sum(parts), coalesce(sum(parts) FILTER (WHERE state = 'delivered'), 0),
           sum(price), sum(carrier_fee), sum(awaited),
           coalesce(sum(texts) FILTER (WHERE state = '{ANSWER}'), 0),
           coalesce(sum(texts) FILTER (WHERE state = '{ANSWER}' AND reason = '{STOP}'), 0),
           ARRAY[{
    ", ".join(f"coalesce(sum(texts) FILTER (WHERE delay = {n}), 0)" for n in range(len(DELAYS) + 1))
}]
    FROM analytics_blockfact WHERE hour = ANY(%(hours)s::timestamptz[])
    GROUP BY {OF}
"""  # noqa: S608 - our own names
REASONS = f"""
    INSERT INTO analytics_hourlyreason ({OF}, state, reason, texts)
    SELECT {OF}, state, reason, sum(texts)
    FROM analytics_blockfact
    WHERE hour = ANY(%(hours)s::timestamptz[])
      AND state IN ('failed', 'blocked', 'expired', 'cancelled', 'unknown')
    GROUP BY {OF}, state, reason
"""  # noqa: S608 - our own names


def roll_up(now: datetime) -> int:
    """Count what changed since the last time; return how many hours were written anew.

    Does nothing while another process does it.
    """
    mark = RollupMark.objects.filter(pk=1).first()
    looked_until = now - _oldest_open_change()
    query = CHANGED if mark else EVERYTHING
    since = mark.looked_until - OVERLAP if mark else None
    blocks = _blocks(query, since=since)
    hours = _recount(blocks, _difference if mark else _anew, wait=False)
    if hours is None:
        return 0
    RollupMark.objects.update_or_create(pk=1, defaults={"looked_until": looked_until})
    return len(hours)


def rebuild(start: datetime | None = None, end: datetime | None = None) -> int:
    """Count everything anew that has to do with some hours, or with all; return how many hours.

    What else is in the same blocks is counted along. Readers see whole hours at every moment.
    """
    if start is None and end is None:
        blocks = _blocks(EVERYTHING)
    else:
        blocks = _blocks(IN_RANGE, start=start or "-infinity", end=end or "infinity")
    return len(_recount(blocks, _anew, wait=True) or ())


def _recount(
    blocks: Sequence[int], count: Callable[[list[int]], set[datetime]], *, wait: bool
) -> set[datetime] | None:
    """Count blocks anew and the hours they touch; None when another process is at it."""
    hours: set[datetime] = set()
    for begin in range(0, len(blocks), BLOCKS_AT_ONCE):
        with transaction.atomic():
            if not _only_one(wait):
                return None
            _take_memory()
            some = count(list(blocks[begin : begin + BLOCKS_AT_ONCE]))
            _add_up(some)
            hours |= some
    return hours


def _take_memory() -> None:
    """Let a transaction count in memory: the planner takes some blocks for millions of texts."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")


def _given(blocks: list[int]) -> dict[str, Any]:
    return {"blocks": blocks, "size": BLOCK, "delays": list(DELAYS)}


def _anew(blocks: list[int]) -> set[datetime]:
    """Count blocks, whatever the facts say of them; return the hours that they touch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM analytics_blockfact WHERE block = ANY(%s) RETURNING hour", [blocks]
        )
        hours = {hour for (hour,) in cursor.fetchall()}
        cursor.execute(ANEW, _given(blocks))
        return hours | {hour for (hour,) in cursor.fetchall()}


def _difference(blocks: list[int]) -> set[datetime]:
    """Count blocks and write what is different; return the hours in which something is."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCE, _given(blocks))
        return {hour for (hour,) in cursor.fetchall()}


def _add_up(hours: set[datetime]) -> None:
    """Add hours up from the blocks."""
    HourlyFact.objects.filter(hour__in=hours).delete()
    HourlyReason.objects.filter(hour__in=hours).delete()
    with connection.cursor() as cursor:
        for query in (BY_HOUR, REASONS):
            cursor.execute(query, {"hours": list(hours)})


def _only_one(wait: bool) -> bool:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _blocks(query: str, **given: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"size": BLOCK, **given})
        return sorted(block for (block,) in cursor.fetchall())


def _oldest_open_change() -> timedelta:
    """Return the age of the oldest transaction that has written something and is not committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(max(clock_timestamp() - xact_start), interval '0')
            FROM pg_stat_activity
            WHERE datname = current_database() AND backend_xid IS NOT NULL
              AND pid <> pg_backend_pid()
            """
        )
        age: timedelta = cursor.fetchone()[0]
    return max(age, timedelta(0))
