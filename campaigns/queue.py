"""The message queue: claiming, leasing, and every change of a message's state on the way out.

All changes are compare-and-set on the claim: a worker whose lease ran out finds that somebody
else got there first, and leaves the message alone.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from psycopg.types.json import Jsonb

from campaigns.lanes import Lane, Where
from campaigns.models import Message
from contacts import attributes

WORKER_LOST = "worker_lost"  # the reason of what a dead worker was handing over

# What the street asks of a claimed message and of its person; the rest would take as long to read.
NEEDED = (
    *("run", "campaign", "purpose", "program", "originator", "phone", "due_at"),
    *("attempts", "body", "arm", "created_at", "parts", "country_parameters"),
    *(f"contact__{name}" for name in attributes.MERGED),
)

# Of texts that the gate counted. A third of the time that PostgreSQL plans for, so it is asked of
# nothing else.
NOT_TEXTED_MEANWHILE = """
    AND (given.seen IS NULL OR given.seen >= (
        -- As campaigns.history counts them.
        SELECT count(*) FROM campaigns_message other
        LEFT JOIN campaigns_campaign theirs ON theirs.id = other.campaign_id
        JOIN compliance_program program
          ON program.id = coalesce(theirs.program_id, other.program_id)
        WHERE other.phone = message.phone AND other.sent_at > %(day_ago)s
          AND NOT (other.state = 'failed' AND other.aws_id = '')
          AND (theirs.message_class = 'promotional' OR other.purpose = 'offer')
          AND program.brand = (
              SELECT mine.brand FROM compliance_program mine
              WHERE mine.id = coalesce(message.program_id, (
                  SELECT ours.program_id FROM campaigns_campaign ours
                  WHERE ours.id = message.campaign_id)))))
"""


@dataclass(slots=True)
class Claimed:
    """Direct texts of one originator that were claimed as they were written."""

    token: uuid.UUID
    lane: Lane
    messages: list[Message]  # that nobody has begun

    def take(self, most: int) -> list[Message]:
        """Return up to `most` of them, which are begun now."""
        taken, self.messages = self.messages[:most], self.messages[most:]
        return taken


def lease() -> timedelta:
    """Return how long a claim holds; a worker that is silent for longer is taken for dead."""
    return timedelta(seconds=settings.SEND_LEASE_SECONDS)


def runs_with_work(now: datetime) -> list[int]:
    """Return the runs that have due messages, the one that waits longest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT run.id FROM campaigns_run run
            JOIN campaigns_campaign campaign ON campaign.id = run.campaign_id
            CROSS JOIN LATERAL (
                SELECT due_at FROM campaigns_message
                WHERE run_id = run.id AND state = 'queued' AND due_at <= %s
                  AND (leased_until IS NULL OR leased_until < %s)
                ORDER BY due_at, id LIMIT 1
            ) first
            WHERE run.finished_at IS NULL AND campaign.status = 'sending'
            ORDER BY first.due_at, run.id
            """,
            [now, now],
        )
        return [run_id for (run_id,) in cursor.fetchall()]


def originators_with_direct_texts(now: datetime) -> list[int]:
    """Return the originators that have direct texts to send now."""
    return list(
        Message.objects.filter(
            Q(leased_until=None) | Q(leased_until__lt=now),
            run=None,
            state=Message.State.QUEUED,
            due_at__lte=now,
        )
        .order_by("originator_id")
        .values_list("originator_id", flat=True)
        .distinct()
    )


def lanes_with_work(now: datetime) -> list[Where]:
    """Return what has texts to send now: direct ones, then the runs that wait longest."""
    direct = [Where(originator_id=pk) for pk in originators_with_direct_texts(now)]
    return direct + [Where(run_id=pk) for pk in runs_with_work(now)]


def claim(run_id: int, most: int, now: datetime) -> tuple[uuid.UUID, list[Message]]:
    """Lease up to `most` due messages of a run to the caller; return the claim and them."""
    token = uuid.uuid4()
    return token, claim_into(token, Where(run_id=run_id), most, now)


def claim_into(token: uuid.UUID, where: Where, most: int, now: datetime) -> list[Message]:
    """Lease up to `most` due messages of a lane under a claim; return them, oldest due first."""
    if where.run_id is not None:
        of, key = "run_id = %s", where.run_id
    else:
        of, key = "run_id IS NULL AND originator_id = %s", where.originator_id or 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS MATERIALIZED (  -- else it may be read again, and find others than before
                SELECT id FROM campaigns_message
                WHERE {of} AND state = 'queued' AND due_at <= %s
                  AND (leased_until IS NULL OR leased_until < %s)
                ORDER BY due_at, id LIMIT %s
                FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE campaigns_message message SET claim = %s, leased_until = %s
            FROM due WHERE message.id = due.id
            RETURNING message.id
            """,  # noqa: S608 - `of` is one of the two conditions above
            [key, now, now, most, token, now + lease()],
        )
        ids = [message_id for (message_id,) in cursor.fetchall()]
    claimed = Message.objects.filter(pk__in=ids, claim=token, state=Message.State.QUEUED)
    return list(claimed.select_related("contact").only(*NEEDED).order_by("due_at", "pk"))


def release(token: uuid.UUID, ids: Sequence[int]) -> None:
    """Give claimed messages that were not begun back, untouched."""
    if not ids:
        return
    _mine(token, ids).filter(state=Message.State.QUEUED).update(claim=None, leased_until=None)


def start(token: uuid.UUID, messages: Sequence[Message], now: datetime) -> set[int]:
    """Commit messages as `sending` before AWS is called; return the ids that really are.

    One that was cancelled, taken by another worker, or whose campaign was paused meanwhile is
    not among them and must not be sent; nor is one to a person whom another campaign has texted
    since the gate counted. The gate's answer is the last of each message's `decisions`.
    """
    decided = [message.decisions[-1] if message.decisions else None for message in messages]
    seen = [answer.get("seen") if answer else None for answer in decided]
    given = [  # as JSON, since arrays of such words take three times the time to write
        {
            "id": m.pk,
            "body": m.body,
            "parts": m.parts,
            "rules": m.rules,
            "usd": str(m.expected_usd) if m.expected_usd is not None else None,
            "decided": answer or None,
            "seen": counted,
        }
        for m, answer, counted in zip(messages, decided, seen, strict=True)
    ]
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        _hold_people(
            [m.phone for m, counted in zip(messages, seen, strict=True) if counted is not None]
        )
        counted = any(count is not None for count in seen)
        cursor.execute(
            f"""
            UPDATE campaigns_message message
            SET state = 'sending', sent_at = %(now)s, changed_at = %(now)s,
                leased_until = %(until)s,
                attempts = attempts + 1, body = given.body, parts = given.parts,
                rules = given.rules, reason = '', detail = '', expected_usd = given.usd,
                decisions = coalesce(message.decisions, '[]') || coalesce(given.decided, '[]')
            FROM json_to_recordset(%(given)s) AS given(id bigint, body text, parts int, rules text,
                                                       usd numeric, decided jsonb, seen int)
            WHERE message.id = given.id AND message.claim = %(token)s AND message.state = 'queued'
              {NOT_TEXTED_MEANWHILE if counted else ""}
              AND (message.run_id IS NULL
                   OR EXISTS (SELECT 1 FROM campaigns_campaign campaign
                              WHERE campaign.id = message.campaign_id
                                AND campaign.status = 'sending'))
            RETURNING message.id
            """,  # noqa: S608 - the condition is the one above
            {
                "now": now,
                "until": now + lease(),
                "given": orjson.dumps(given).decode(),
                "token": token,
                "day_ago": now - timedelta(hours=24),
            },
        )
        return {message_id for (message_id,) in cursor.fetchall()}


def _hold_people(phones: Sequence[str]) -> None:
    """Let nobody else hand over a text to these people until the transaction ends.

    Two campaigns that counted at the same time would both take the last text of a person's day.
    """
    if not phones:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_advisory_xact_lock(key) FROM (
                SELECT DISTINCT hashtextextended(phone, 0) AS key
                FROM unnest(%s::text[]) AS phone ORDER BY key
            ) AS in_one_order
            """,
            [list(phones)],
        )


def accepted(token: uuid.UUID, sent: Sequence[tuple[int, str]], now: datetime) -> None:
    """Record what AWS accepted, as (message id, AWS's id). A receipt may have come before us.

    Does not wait for the disk: should PostgreSQL lose its last moments, these texts are found as
    being sent, never as waiting, and their receipts settle them.
    """
    ids = [message_id for message_id, _ in sent]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            -- Receipts lock the same rows; taking them in one order avoids a deadlock.
            WITH hurry AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
            locked AS (
                -- AWS may already have said for good that it does not know what became of it.
                SELECT id, state = 'sending' OR state = 'unknown' AND final_at IS NULL AS open
                FROM campaigns_message WHERE id = ANY(%s) AND claim = %s
                ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE campaigns_message message
            SET aws_id = given.aws_id, leased_until = NULL, changed_at = %s,
                state = CASE WHEN open THEN 'accepted' ELSE state END,
                reason = CASE WHEN open THEN '' ELSE reason END,
                detail = CASE WHEN open THEN '' ELSE detail END
            FROM unnest(%s::bigint[], %s::text[]) AS given(id, aws_id)
            JOIN locked ON locked.id = given.id
            CROSS JOIN hurry
            WHERE message.id = given.id
            """,
            [ids, token, now, ids, [aws_id for _, aws_id in sent]],
        )


def end(
    token: uuid.UUID, ids: Sequence[int], state: str, reason: str, detail: str, now: datetime
) -> None:
    """Put messages into a terminal state, with the reason."""
    _mine(token, ids).update(
        state=state,
        reason=reason[:60],
        detail=detail[:300],
        final_at=now,
        changed_at=now,
        leased_until=None,
    )


@dataclass(frozen=True, slots=True)
class Held:
    """A message that the gate did not let pass: it waits until `due_at`, or ends without one."""

    message_id: int
    state: str
    due_at: datetime | None
    reason: str
    rules: str
    decision: dict[str, Any]


def hold(token: uuid.UUID, held: Sequence[Held], now: datetime) -> None:
    """Put messages that may not go now back to be due later, or end them; keep why. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE campaigns_message message
            SET state = given.state, reason = given.reason, rules = given.rules,
                decisions = coalesce(message.decisions, '[]') || given.decision,
                due_at = coalesce(given.due_at, message.due_at),
                final_at = CASE WHEN given.due_at IS NULL THEN %s END,
                claim = CASE WHEN given.due_at IS NULL THEN message.claim END,
                leased_until = NULL, changed_at = %s
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::jsonb[],
                        %s::timestamptz[])
                 AS given(id, state, reason, rules, decision, due_at)
            WHERE message.id = given.id AND message.claim = %s AND message.state = 'queued'
            """,
            [
                now,
                now,
                [one.message_id for one in held],
                [one.state for one in held],
                [one.reason for one in held],
                [one.rules for one in held],
                [Jsonb(one.decision) for one in held],
                [one.due_at for one in held],
                token,
            ],
        )


def unclear(token: uuid.UUID, ids: Sequence[int], reason: str, detail: str, now: datetime) -> None:
    """Mark messages that AWS may have accepted. They are never sent again by themselves."""
    _mine(token, ids).filter(state=Message.State.SENDING).update(
        state=Message.State.UNKNOWN,
        reason=reason[:60],
        detail=detail[:300],
        changed_at=now,
        leased_until=None,
    )


def again(
    token: uuid.UUID, ids: Sequence[int], due_at: datetime, reason: str, now: datetime
) -> None:
    """Put messages that surely were not sent back into the queue, to be due later."""
    _mine(token, ids).update(
        state=Message.State.QUEUED,
        due_at=due_at,
        reason=reason[:60],
        claim=None,
        leased_until=None,
        sent_at=None,
        changed_at=now,
    )


def unsent(token: uuid.UUID, ids: Sequence[int], now: datetime) -> None:
    """Put messages back that were committed as sending and then held back at the door."""
    _mine(token, ids).filter(state=Message.State.SENDING).update(
        state=Message.State.QUEUED,
        attempts=F("attempts") - 1,
        claim=None,
        leased_until=None,
        sent_at=None,
        changed_at=now,
    )


def _mine(token: uuid.UUID, ids: Sequence[int]) -> QuerySet[Message]:
    return Message.objects.filter(
        pk__in=ids, claim=token, state__in=[Message.State.QUEUED, Message.State.SENDING]
    )


def abandon_dead(now: datetime) -> int:
    """Mark as unknown what a dead worker was handing over: AWS may have it."""
    return Message.objects.filter(state=Message.State.SENDING, leased_until__lt=now).update(
        state=Message.State.UNKNOWN,
        reason=WORKER_LOST,
        changed_at=now,
        leased_until=None,
    )


def expire(now: datetime) -> int:
    """End the waiting messages of runs whose time is over."""
    return (
        Message.objects.filter(run__finished_at=None, run__expires_at__lte=now)
        .filter(Q(leased_until=None) | Q(leased_until__lt=now), state=Message.State.QUEUED)
        .update(
            state=Message.State.EXPIRED,
            # What held it back until now says why; else there was simply no time left.
            reason=Case(When(reason="", then=Value("too_late")), default="reason"),
            final_at=now,
            changed_at=now,
            claim=None,
        )
    )
