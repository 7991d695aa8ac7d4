"""What may be sent now: the fold from ledger entries to consent states."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from compliance.models import Consent, LedgerEntry, Suppression

# A list that somebody uploads cannot undo a person's own no; only the person can.
OWN_ACTS = frozenset({LedgerEntry.Source.WEB_FORM, LedgerEntry.Source.KEYWORD})

Key = tuple[int, str]  # program id, message class


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


def fold(person: Person, entry: LedgerEntry) -> None:
    """Apply one ledger entry to a person, in ledger order."""
    if entry.act == LedgerEntry.Act.OPT_OUT:
        _opt_out(person, entry)
    elif entry.act == LedgerEntry.Act.OPT_IN:
        _opt_in(person, entry)


def _opt_out(person: Person, entry: LedgerEntry) -> None:
    if entry.scope == LedgerEntry.Scope.ALL:
        person.suppressed = person.suppressed or Standing("", entry.pk, entry.happened_at)
    elif entry.program_id is not None:
        person.consents[entry.program_id, entry.message_class] = Standing(
            Consent.State.REVOKED, entry.pk, entry.happened_at
        )


def _opt_in(person: Person, entry: LedgerEntry) -> None:
    own = entry.source in OWN_ACTS
    if own:
        person.suppressed = None
    if entry.program_id is None:
        return
    key = (entry.program_id, entry.message_class)
    standing = person.consents.get(key)
    if standing is None or own:
        person.consents[key] = Standing(Consent.State.ACTIVE, entry.pk, entry.happened_at)


def derive(entries: Iterable[tuple[str, LedgerEntry]]) -> None:
    """Bring the derived tables up to date with new entries, given as (number, entry).

    The caller holds the ledger's lock, so no one else changes these rows. Six queries at most.
    """
    pairs = list(entries)
    people = _load({phone for phone, _ in pairs})
    before = {phone: (dict(p.consents), p.suppressed) for phone, p in people.items()}
    for phone, entry in pairs:
        fold(people[phone], entry)
    _store(people, before)


def _load(phones: set[str]) -> dict[str, Person]:
    people = {phone: Person() for phone in phones}
    for consent in Consent.objects.filter(phone__in=phones):
        people[consent.phone].consents[consent.program_id, consent.message_class] = Standing(
            consent.state, consent.entry_id, consent.since
        )
    for row in Suppression.objects.filter(phone__in=phones):
        people[row.phone].suppressed = Standing("", row.entry_id, row.since)
    return people


def _store(
    people: dict[str, Person], before: dict[str, tuple[dict[Key, Standing], Standing | None]]
) -> None:
    consents = [
        Consent(
            phone=phone,
            program_id=key[0],
            message_class=key[1],
            state=standing.state,
            entry_id=standing.entry_id,
            since=standing.since,
        )
        for phone, person in people.items()
        for key, standing in person.consents.items()
        if before[phone][0].get(key) != standing
    ]
    Consent.objects.bulk_create(
        consents,
        update_conflicts=True,
        unique_fields=["phone", "program", "message_class"],
        update_fields=["state", "entry", "since"],
    )
    lifted = [phone for phone, p in people.items() if before[phone][1] and not p.suppressed]
    Suppression.objects.filter(phone__in=lifted).delete()
    Suppression.objects.bulk_create(
        [
            Suppression(phone=phone, entry_id=p.suppressed.entry_id, since=p.suppressed.since)
            for phone, p in people.items()
            if p.suppressed and not before[phone][1]
        ]
    )
