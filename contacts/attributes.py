"""The attribute catalogue, and the merge fields that a text may name."""

import time
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from contacts.models import AttributeName, Contact, Recount

FIXED_FIELDS = frozenset(
    {
        "Address",
        "Id",
        "ChannelType",
        "User.UserId",
        "Location.City",
        "Location.Region",
        "Location.PostalCode",
        "Location.Country",
        "Demographic.Timezone",
        "Demographic.Locale",
    }
)
# Where a contact keeps it -> how a text names it (aws-sms.md 10.3).
PREFIXES = {
    "attributes": "Attributes",
    "user_attributes": "User.UserAttributes",
    "metrics": "Metrics",
}


COMMONEST = 20
# Counting names takes every contact (2 s for a million); what the values look like, a sample.
SAMPLE = 50_000
ENOUGH = 200  # a name that is rarer in the sample is looked for on every contact
# A recount waits this many times as long as the last one took, so that it never weighs much.
REST = 30
LOCK = 7_302_003


def refresh_if_changed(now: datetime) -> bool:
    """Count anew if contacts were written since, and the last count is long enough ago."""
    last = Recount.objects.filter(pk=1).first()
    if last and (now - last.counted_at).total_seconds() < last.seconds * REST:
        return False
    if last and last.writes == _writes():
        return False
    refresh()
    return True


def refresh() -> None:
    """Count anew which names are in use, on how many contacts, their kinds and common values."""
    began = time.monotonic()
    with transaction.atomic():
        _rows("SELECT pg_advisory_xact_lock(%s)::text", LOCK)
        writes = _writes()
        counts: dict[str, int] = dict(_rows(_NAMES))
        held = _held(counts)
        AttributeName.objects.exclude(path__in=counts).delete()
        AttributeName.objects.bulk_create(
            [_entry(path, count, held.get(path, [])) for path, count in counts.items()],
            update_conflicts=True,
            unique_fields=["path"],
            update_fields=["contacts", "kind", "common_values"],
        )
        seconds = time.monotonic() - began
        Recount.objects.update_or_create(
            pk=1, defaults={"writes": writes, "counted_at": timezone.now(), "seconds": seconds}
        )


def _writes() -> int:
    """Return how often contacts have been inserted, updated or deleted, in whatever way."""
    [(count,)] = _rows(
        "SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
        " WHERE relid = 'contacts_contact'::regclass"
    )
    return int(count)


def _entry(path: str, count: int, held: list[tuple[Any, ...]]) -> AttributeName:
    kind = AttributeName.Kind.TEXT
    if held:
        _path, _value, several, numbers, dates = held[0]
        kind = _kind(several=several, numbers=numbers, dates=dates)
    elif path.startswith("metrics."):
        kind = AttributeName.Kind.NUMBER
    values = [value for _path, value, *_looks in held]
    return AttributeName(path=path, contacts=count, kind=kind, common_values=values)


def _kind(*, several: bool, numbers: bool, dates: bool) -> AttributeName.Kind:
    if several:
        return AttributeName.Kind.LIST
    if numbers:
        return AttributeName.Kind.NUMBER
    return AttributeName.Kind.DATE if dates else AttributeName.Kind.TEXT


def _held(counts: dict[str, int]) -> dict[str, list[tuple[Any, ...]]]:
    """Return each name's commonest values, and what its values look like, as `_HELD` gives them."""
    [(total,)] = _rows("SELECT reltuples FROM pg_class WHERE oid = 'contacts_contact'::regclass")
    share = min(1.0, SAMPLE / max(total, 1))
    rare = [path for path, count in counts.items() if share < 1 and count * share < ENOUGH]
    common = list(counts.keys() - set(rare))
    found: dict[str, list[tuple[Any, ...]]] = {}
    for paths, percent in ((common, share * 100), (rare, 100)):
        for row in _rows(_HELD, percent, paths, percent, paths, NUMBER, DATE) if paths else ():
            found.setdefault(row[0], []).append(row)
    return found


_USED = " UNION ALL ".join(
    f"SELECT '{column}.' || key, length(key) FROM jsonb_object_keys({column}) AS key"  # noqa: S608 - our names
    for column in PREFIXES
)
# A name longer than the catalogue's column is left out of it: the importer lets none through.
_NAMES = f"""
    SELECT path, count(*) FROM contacts_contact, LATERAL ({_USED}) AS used(path, size)
    WHERE size <= 100 GROUP BY path"""  # noqa: S608 - our names
NUMBER = r"^-?(0|[1-9]\d*)(\.\d+)?$"  # 02134 is a postal code
DATE = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$"
# jsonb_path_query yields nothing, instead of failing, where a value is no list.
_ITEMS = " UNION ALL ".join(
    f"""
    SELECT path, held, jsonb_typeof(value) = 'array' AND value->1 IS NOT NULL AS several
    FROM contacts_contact TABLESAMPLE SYSTEM (%s), jsonb_each({column}) AS pair(key, value),
        concat('{column}.', key) AS path, jsonb_path_query(value, '$[*]') AS item,
        LATERAL (SELECT item #>> '{{}}') AS text(held)
    WHERE path = ANY(%s) AND length(held) <= 100"""  # noqa: S608 - our names
    for column in ("attributes", "user_attributes")
)
_HELD = f"""
    WITH counted AS (
        SELECT path, held, count(*) AS times, bool_or(several) AS several
        FROM ({_ITEMS}) AS item GROUP BY path, held
    ), ranked AS (
        SELECT path, held, row_number() OVER (PARTITION BY path ORDER BY times DESC, held) AS place,
            bool_or(several) OVER name AS several,
            bool_and(held ~ %s) OVER name AS numbers, bool_and(held ~ %s) OVER name AS dates
        FROM counted WINDOW name AS (PARTITION BY path)
    )
    SELECT path, held, several, numbers, dates FROM ranked
    WHERE place <= {COMMONEST} ORDER BY place"""  # noqa: S608 - our names


def _rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def merge_field_paths() -> set[str]:
    """Return every field a text may name, such as `User.UserAttributes.FirstName`."""
    found = set(FIXED_FIELDS)
    for path in AttributeName.objects.values_list("path", flat=True):
        column, _, name = path.partition(".")
        found.add(f"{PREFIXES[column]}.{name}")
    return found


# The columns of a contact that `merge_fields` reads.
MERGED = (
    *("phone", "endpoint_id", "attributes", "metrics", "user_id", "user_attributes"),
    *("city", "region", "postal_code", "country", "timezone", "locale"),
)


def merge_fields(contact: Contact, endpoint_id: str = "") -> dict[str, Any]:
    """Return a contact's fields as a text names them; a list prints as its values.

    `endpoint_id` is what the program calls them whose text it is; else they have that of a list.
    """
    return {
        "Address": contact.phone,
        "Id": endpoint_id or contact.endpoint_id,
        "ChannelType": "SMS",
        "Attributes": _printed(contact.attributes),
        "Metrics": contact.metrics,
        "User": {
            "UserId": contact.user_id,
            "UserAttributes": _printed(contact.user_attributes),
        },
        "Location": {
            "City": contact.city,
            "Region": contact.region,
            "PostalCode": contact.postal_code,
            "Country": contact.country,
        },
        "Demographic": {"Timezone": contact.timezone, "Locale": contact.locale},
    }


class Values(str):
    """An attribute's values: a text with commas between them wherever it is printed."""

    __slots__ = ("values",)
    values: list[str]

    @classmethod
    def of(cls, values: list[Any]) -> "Values":
        """Keep the values one by one, besides their text."""
        each = [str(value) for value in values]
        found = cls(", ".join(each))
        found.values = each
        return found


def _printed(attributes: dict[str, Any]) -> dict[str, str]:
    return {
        name: Values.of(values) if isinstance(values, list) else str(values)
        for name, values in attributes.items()
    }
