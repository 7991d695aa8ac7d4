"""A batch of rows into the table of contacts: new people in, known ones brought up to date."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from contacts.copying import copy_lines
from contacts.parsing import STAGED

# A temporary table holds the batch, so that the database compares and merges it at once.
STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS staged_row (
    line integer, phone text, phone_country text, line_type text,
    attributes jsonb, user_attributes jsonb, metrics jsonb,
    city text, region text, postal_code text, country text, timezone text, locale text,
    user_id text, endpoint_id text,
    latitude double precision, longitude double precision, last_active_at timestamptz
);
TRUNCATE staged_row
"""
# Nobody counts the rows of a temporary table; without this, each batch may read all contacts.
BY_INDEX = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;"
    " SET LOCAL enable_mergejoin = off"
)
# What a row names is replaced, the rest stays. The row's country is one that the list names; the
# number's own is only taken where there is none.
MERGED = {
    "attributes": "c.attributes || s.attributes",
    "user_attributes": "c.user_attributes || s.user_attributes",
    "metrics": "c.metrics || s.metrics",
    "line_type": "s.line_type",
    "latitude": "coalesce(s.latitude, c.latitude)",
    "longitude": "coalesce(s.longitude, c.longitude)",
    "last_active_at": "greatest(s.last_active_at, c.last_active_at)",
    "country": "coalesce(nullif(s.country, ''), nullif(c.country, ''), s.phone_country)",
    **{
        name: f"coalesce(nullif(s.{name}, ''), c.{name})"
        for name in (
            "city",
            "region",
            "postal_code",
            "timezone",
            "locale",
            "user_id",
            "endpoint_id",
        )
    },
}
DIFFERS = (
    f"({', '.join(MERGED.values())}) IS DISTINCT FROM ({', '.join(f'c.{name}' for name in MERGED)})"
)
COMPARE = f"""
SELECT count(*) FILTER (WHERE c.id IS NULL), count(*) FILTER (WHERE c.id IS NOT NULL AND {DIFFERS})
FROM staged_row s LEFT JOIN contacts_contact c ON c.phone = s.phone
"""  # noqa: S608 - our own names
_INSERTED = {name: name for name in MERGED}
_INSERTED["country"] = "coalesce(nullif(country, ''), phone_country)"
INSERT = f"""
WITH made AS (
    INSERT INTO contacts_contact (phone, {", ".join(MERGED)}, created_at, updated_at)
    SELECT phone, {", ".join(_INSERTED.values())}, %(now)s, %(now)s
    FROM staged_row ORDER BY phone
    ON CONFLICT (phone) DO NOTHING
    RETURNING id
)
INSERT INTO contacts_importmember (job_id, contact_id) SELECT %(job)s, id FROM made
"""  # noqa: S608 - our own names
UPDATE = f"""
UPDATE contacts_contact c
SET {", ".join(f"{name} = {merged}" for name, merged in MERGED.items())}, updated_at = %(now)s
FROM staged_row s WHERE c.phone = s.phone AND {DIFFERS}
"""  # noqa: S608 - our own names
MEMBERS = """
INSERT INTO contacts_importmember (job_id, contact_id)
SELECT %(job)s, c.id FROM staged_row s JOIN contacts_contact c ON c.phone = s.phone
ON CONFLICT DO NOTHING
"""


class Counts(NamedTuple):
    """What became, or would become, of a batch's people."""

    created: int
    changed: int
    unchanged: int


def stage(rows: Sequence[str]) -> None:
    """Put rows, as `parsing.staged` writes them, into the temporary table, and no others."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        cursor.execute(BY_INDEX)
    copy_lines("staged_row", STAGED, rows)


def compare() -> Counts:
    """Tell what `merge` would do with the staged rows, each about a number of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM staged_row")
        (total,) = _row(cursor)
        cursor.execute(COMPARE)
        created, changed = _row(cursor)
    return Counts(created, changed, total - created - changed)


def merge(job_id: int) -> Counts:
    """Write the staged rows, each about a number of its own, into contacts."""
    values: dict[str, Any] = {"job": job_id, "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM staged_row")
        (total,) = _row(cursor)
        cursor.execute(INSERT, values)
        created, changed = cursor.rowcount, 0
        if created < total:
            # Those that were there, a moment ago included: this statement sees what is committed.
            cursor.execute(UPDATE, values)
            changed = cursor.rowcount
            cursor.execute(MEMBERS, values)
    return Counts(created, changed, total - created - changed)


def _row(cursor: Any) -> tuple[int, ...]:
    found: tuple[int, ...] = cursor.fetchone()
    return found
