"""The global suppression list: who is on it, putting numbers on it, taking them off."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import cast

from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from compliance import ledger
from compliance.models import SuppressedNumber
from contacts.phones import BadPhone, parse_phone

BATCH = 10_000
SHOWN = 20  # rejected lines that are named
CELLS = re.compile(r"[,;\t|]")
# What nearly all lines of a North American list are: parsing each would take half a minute a
# million.
NORTH_AMERICAN = re.compile(r"(?:\+?1)?([2-9]\d\d[2-9]\d{6})")

Reason = SuppressedNumber.Reason


@dataclass(slots=True)
class Taken:
    """What became of the lines of a list. `rejected` are the first (line number, why)."""

    added: int = 0
    known: int = 0
    refused: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)


def take(
    lines: Iterable[str],
    *,
    country: str,
    reason: str,
    source: str,
    user: User | AnonymousUser | None,
    now: datetime,
) -> Taken:
    """Put the numbers of a list on the suppression list, all or none; return what became of them.

    A line holds one number in any format, or area code and number as the national do-not-call
    registry writes them; other columns are not read. `user` is None at the command line.
    """
    if user is not None and not user.has_perm("compliance.add_suppressednumber"):
        raise PermissionDenied(_("You need the permission to suppress numbers."))
    if reason == Reason.ERASED:
        raise ValueError("Only an erasure makes an erased person.")
    taken = Taken()
    phones = _phones(lines, country, taken)
    user_id = user.pk if user else None
    with transaction.atomic():
        while batch := list(islice(phones, BATCH)):
            added = _insert(batch, reason, source, user_id, now)
            taken.added += added
            taken.known += len(batch) - added
        if user_id is not None and taken.added:
            said = f"Suppressed {taken.added} numbers as “{reason}” from {source}."
            LogEntry.objects.create(
                user_id=user_id,
                content_type=ContentType.objects.get_for_model(SuppressedNumber),
                object_repr=source,
                action_flag=ADDITION,
                change_message=said,
            )
    return taken


def remove(number_id: int, user: User | AnonymousUser) -> bool:
    """Take a number off the list; False if it was not on it. An erased person stays.

    No consent comes back by it: who said no, or never said yes, is still not texted.
    """
    if not user.has_perm("compliance.delete_suppressednumber"):
        raise PermissionDenied(_("You need the permission to take numbers off the list."))
    with transaction.atomic():
        number = SuppressedNumber.objects.select_for_update().filter(pk=number_id).first()
        if number is None or number.reason == Reason.ERASED:
            return False
        said = f"Took off the list: {number.get_reason_display()}, {number.source}."
        LogEntry.objects.log_actions(
            cast(int, user.pk), [number], DELETION, said, single_object=True
        )
        number.delete()
    return True


def listed(phones: Iterable[str]) -> set[str]:
    """Return those of the numbers that are on the list. One query."""
    keys = {ledger.subject_key(phone): phone for phone in phones}
    found = SuppressedNumber.objects.filter(key__in=list(keys)).values_list("key", flat=True)
    return {keys[key] for key in found}


def _phones(lines: Iterable[str], country: str, taken: Taken) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        text = line.strip().lstrip("\ufeff")
        if not text or (number == 1 and not any(c.isdigit() for c in text)):
            continue  # an empty line, or the names of the columns
        try:
            yield read(text, country)
        except BadPhone as problem:
            taken.refused += 1
            if len(taken.rejected) < SHOWN:
                taken.rejected.append((number, str(problem)))


def read(line: str, country: str) -> str:
    """Return the number of a line as E.164; raises BadPhone. Pure."""
    cells = [cell.strip().strip('"') for cell in CELLS.split(line)]
    if len(cells) > 1 and re.fullmatch(r"\d{3}", cells[0]) and re.fullmatch(r"\d{7}", cells[1]):
        cells = [cells[0] + cells[1]]
    if country in {"US", "CA"} and (match := NORTH_AMERICAN.fullmatch(cells[0])):
        return f"+1{match[1]}"
    problem = BadPhone("The line has no phone number.")
    for cell in cells:
        try:
            return parse_phone(cell, country).e164
        except BadPhone as found:
            problem = found if any(c.isdigit() for c in cell) else problem
    raise problem


def _insert(phones: list[str], reason: str, source: str, user_id: int | None, now: datetime) -> int:
    # In the order of the keys: so an index fills fastest, and two lists at once do not wait for
    # each other in a circle.
    keys = sorted({ledger.subject_key(phone) for phone in phones})
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO compliance_suppressednumber (key, reason, source, added_at, added_by_id)
            SELECT key, %s, %s, %s, %s FROM unnest(string_to_array(%s, ' ')) AS key
            ON CONFLICT (key, reason) DO NOTHING
            """,
            [reason, source, now, user_id, " ".join(keys)],
        )
        return int(cursor.rowcount)
