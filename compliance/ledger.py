"""The consent ledger: append-only rows, each chained to the one before by SHA-256."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from compliance import consent
from compliance.consent import Entry
from compliance.models import LedgerEntry, Wording
from contacts.copying import NULL, copy_rows, escaped

GENESIS = "0" * 64
# Everyone who appends takes this advisory lock first, so that the chain has no forks.
LOCK = 7_302_001


@dataclass(frozen=True, slots=True)
class Act:
    """One act of consent to be recorded. `evidence` holds strings, numbers and booleans only."""

    phone: str
    act: str
    source: str
    happened_at: datetime
    scope: str = LedgerEntry.Scope.PROGRAM
    program_id: int | None = None
    message_class: str = "promotional"
    recorded_by: str = ""
    evidence: Mapping[str, str | int | bool] = field(default_factory=dict)


def subject_key(phone: str) -> str:
    """Return the keyed hash that stands for a number in the ledger.

    A plain hash of a phone number can be found by trying all numbers; hence the key.
    """
    return hmac.digest(settings.LEDGER_KEY.encode(), phone.encode(), "sha256").hex()


def append(acts: Sequence[Act]) -> list[Entry]:
    """Record acts in order and derive what may be sent now, in one transaction."""
    entries: list[Entry] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        keys = {act.phone: subject_key(act.phone) for act in acts}
        _keep_subjects(keys)
        cursor.execute(_NUMBERS, [len(acts)])
        numbers = [number for (number,) in cursor.fetchall()]
        rows = _chained(acts, keys, numbers, head(), entries)
        copy_rows("compliance_ledgerentry", _COLUMNS, rows)
        consent.derive((act.phone, entry) for act, entry in zip(acts, entries, strict=True))
    return entries


_NUMBERS = (
    "SELECT nextval(pg_get_serial_sequence('compliance_ledgerentry', 'id'))"
    " FROM generate_series(1, %s)"
)
_COLUMNS = (
    *("id", "subject", "program_id", "message_class", "act", "scope", "source", "happened_at"),
    *("recorded_at", "recorded_by", "evidence", "previous_hash", "hash"),
)


def _keep_subjects(keys: Mapping[str, str]) -> None:
    """Store whose the keys are, in the order of the keys: so an index fills fastest."""
    pairs = sorted((key, phone) for phone, key in keys.items())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO compliance_subject (key, phone)"
            " SELECT * FROM unnest(string_to_array(%s, ' '), string_to_array(%s, ' '))"
            " ON CONFLICT DO NOTHING",
            [" ".join(key for key, _ in pairs), " ".join(phone for _, phone in pairs)],
        )


def _chained(
    acts: Sequence[Act],
    keys: Mapping[str, str],
    numbers: Sequence[int],
    previous: str,
    entries: list[Entry],
) -> Iterator[tuple[str, ...]]:
    """Chain acts to the hash before; add to `entries`, and yield each as COPY reads it."""
    recorded_at = timezone.now()
    recorded = _instant(recorded_at)
    for pk, act in zip(numbers, acts, strict=True):
        subject, happened, evidence = (
            keys[act.phone],
            _instant(act.happened_at),
            _json(act.evidence),
        )
        said = (act.program_id, act.message_class, act.act, act.scope, act.source)
        moments = (happened, recorded)
        digest = _hash((previous, subject, *said, *moments, act.recorded_by), evidence)
        entries.append(
            Entry(
                *(pk, subject, *said, act.happened_at, recorded_at, act.recorded_by),
                *(act.evidence, previous, digest),
            )
        )
        program = NULL if act.program_id is None else str(act.program_id)
        yield (
            *(str(pk), subject, program, *said[1:], *moments, escaped(act.recorded_by)),
            *(escaped(evidence), previous, digest),
        )
        previous = digest


def keep_wording(text: str) -> str:
    """Store the words that people agreed to, byte for byte; return their SHA-256."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    Wording.objects.bulk_create([Wording(sha256=digest, text=text)], ignore_conflicts=True)
    return digest


def head() -> str:
    """Return the hash of the last entry."""
    last = LedgerEntry.objects.order_by("-pk").values_list("hash", flat=True).first()
    return last or GENESIS


# Made once: `json.dumps` with options would make one for each entry.
_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def entry_hash(entry: Entry | LedgerEntry) -> str:
    """Hash everything an entry says, and the hash before it, in one canonical form."""
    said = (
        entry.previous_hash,
        entry.subject,
        entry.program_id,
        entry.message_class,
        entry.act,
        entry.scope,
        entry.source,
        _instant(entry.happened_at),
        _instant(entry.recorded_at),
        entry.recorded_by,
    )
    return _hash(said, _json(entry.evidence))


def _hash(said: tuple[str | int | None, ...], evidence: str) -> str:
    return hashlib.sha256(f"{_json(said)[:-1]},{evidence}]".encode()).hexdigest()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold."""

    entry_id: int
    problem: str


def verify() -> tuple[int, Broken | None]:
    """Walk the chain; return how many entries hold and the first that does not."""
    previous = GENESIS
    count = 0
    for entry in _walk():
        if entry.previous_hash != previous:
            return count, Broken(entry.pk, "it does not follow the entry before it")
        if entry_hash(entry) != entry.hash:
            return count, Broken(entry.pk, "its content was changed after it was recorded")
        previous = entry.hash
        count += 1
    return count, None


def _walk() -> Iterator[LedgerEntry]:
    return LedgerEntry.objects.order_by("pk").iterator(chunk_size=5000)
