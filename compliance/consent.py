"""What may be sent now: derived from the ledger in the transaction of each entry."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from compliance.acts import Recorded
from compliance.models import Consent, SuppressedNumber, Suppression
from compliance.standing import Block, Person, Standing, fold
from contacts.copying import NULL, copy_rows

ERASED = SuppressedNumber.Reason.ERASED
NOBODY = Person()  # of whom nothing stands
CONSENT = ("phone", "program_id", "message_class", "state", "entry_id", "since", "expires_at")
ON_REQUEST = "the person's request"  # the source of an erased person on the suppression list


def derive(recorded: Sequence[Recorded]) -> None:
    """Bring the derived tables up to date with new entries.

    The caller holds the ledger's lock, so no one else changes these rows. Eight queries at most.
    """
    keys = {entry.phone: entry.said.subject for entry in recorded}
    people = {phone: Person() for phone in keys}
    before = _load(keys, people)
    for entry in recorded:
        fold(people[entry.phone], entry.said)
    _remember(keys, people)
    _store_consents(people, before)
    _store_blocks(people, before)
    _store_erased(keys, people, before)


def _load(keys: dict[str, str], people: dict[str, Person]) -> dict[str, Person]:
    """Fill in what stands of these people; return a copy of it, for those of whom anything does."""
    # One text is many times cheaper than a parameter for each number, or than an array.
    phones = " ".join(people)
    for phone, program_id, message_class, *standing in _read(
        "SELECT phone, program_id, message_class, state, entry_id, since, expires_at"
        " FROM compliance_consent WHERE phone = ANY(string_to_array(%s, ' '))",
        phones,
    ):
        people[phone].consents[program_id, message_class] = Standing(*standing)
    for phone, *block in _read(
        "SELECT phone, scope, entry_id, since"
        " FROM compliance_suppression WHERE phone = ANY(string_to_array(%s, ' '))",
        phones,
    ):
        people[phone].suppressed = Block(*block)
    by_key = {key: phone for phone, key in keys.items()}
    for key, entry_id, since in _read(
        "SELECT key, entry_id, added_at FROM compliance_suppressednumber"
        " WHERE reason = 'erased' AND key = ANY(string_to_array(%s, ' '))",
        " ".join(by_key),
    ):
        people[by_key[key]].erased = Block(Suppression.Scope.ALL, entry_id, since)
    return {
        phone: person.copy()
        for phone, person in people.items()
        if person.consents or person.suppressed or person.erased
    }


def _read(statement: str, names: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [names])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _remember(keys: dict[str, str], people: dict[str, Person]) -> None:
    """Keep each number once, beside the key that stands for it; an erased person's never."""
    pairs = sorted((key, "" if people[phone].erased else phone) for phone, key in keys.items())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO compliance_subject (key, phone)
            SELECT key, nullif(phone, '')
            FROM unnest(string_to_array(%s, ' '), string_to_array(%s, ' ')) AS pair(key, phone)
            ON CONFLICT (key) DO UPDATE SET phone = EXCLUDED.phone
            WHERE compliance_subject.phone IS DISTINCT FROM EXCLUDED.phone
            """,
            # In the order of the keys: so an index fills fastest.
            [" ".join(key for key, _ in pairs), " ".join(phone for _, phone in pairs)],
        )


def _store_consents(people: dict[str, Person], before: dict[str, Person]) -> None:
    gone = [phone for phone, old in before.items() if old.consents.keys() - people[phone].consents]
    if gone:
        Consent.objects.filter(phone__in=gone).delete()
    _write(
        f"""
        INSERT INTO compliance_consent ({", ".join(CONSENT)})
        SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[],
                             %s::timestamptz[], %s::timestamptz[])
        ON CONFLICT (phone, program_id, message_class) DO UPDATE SET state = EXCLUDED.state,
            entry_id = EXCLUDED.entry_id, since = EXCLUDED.since, expires_at = EXCLUDED.expires_at
        """,  # noqa: S608 - the names are our own
        [
            (phone, *key, str(s.state), s.entry_id, s.since, s.expires_at)
            for phone, old in before.items()
            for key, s in people[phone].consents.items()
            if old.consents.get(key) != s
        ],
    )
    copy_rows(
        "compliance_consent",
        CONSENT,
        (
            (phone, str(key[0]), key[1], str(s.state), str(s.entry_id), *_cells(s))
            for phone, person in people.items()
            if phone not in before
            for key, s in person.consents.items()
        ),
    )


def _cells(standing: Standing) -> tuple[str, str]:
    end = standing.expires_at
    return str(standing.since), str(end) if end else NULL


def _store_blocks(people: dict[str, Person], before: dict[str, Person]) -> None:
    lifted = [p for p, old in before.items() if old.suppressed and not people[p].suppressed]
    if lifted:
        Suppression.objects.filter(phone__in=lifted).delete()
    _write(
        """
        INSERT INTO compliance_suppression (phone, scope, entry_id, since)
        SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::timestamptz[])
        ON CONFLICT (phone) DO UPDATE SET scope = EXCLUDED.scope, entry_id = EXCLUDED.entry_id,
            since = EXCLUDED.since
        """,
        [
            (phone, str(p.suppressed.scope), p.suppressed.entry_id, p.suppressed.since)
            for phone, p in people.items()
            if p.suppressed and p.suppressed != before.get(phone, NOBODY).suppressed
        ],
    )


def _store_erased(
    keys: dict[str, str], people: dict[str, Person], before: dict[str, Person]
) -> None:
    back = [keys[p] for p, old in before.items() if old.erased and not people[p].erased]
    if back:
        SuppressedNumber.objects.filter(key__in=back, reason=ERASED).delete()
    _write(
        """
        INSERT INTO compliance_suppressednumber (key, reason, source, entry_id, added_at)
        SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[])
        ON CONFLICT (key, reason) DO UPDATE SET entry_id = EXCLUDED.entry_id,
            added_at = EXCLUDED.added_at
        """,
        [
            (keys[phone], str(ERASED), ON_REQUEST, p.erased.entry_id, p.erased.since)
            for phone, p in people.items()
            if p.erased and p.erased != before.get(phone, NOBODY).erased
        ],
    )


def _write(statement: str, rows: Iterable[tuple[str | int | datetime | None, ...]]) -> None:
    """Run a statement that takes one array per column; nothing to write is no query."""
    columns: list[Any] = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(statement, columns)
