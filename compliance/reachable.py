"""How many of some people could be texted at this moment, and why not the rest.

The answer for a million people comes from some thousand groups: consent is decided in the query,
and whoever has it is grouped by what tells where they are. Limits per person are not looked at.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from compliance.addresses import Address
from compliance.locations import locate
from compliance.models import MessageClass, Program
from compliance.north_america import (
    EXCEPTIONAL_ZIPS,
    states_of_postal_code,
    zones_of_postal_code,
)
from compliance.permission import window_of
from compliance.policies import rulebook
from compliance.policies.rulebook import is_promotional
from compliance.reach import Reaches
from compliance.reasons import Reason
from compliance.zones import codes_told_by_exchange, of_number


@dataclass(frozen=True, slots=True)
class Reachable:
    """Counts in one snapshot; `rest` has the commonest reason first."""

    people: int
    now: int
    rest: list[tuple[Reason, int]]


def reachable(
    people: QuerySet[Any], program: Program, message_class: str, now: datetime
) -> Reachable:
    """Count whom of these contacts the gate would let a text of a program go to now.

    Two queries; some seconds for a million people. Outside of +1 numbers that begin with the same
    six digits count as from the same place. A number on the suppression list that never had to do
    with us is counted as one that never opted in.
    """
    promotional = is_promotional(message_class)
    found = groups(people, program.pk, promotional, now)
    counts: Counter[Reason | None] = Counter()
    try:
        book = rulebook.latest()
    except rulebook.NoRules:
        total = sum(int(group[-1]) for group in found)
        return Reachable(total, 0, [(Reason.RULES_MISSING, total)] if total else [])
    margin = timedelta(seconds=settings.HAND_OFF_MARGIN_SECONDS)
    reaches = Reaches(book, now, margin)
    own = window_of(program)
    for standing, phone, zone, country, region, city, code, count in found:
        if standing:
            counts[Reason(standing)] += count
            continue
        location = locate(phone, zone, Address(country, region, city, code))
        counts[reaches.of(location, own=own, promotional=promotional).reason] += count
    go = counts.pop(None, 0)
    some = [(reason, count) for reason, count in counts.items() if reason]
    rest = sorted(some, key=lambda pair: (-pair[1], pair[0]))
    return Reachable(go + sum(count for _, count in rest), go, rest)


def groups(
    people: QuerySet[Any], program_id: int, promotional: bool, now: datetime
) -> list[tuple[Any, ...]]:
    """Return (reason or "", phone, zone, country, region, city, postal code, count) per group.

    The reasons are those of compliance.permission, which the gate asks: see `problem` there.
    """
    columns = ("phone", "timezone", "country", "region", "city", "postal_code")
    select, params = people.order_by().values(*columns).query.sql_with_params()
    classes = [MessageClass.PROMOTIONAL.value]
    if not promotional:  # a transactional text is covered by a promotional yes as well
        classes = [MessageClass.TRANSACTIONAL.value, *classes]
    joins = "\n".join(_CONSENT.format(n=n) for n in range(len(classes)))
    states = ", ".join(f"c{n}.state" for n in range(len(classes)))
    sql = _SQL.format(select=select, joins=joins, states=states)
    codes, zips = _alike()
    consents = [value for one in classes for value in (now, program_id, one)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
        cursor.execute(
            sql, [codes, sorted(EXCEPTIONAL_ZIPS), zips, promotional, *params, *consents]
        )
        return list(cursor.fetchall())


@cache
def _alike() -> tuple[list[int | None], list[int]]:
    """Return for each area code, and each beginning of a ZIP code, the first that tells the same.

    None for the area codes of which the exchange tells more.
    """
    by_exchange = set(codes_told_by_exchange())
    codes = [of_number(f"+1{code:03}200") for code in range(1000)]
    zips = [
        (states_of_postal_code("US", code), zones_of_postal_code("US", code))
        for code in (f"{first:03}00" for first in range(1000))
    ]
    return (
        [None if f"{n:03}" in by_exchange else codes.index(one) for n, one in enumerate(codes)],
        [zips.index(one) for one in zips],
    )


_CONSENT = """
LEFT JOIN (SELECT phone, CASE WHEN state = 'active' AND expires_at <= %s THEN 'expired'
                              ELSE state END AS state
           FROM compliance_consent WHERE program_id = %s AND message_class = %s) c{n}
       ON c{n}.phone = person.phone"""
# Only what decides is told apart: what the area code tells, or the exchange where it tells more;
# what the beginning of a ZIP code tells; the first letter of a Canadian one; the city where no
# postal code says more. The smallest of each group stands for it.
_SQL = """
SELECT standing, min(phone), zone, country, region, min(city), min(postal_code), count(*)
FROM (
    SELECT *,
        CASE WHEN standing <> '' THEN ''
             WHEN phone LIKE '+1%%' THEN
                 coalesce((%s::int[])[substr(phone, 3, 3)::int + 1]::text, left(phone, 8))
             ELSE left(phone, 7) END AS part,
        CASE WHEN standing <> '' THEN ''
             WHEN left(postal_code, 5) = ANY(%s) THEN left(postal_code, 5)
             WHEN postal_code ~ '^[0-9]{{5}}' THEN
                 (%s::int[])[left(postal_code, 3)::int + 1]::text
             WHEN postal_code ~ '^[A-Za-z]' THEN left(postal_code, 1)
             ELSE postal_code END AS area,
        CASE WHEN standing <> '' OR (country IN ('US', 'CA', '') AND
                  postal_code ~ '^([0-9]{{5}}|[A-Za-z])') THEN '' ELSE city END AS town
    FROM (
        SELECT phone, city, postal_code, standing,
            CASE WHEN standing = '' THEN timezone ELSE '' END AS zone,
            CASE WHEN standing = '' THEN country ELSE '' END AS country,
            CASE WHEN standing = '' THEN region ELSE '' END AS region
        FROM (
            SELECT person.*,
                CASE
                    WHEN EXISTS (SELECT FROM compliance_suppressednumber listed
                                 JOIN compliance_subject subject ON subject.key = listed.key
                                 WHERE subject.phone = person.phone) THEN 'listed'
                    WHEN s.scope = 'all' OR (s.scope IS NOT NULL AND %s) THEN 'suppressed'
                    WHEN 'active' IN ({states}) AND c0.state IS DISTINCT FROM 'revoked' THEN ''
                    WHEN 'revoked' IN ({states}) THEN 'consent_revoked'
                    WHEN 'expired' IN ({states}) THEN 'consent_expired'
                    WHEN 'pending' IN ({states}) THEN 'consent_pending'
                    ELSE 'no_consent'
                END AS standing
            FROM ({select}) AS person
            LEFT JOIN compliance_suppression s ON s.phone = person.phone
            {joins}
        ) AS decided
    ) AS placed
) AS grouped
GROUP BY standing, zone, country, region, part, area, town
"""
