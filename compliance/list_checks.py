"""Reading AWS's opt-out lists, to find what differs in either direction.

What only AWS knows is an opt-out here from then on; what AWS lost is put back. Nothing is dropped,
except a STOP that the person took back by a later START.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from compliance import ledger, mirroring
from compliance.models import (
    LedgerEntry,
    ListCheck,
    ListedNumber,
    SuppressedNumber,
    Suppression,
)
from pinpoint.opt_out_lists import READS_PER_SECOND, ListError, OptedOut, OptOutLists, Trouble

EVERY = timedelta(hours=24)  # aws-sms.md 6.2: at least daily
LOCK = 7_302_003


def check_due(
    aws: OptOutLists,
    *,
    until: float,
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Go on with the checks that are open, and begin those whose day has come.

    One page a second, which is AWS's quota; a check goes on where the last call ended.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return
        try:
            for name in mirroring.lists():
                if check := _open(name, now()):
                    _go_on(aws, check, until, now, sleep)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def begin(now: datetime) -> int:
    """Have the lists read at once, but those that are being read; return how many."""
    return len([check for name in mirroring.lists() if (check := _begin(name, now))])


def _begin(name: str, now: datetime) -> ListCheck | None:
    if ListCheck.objects.filter(list_name=name, finished_at=None).exists():
        return None
    return ListCheck.objects.create(list_name=name, started_at=now)


def _open(name: str, now: datetime) -> ListCheck | None:
    last = ListCheck.objects.filter(list_name=name).order_by("-started_at").first()
    if last is not None and last.finished_at is None:
        return last
    if last is not None and last.started_at + EVERY > now:
        return None
    return ListCheck.objects.create(list_name=name, started_at=now)


def _go_on(
    aws: OptOutLists,
    check: ListCheck,
    until: float,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> None:
    while time.monotonic() < until:
        try:
            entries, token = aws.page(check.list_name, check.next_token)
        except ListError as error:
            _stumble(check, error)
            return
        with transaction.atomic():
            _take(check, entries)
            check.next_token, check.error = token, ""
            if not token:
                _finish(check, now())
            check.save()
        if not token:
            return
        sleep(1 / READS_PER_SECOND)


def _stumble(check: ListCheck, error: ListError) -> None:
    """Try again at the next nudge; from the start where AWS lost the place."""
    if error.trouble is Trouble.LOST_PLACE:
        check.next_token, check.seen = "", 0
    check.error = error.reason[:100]
    check.save()


def _take(check: ListCheck, entries: Sequence[OptedOut]) -> None:
    erased = _erased(entries)
    kept = [entry for entry in entries if entry.phone not in erased]
    news = _only_there(check, kept)
    ListedNumber.objects.bulk_create(
        [
            ListedNumber(
                list_name=check.list_name,
                phone=entry.phone,
                wanted=True,
                known=True,
                end_user=entry.end_user,
                wanted_at=entry.since,
                due_at=entry.since,
                seen_at=check.started_at,
            )
            for entry in kept
        ],
        update_conflicts=True,
        unique_fields=["phone", "list_name"],
        update_fields=["known", "end_user", "seen_at"],
    )
    ListedNumber.objects.filter(
        list_name=check.list_name, phone__in=[entry.phone for entry in news]
    ).update(wanted=True)
    ledger.append([_act(check, entry) for entry in news])
    check.seen += len(entries)
    check.learned += len(news)


def _erased(entries: Sequence[OptedOut]) -> set[str]:
    """Return the numbers of erased people: we keep none of them, and text none of them."""
    keys = {ledger.subject_key(entry.phone): entry.phone for entry in entries}
    gone = SuppressedNumber.objects.filter(
        key__in=list(keys), reason=SuppressedNumber.Reason.ERASED
    ).values_list("key", flat=True)
    return {keys[key] for key in gone}


def _only_there(check: ListCheck, entries: Sequence[OptedOut]) -> list[OptedOut]:
    """Return the opt-outs that this house does not have, and that no later START took back."""
    phones = [entry.phone for entry in entries]
    ours = set(
        Suppression.objects.filter(phone__in=phones, scope=Suppression.Scope.ALL).values_list(
            "phone", flat=True
        )
    )
    back = dict(
        ListedNumber.objects.filter(
            list_name=check.list_name, phone__in=phones, wanted=False
        ).values_list("phone", "wanted_at")
    )
    return [
        entry
        for entry in entries
        if entry.phone not in ours and not (entry.phone in back and back[entry.phone] > entry.since)
    ]


def _act(check: ListCheck, entry: OptedOut) -> ledger.Act:
    return ledger.Act(
        phone=entry.phone,
        act=LedgerEntry.Act.OPT_OUT,
        scope=LedgerEntry.Scope.ALL,
        source=LedgerEntry.Source.CARRIER,
        happened_at=entry.since,
        evidence={
            "list": check.list_name,
            "answer": "DescribeOptedOutNumbers",
            "end_user": entry.end_user,
        },
    )


def _finish(check: ListCheck, now: datetime) -> None:
    """What we believed to be on the list and was not seen goes back there, or is done."""
    unseen = ListedNumber.objects.filter(
        Q(seen_at=None) | Q(seen_at__lt=check.started_at),
        Q(pushed_at=None) | Q(pushed_at__lt=check.started_at),
        list_name=check.list_name,
        known=True,
    )
    unseen.filter(wanted=False).update(known=False)
    check.missing = unseen.filter(wanted=True).update(known=False, due_at=now)
    check.missing += mirroring.note_all(check.list_name, now)
    check.finished_at = now
