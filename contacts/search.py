"""Find people by number in any format, user ID or the value of any attribute, by index alone."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from contacts import national
from contacts.models import AttributeName, Contact
from contacts.phones import BadPhone

MOST = 250  # found at a time, five pages of the list; to compare a person takes some 10 µs
WIDTH = 8 * MOST  # ids that are looked through at first where a term names very many
STEP = 8  # times wider where nobody was found, and narrower where too many were
Parts = list[tuple[str, str | list[str]]]  # conditions, and what they compare with


class Found(NamedTuple):
    """The newest people whom a term names, newest first, and whether there are older ones."""

    ids: list[int]
    is_cut: bool


def find(term: str, before: int | None = None) -> Found:
    """Return those whom a term names, of all or of those whose id is lower than `before`.

    Attributes are compared as a whole, as typed and in the usual capitalisations.
    """
    parts = _parts(term)
    if not parts:
        return Found([], is_cut=False)
    last = Contact.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    end = last + 1 if before is None else min(before, last + 1)
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner takes some value for common, reads on until it has found enough, and never
        # finds them: a scan of everybody. The indexes answer in milliseconds whatever is common.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        ids = _between(cursor, parts, 0, end)
        if len(ids) > MOST:
            ids = _newest(cursor, parts, end)
    return Found(ids[:MOST], is_cut=len(ids) > MOST)


def everybody(term: str) -> Any:
    """Return the subquery of all whom a term names: for a list that is handed out whole."""
    parts = _parts(term) or [("id = ANY(%s)", [])]
    sql = " UNION ALL ".join(
        f"SELECT id FROM contacts_contact WHERE {condition}"  # noqa: S608 - ours
        for condition, _value in parts
    )
    return RawSQL(sql, [value for _condition, value in parts])  # noqa: S611 - ours


def _newest(cursor: Any, parts: Parts, end: int) -> list[int]:
    """Return the newest, and one more than `MOST` where there are so many: stretch by stretch.

    In the order of an index all that match would be read and sorted, or all who do not match be
    read until enough do. A stretch is read from both indexes at once, and made wider while it
    holds few, narrower where it holds too many.
    """
    found: list[int] = []
    width, dense = WIDTH, 0  # behind `dense` there are too many for one stretch
    while end > 0 and len(found) <= MOST:
        begin = max(end - width, 0)
        ids = _between(cursor, parts, begin, end)
        if len(ids) > MOST and width > MOST:
            width, dense = max(width // STEP, MOST), begin
            continue
        found += ids
        end, width = begin, _wide_enough(width, len(ids), MOST + 1 - len(found))
        if end > dense:  # half the way, or where they begin would be passed again and again
            width = min(width, (end - dense) // 2 + 1)
    return found


def _wide_enough(width: int, held: int, missing: int) -> int:
    """Return how wide a stretch holds those missing if it is like the last one, and a few more."""
    return min(width * STEP, width * missing * 5 // (held * 4) + 1) if held else width * STEP


def _between(cursor: Any, parts: Parts, begin: int, end: int) -> list[int]:
    """Return who of a stretch of ids is named, newest first; some of them if more than `MOST`."""
    sql = " UNION ALL ".join(
        f"(SELECT id FROM contacts_contact WHERE {condition}"  # noqa: S608 - ours
        f" AND id >= {begin:d} AND id < {end:d} LIMIT {MOST + 1})"
        for condition, _value in parts
    )
    cursor.execute(sql, [value for _condition, value in parts])
    return sorted({pk for (pk,) in cursor.fetchall()}, reverse=True)


def _parts(term: str) -> Parts:
    """Return the conditions under which somebody is named, each of which has an index."""
    text = term.replace("\0", "").encode(errors="ignore").decode().strip()
    if not text:
        return []
    return [
        ("phone = ANY(%s)", numbers(text)),
        ("user_id = %s AND user_id <> ''", text),
        *((f"{column} @@ %s::jsonpath", path) for column, path in _paths(text).items()),
    ]


def numbers(text: str) -> list[str]:
    """Return the numbers in E.164 that a text can mean: a national one, or one without its +."""
    found = []
    for written in (text, f"+{text.lstrip('+')}"):
        try:
            found.append(national.read(written).e164)
        except BadPhone:
            continue
    return list(dict.fromkeys(found))


def _paths(text: str) -> dict[str, str]:
    """Return, per column, the JSON path that is true where any attribute in use has the value."""
    names: dict[str, list[str]] = {}
    for path in AttributeName.objects.values_list("path", flat=True):
        column, _dot, name = path.partition(".")
        names.setdefault(column, []).append(name)
    values = dict.fromkeys((text, text.lower(), text.upper(), text.capitalize(), text.title()))
    return {
        column: _any(names[column], values)
        for column in ("attributes", "user_attributes")
        if column in names
    }


def _any(names: Iterable[str], values: Iterable[str]) -> str:
    # What json.dumps quotes is a string of a JSON path as well, whatever is in it.
    wanted = [json.dumps(value) for value in values]
    return " || ".join(f"$.{json.dumps(name)}[*] == {value}" for name in names for value in wanted)
