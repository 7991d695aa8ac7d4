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
from compliance.models import LedgerEntry, Subject, Wording

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
    return hmac.new(settings.LEDGER_KEY.encode(), phone.encode(), hashlib.sha256).hexdigest()


def append(acts: Sequence[Act]) -> list[LedgerEntry]:
    """Record acts in order and derive what may be sent now, in one transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        previous = head()
        recorded_at = timezone.now()
        entries = []
        for act in acts:
            entry = _entry(act, recorded_at, previous)
            previous = entry.hash
            entries.append(entry)
        subjects = {act.phone: subject_key(act.phone) for act in acts}
        Subject.objects.bulk_create(
            [Subject(key=key, phone=phone) for phone, key in subjects.items()],
            ignore_conflicts=True,
        )
        LedgerEntry.objects.bulk_create(entries, batch_size=2000)
        consent.derive((act.phone, entry) for act, entry in zip(acts, entries, strict=True))
    return entries


def keep_wording(text: str) -> str:
    """Store the words that people agreed to, byte for byte; return their SHA-256."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    Wording.objects.bulk_create([Wording(sha256=digest, text=text)], ignore_conflicts=True)
    return digest


def head() -> str:
    """Return the hash of the last entry."""
    last = LedgerEntry.objects.order_by("-pk").values_list("hash", flat=True).first()
    return last or GENESIS


def _entry(act: Act, recorded_at: datetime, previous: str) -> LedgerEntry:
    entry = LedgerEntry(
        subject=subject_key(act.phone),
        program_id=act.program_id,
        message_class=act.message_class,
        act=act.act,
        scope=act.scope,
        source=act.source,
        happened_at=act.happened_at,
        recorded_at=recorded_at,
        recorded_by=act.recorded_by,
        evidence=dict(act.evidence),
        previous_hash=previous,
    )
    entry.hash = entry_hash(entry)
    return entry


def entry_hash(entry: LedgerEntry) -> str:
    """Hash everything an entry says, and the hash before it, in one canonical form."""
    said = [
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
        entry.evidence,
    ]
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


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
