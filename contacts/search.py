"""Find people by number in any format, user ID or the value of any attribute, by index alone."""

import json
from collections.abc import Iterable

from django.db import connection, transaction

from contacts.models import AttributeName
from contacts.phones import BadPhone, parse_phone

MOST = 1000  # more than anybody looks through; a segment finds all


def find(term: str) -> list[int]:
    """Return the ids of those whom a term names, `MOST` per place where it may stand.

    Attributes are compared as a whole, as typed and in the usual capitalisations.
    """
    text = term.replace("\0", "").encode(errors="ignore").decode().strip()
    if not text:
        return []
    parts: list[tuple[str, str | list[str]]] = [
        ("phone = ANY(%s)", numbers(text)),
        ("user_id = %s AND user_id <> ''", text),
        *((f"{column} @@ %s::jsonpath", path) for column, path in _paths(text).items()),
    ]
    sql = " UNION ALL ".join(
        f"(SELECT id FROM contacts_contact WHERE {condition} LIMIT {MOST})"  # noqa: S608 - ours
        for condition, _value in parts
    )
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner takes some value for common, reads on until it has found enough, and never
        # finds them: a scan of everybody. The indexes answer in milliseconds whatever is common.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(sql, [value for _condition, value in parts])
        return list(dict.fromkeys(pk for (pk,) in cursor.fetchall()))


def numbers(text: str) -> list[str]:
    """Return the numbers in E.164 that a text can mean: a national one, or one without its +."""
    found = []
    for written in (text, f"+{text.lstrip('+')}"):
        try:
            found.append(parse_phone(written, "US").e164)
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
