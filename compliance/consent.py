"""What may be sent now: the fold from ledger entries to consent states."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from compliance.models import Consent, LedgerEntry, Suppression
from contacts.copying import copy_rows

# A list that somebody uploads cannot undo a person's own no; only the person can.
OWN_ACTS = frozenset({LedgerEntry.Source.WEB_FORM, LedgerEntry.Source.KEYWORD})

Key = tuple[int, str]  # program id, message class


class Entry(NamedTuple):
    """A ledger entry as it is recorded: a model's columns at a tenth of its cost.

    An import records a million of them.
    """

    pk: int
    subject: str
    program_id: int | None
    message_class: str
    act: str
    scope: str
    source: str
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str
    evidence: Mapping[str, str | int | bool]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One consent state and the entry that put it there."""

    state: str
    entry_id: int
    since: datetime


@dataclass(slots=True)
class Person:
    """Everything derived for one number."""

    consents: dict[Key, Standing] = field(default_factory=dict)
    suppressed: Standing | None = None


def fold(person: Person, entry: Entry | LedgerEntry) -> None:
    """Apply one ledger entry to a person, in ledger order."""
    if entry.act == LedgerEntry.Act.OPT_OUT:
        _opt_out(person, entry)
    elif entry.act == LedgerEntry.Act.OPT_IN:
        _opt_in(person, entry)


def _opt_out(person: Person, entry: Entry | LedgerEntry) -> None:
    if entry.scope == LedgerEntry.Scope.ALL:
        person.suppressed = person.suppressed or Standing("", entry.pk, entry.happened_at)
    elif entry.program_id is not None:
        person.consents[entry.program_id, entry.message_class] = Standing(
            Consent.State.REVOKED, entry.pk, entry.happened_at
        )


def _opt_in(person: Person, entry: Entry | LedgerEntry) -> None:
    own = entry.source in OWN_ACTS
    if own:
        person.suppressed = None
    if entry.program_id is None:
        return
    key = (entry.program_id, entry.message_class)
    standing = person.consents.get(key)
    if standing is None or own:
        person.consents[key] = Standing(Consent.State.ACTIVE, entry.pk, entry.happened_at)


def derive(entries: Iterable[tuple[str, Entry]]) -> None:
    """Bring the derived tables up to date with new entries, given as (number, entry).

    The caller holds the ledger's lock, so no one else changes these rows. Seven queries at most.
    """
    pairs = list(entries)
    people = {phone: Person() for phone, _ in pairs}
    before = _load(people)
    for phone, entry in pairs:
        fold(people[phone], entry)
    _store_consents(people, before)
    _store_suppressions(people, before)


def _load(people: dict[str, Person]) -> dict[str, Person]:
    """Fill in what stands of these people; return a copy of it, for those of whom anything does."""
    before: dict[str, Person] = {}
    with connection.cursor() as cursor:
        # One text is many times cheaper than a parameter for each number, or than an array.
        cursor.execute(
            "SELECT phone, program_id, message_class, state, entry_id, since"
            " FROM compliance_consent WHERE phone = ANY(string_to_array(%s, ' '))",
            [" ".join(people)],
        )
        for phone, program_id, message_class, *what in cursor.fetchall():
            standing, key = Standing(*what), (program_id, message_class)
            people[phone].consents[key] = standing
            before.setdefault(phone, Person()).consents[key] = standing
        cursor.execute(
            "SELECT phone, entry_id, since FROM compliance_suppression"
            " WHERE phone = ANY(string_to_array(%s, ' '))",
            [" ".join(people)],
        )
        for phone, *what in cursor.fetchall():
            people[phone].suppressed = Standing("", *what)
            before.setdefault(phone, Person()).suppressed = people[phone].suppressed
    return before


def _store_consents(people: dict[str, Person], before: dict[str, Person]) -> None:
    changed = [
        Consent(
            phone=phone,
            program_id=key[0],
            message_class=key[1],
            state=standing.state,
            entry_id=standing.entry_id,
            since=standing.since,
        )
        for phone, old in before.items()
        for key, standing in people[phone].consents.items()
        if old.consents.get(key) != standing
    ]
    Consent.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["phone", "program", "message_class"],
        update_fields=["state", "entry", "since"],
    )
    copy_rows(
        "compliance_consent",
        ("phone", "program_id", "message_class", "state", "entry_id", "since"),
        (
            (phone, str(key[0]), key[1], now.state, str(now.entry_id), now.since.isoformat())
            for phone, person in people.items()
            if phone not in before
            for key, now in person.consents.items()
        ),
    )


def _store_suppressions(people: dict[str, Person], before: dict[str, Person]) -> None:
    suppressed = {phone for phone, old in before.items() if old.suppressed}
    lifted = [phone for phone in suppressed if not people[phone].suppressed]
    Suppression.objects.filter(phone__in=lifted).delete()
    Suppression.objects.bulk_create(
        [
            Suppression(phone=phone, entry_id=p.suppressed.entry_id, since=p.suppressed.since)
            for phone, p in people.items()
            if p.suppressed and phone not in suppressed
        ]
    )
