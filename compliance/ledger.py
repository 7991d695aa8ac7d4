"""The consent ledger: append-only rows, each chained to the one before by SHA-256."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.core.files.base import File
from django.db import connection, transaction
from django.utils import timezone

from compliance import consent, evidence, joining
from compliance.acts import Act as Act
from compliance.acts import Recorded
from compliance.canonical import GENESIS, Said, commitment, encode, entry_hash, instant
from compliance.expiry import Expiry
from compliance.models import Attachment, LedgerEntry, PersonalEvidence, Wording
from contacts.copying import NULL, copy_rows, escaped

# Everyone who appends takes this advisory lock first, so that the chain has no forks.
LOCK = 7_302_001
COLUMNS = (*Said._fields, "hash")
EVIDENCE = Said._fields.index("evidence")
HAPPENED_AT = Said._fields.index("happened_at")
RECORDED_AT = Said._fields.index("recorded_at")
RECORDED_BY = Said._fields.index("recorded_by")


def subject_key(phone: str) -> str:
    """Return the keyed hash that stands for a number in the ledger.

    A plain hash of a phone number can be found by trying all numbers; hence the key.
    """
    return hmac.digest(settings.LEDGER_KEY.encode(), phone.encode(), "sha256").hex()


def append(acts: Sequence[Act]) -> list[Recorded]:
    """Record acts in order and derive what may be sent now, in one transaction."""
    if not acts:
        return []
    with transaction.atomic():
        lock()
        keys = {phone: subject_key(phone) for phone in {act.phone for act in acts}}
        recorded: list[Recorded] = []
        personal: list[PersonalEvidence] = []
        chain = _chained(acts, keys, Expiry(acts), head(), recorded, personal)
        # COPY is several times faster than INSERT, and an import brings millions.
        copy_rows(LedgerEntry._meta.db_table, COLUMNS, chain)
        PersonalEvidence.objects.bulk_create(personal, batch_size=1000)
        consent.derive(recorded)
        joining.tell(recorded)
    return recorded


def _chained(
    acts: Sequence[Act],
    keys: Mapping[str, str],
    expiry: Expiry,
    after: tuple[int, str],
    recorded: list[Recorded],
    personal: list[PersonalEvidence],
) -> Iterator[list[str]]:
    """Chain acts to the entry before, and yield each as COPY reads it; fill both lists.

    Each is made while the database stores those before: two cores work.
    """
    recorded_at = timezone.now()
    count, previous = after
    for number, act in enumerate(acts, count + 1):
        said, private = _said(number, act, keys[act.phone], expiry, recorded_at, previous)
        previous = entry_hash(said)
        recorded.append(Recorded(act.phone, said, previous))
        if private:
            personal.append(private)
        yield _cells(said, previous)


def lock() -> None:
    """Let nobody else append, nor change what is derived, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def head() -> tuple[int, str]:
    """Return how many entries there are, and the hash of the last one."""
    last = LedgerEntry.objects.order_by("-pk").values_list("pk", "hash").first()
    return last or (0, GENESIS)


def keep_wording(text: str) -> str:
    """Store the words that people agreed to, byte for byte; return their SHA-256."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    Wording.objects.bulk_create([Wording(sha256=digest, text=text)], ignore_conflicts=True)
    return digest


def keep_attachment(file: File[bytes], filename: str) -> str:
    """Store a file that proves an act, once; return its SHA-256."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    sha256 = digest.hexdigest()
    if not Attachment.objects.filter(pk=sha256).exists():
        attachment = Attachment(sha256=sha256, filename=filename[:255], size=file.size)
        attachment.file.save(sha256, file, save=False)
        Attachment.objects.bulk_create([attachment], ignore_conflicts=True)
    return sha256


def _said(
    number: int, act: Act, key: str, expiry: Expiry, recorded_at: datetime, previous: str
) -> tuple[Said, PersonalEvidence | None]:
    impersonal, personal = evidence.split(act.evidence)
    private = None
    if personal:
        private = PersonalEvidence(entry_id=number, salt=secrets.token_hex(32), fields=personal)
    said = Said(
        *(number, key, act.program_id, act.message_class, act.act, act.scope, act.source),
        *(act.happened_at, recorded_at, act.recorded_by, expiry.basis(act), expiry.ends(act)),
        *(act.wording_sha256, act.attachment_sha256, act.corrects, impersonal),
        *(commitment(private.salt, personal) if private else "", previous),
    )
    return said, private


def _cells(said: Said, digest: str) -> list[str]:
    cells = [NULL if value is None else str(value) for value in said]
    cells[HAPPENED_AT] = instant(said.happened_at)
    cells[RECORDED_AT] = instant(said.recorded_at)
    cells[RECORDED_BY] = escaped(said.recorded_by)
    cells[EVIDENCE] = escaped(encode(said.evidence))
    return [*cells, digest]
