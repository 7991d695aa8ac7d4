"""Our opt-outs on AWS's lists: a second lock on the door, and what other senders there obey.

The list of this house is the master. What AWS should hold stands in ListedNumber; rows in which it
does not hold it yet are the outbox, tried until it does.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q, QuerySet

from compliance.models import ListedNumber, Originator
from pinpoint.opt_out_lists import (
    PUTS_PER_SECOND,
    REMOVAL_DAYS,
    ListError,
    OptOutLists,
    Trouble,
)

logger = logging.getLogger(__name__)
LOCK = 7_302_002  # one process at a time speaks to the lists, so that one pace holds
# AWS would refuse our own confirmation to a number that is on its list already.
ROOM_TO_CONFIRM = timedelta(minutes=10)
ONCE_IN = timedelta(days=REMOVAL_DAYS)
LADDER = (5, 60, 600, 3600, 6 * 3600, 24 * 3600)  # seconds until the next try
AT_ONCE = 50


def lists() -> dict[str, timedelta]:
    """Return the lists of the originators in use, and how long each waits for confirmations."""
    found: dict[str, timedelta] = {}
    for name, own in Originator.objects.filter(active=True).values_list(
        "opt_out_list", "self_managed_opt_outs"
    ):
        if name:
            wait = ROOM_TO_CONFIRM if own else timedelta(0)
            found[name] = max(wait, found.get(name, timedelta(0)))
    return found


def note_new(now: datetime) -> int:
    """Write down what the ledger opted out since the last time; return how many rows.

    Entries get their numbers under the ledger's lock, so none below the highest comes later.
    """
    return sum(_note(name, wait, now, everything=False) for name, wait in lists().items())


def note_all(name: str, now: datetime) -> int:
    """Write down every opt-out that a list has no row of, whatever became of it."""
    return _note(name, lists().get(name, timedelta(0)), now, everything=True)


def _note(name: str, wait: timedelta, now: datetime, *, everything: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO compliance_listednumber
                (list_name, phone, wanted, entry_id, wanted_at, due_at, attempts, error)
            SELECT %s, phone, true, entry_id, %s, %s, 0, '' FROM compliance_suppression s
            WHERE scope = 'all' AND CASE WHEN %s
                THEN NOT EXISTS (SELECT FROM compliance_listednumber l
                                 WHERE l.phone = s.phone AND l.list_name = %s)
                ELSE entry_id > (SELECT coalesce(max(entry_id), 0) FROM compliance_listednumber
                                 WHERE list_name = %s) END
            ON CONFLICT (phone, list_name) DO UPDATE
            SET wanted = true, entry_id = EXCLUDED.entry_id, attempts = 0,
                wanted_at = CASE WHEN compliance_listednumber.wanted
                                 THEN compliance_listednumber.wanted_at ELSE EXCLUDED.wanted_at END,
                due_at = CASE WHEN compliance_listednumber.wanted
                              THEN compliance_listednumber.due_at ELSE EXCLUDED.due_at END
            """,
            [name, now, now + wait, everything, name, name],
        )
        return int(cursor.rowcount)


def take_off(phone: str, now: datetime) -> None:
    """The person texted START: no list should hold the number. Nothing else may ask for this."""
    ListedNumber.objects.bulk_create(
        [
            ListedNumber(list_name=name, phone=phone, wanted=False, wanted_at=now, due_at=now)
            for name in lists()
        ],
        update_conflicts=True,
        unique_fields=["phone", "list_name"],
        update_fields=["wanted", "wanted_at", "due_at"],
    )


def awaits_removal(phone: str) -> bool:
    """Tell whether a person came back by START and AWS has not yet let the number go."""
    return _undone().filter(phone=phone, wanted=False).exists()


def _undone() -> QuerySet[ListedNumber]:
    return ListedNumber.objects.filter(Q(known=None) | ~Q(known=F("wanted")))


def push(
    aws: OptOutLists,
    *,
    until: float,
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Tell AWS what is due until `time.monotonic()` passes `until`; return how many rows it took.

    At most ten a second, which is AWS's quota. A no-op where another process is at it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return _push(aws, until, now, sleep)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _push(
    aws: OptOutLists, until: float, now: Callable[[], datetime], sleep: Callable[[float], None]
) -> int:
    done = 0
    while time.monotonic() < until:
        rows = list(_undone().filter(due_at__lte=now()).order_by("due_at", "pk")[:AT_ONCE])
        if not rows:
            break
        for row in rows:
            if time.monotonic() >= until:
                break
            trouble = _tell(aws, row, now())
            if trouble is Trouble.HALTED:
                return done
            done += trouble is None
            sleep(1 / PUTS_PER_SECOND)
    return done


def _tell(aws: OptOutLists, row: ListedNumber, now: datetime) -> Trouble | None:
    """Put or remove one number, and write down what came of it."""
    if not row.wanted and row.removed_at and row.removed_at + ONCE_IN > now:
        _later(row, row.removed_at + ONCE_IN, "PHONE_NUMBER_CANNOT_BE_OPTED_IN")
        return Trouble.TOO_SOON
    try:
        if row.wanted:
            aws.put(row.list_name, row.phone)
        else:
            aws.remove(row.list_name, row.phone)
    except ListError as error:
        if error.trouble is Trouble.HALTED:
            logger.error("the opt-out list %s is out of reach: %s", row.list_name, error.reason)
        wait = ONCE_IN if error.trouble is Trouble.TOO_SOON else _wait(row)
        _later(row, now + wait, error.reason)
        return error.trouble
    # Compare and set: a STOP or START that came meanwhile leaves the row undone.
    ListedNumber.objects.filter(pk=row.pk, wanted=row.wanted).update(
        known=row.wanted,
        attempts=0,
        error="",
        pushed_at=now,
        removed_at=row.removed_at if row.wanted or row.known is False else now,
    )
    return None


def _wait(row: ListedNumber) -> timedelta:
    return timedelta(seconds=LADDER[min(row.attempts, len(LADDER) - 1)])


def _later(row: ListedNumber, due_at: datetime, reason: str) -> None:
    ListedNumber.objects.filter(pk=row.pk, wanted=row.wanted).update(
        due_at=due_at, attempts=F("attempts") + 1, error=reason[:100]
    )
