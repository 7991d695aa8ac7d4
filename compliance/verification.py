"""Proof that nothing recorded was changed, removed or slipped in.

A chain proves little without a copy of its head elsewhere: who owns the database can cut the tail
off, or hash everything anew. Keep exported heads where that person cannot reach.
"""

import hashlib
import json
import logging
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from compliance import ledger
from compliance.canonical import GENESIS, Said, commitment, entry_hash
from compliance.models import Attachment, LedgerCheck, LedgerEntry, Subject, Wording

logger = logging.getLogger(__name__)

CHUNK = 5000
EVIDENCE = Said._fields.index("evidence")
# A server-side cursor reads one consistent picture, whatever is appended meanwhile.
WALK = f"""
    SELECT {", ".join(f"e.{name}" for name in Said._fields)}, e.hash, p.salt, p.fields,
           erased.first IS NOT NULL
    FROM compliance_ledgerentry e
    LEFT JOIN compliance_personalevidence p ON p.entry_id = e.id
    LEFT JOIN (
        SELECT subject, max(id) AS first FROM compliance_ledgerentry
        WHERE act = 'erasure' GROUP BY subject
    ) erased ON erased.subject = e.subject AND erased.first > e.id
    ORDER BY e.id
"""  # noqa: S608 - the names are our own


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the ledger does not hold; `entry_id` is None where no entry is at fault."""

    entry_id: int | None
    problem: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: who keeps a copy can tell later whether it was cut off."""

    entries: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the chain holds, and the first thing that does not."""

    head: Head
    broken: Broken | None = None

    def __str__(self) -> str:
        if self.broken is None:
            return f"{self.head.entries} entries hold. Head: {self.head.hash}"
        where = f"Entry {self.broken.entry_id}" if self.broken.entry_id else "The ledger"
        return f"{where} is broken: {self.broken.problem}. The {self.head.entries} before it hold."


def verify(*kept: Head) -> Verdict:
    """Walk the chain from its first entry to its last; evidence, wordings, files and numbers too.

    With kept heads, the entry that was the last one then must still be there, unchanged.
    """
    head = Head(0, GENESIS)
    expected = {each for each in kept if each != head}
    with closing(_walk()) as walk:
        for said, digest, problem in walk:
            problem = problem or _out_of_chain(said, digest, head)
            if problem:
                return Verdict(head, Broken(said.id, problem))
            head = Head(said.id, digest)
            expected.discard(head)
            if any(each.entries == said.id for each in expected):
                return Verdict(head, Broken(said.id, "it is not the one that a kept head names"))
    if expected:
        gone = max(each.entries for each in expected) - head.entries
        return Verdict(head, Broken(None, f"{gone} entries are gone from its end"))
    return Verdict(head, _outside_the_chain())


def check(now: datetime, kept: Head | None = None) -> Verdict:
    """Verify, against the last head that held as well, and record what was found."""
    last = LedgerCheck.objects.filter(problem="").order_by("-checked_at").first()
    verdict = verify(*(head for head in (kept, last and Head(last.entries, last.head)) if head))
    LedgerCheck.objects.create(
        checked_at=now,
        entries=verdict.head.entries,
        head=verdict.head.hash,
        broken_entry=verdict.broken.entry_id if verdict.broken else None,
        problem=verdict.broken.problem[:300] if verdict.broken else "",
    )
    if verdict.broken:
        logger.error("the consent ledger does not hold: %s", verdict)
    return verdict


def broken_check() -> LedgerCheck | None:
    """Return the last verification if it found something broken. One query."""
    last = LedgerCheck.objects.order_by("-checked_at").first()
    return last if last and last.problem else None


def export_head(now: datetime) -> str:
    """Return the end of the chain as JSON to be kept elsewhere; `read_head` reads it."""
    entries, digest = ledger.head()
    kept = {"entries": entries, "hash": digest, "exported_at": now.isoformat(timespec="seconds")}
    return json.dumps(kept, indent=2) + "\n"


def read_head(text: str) -> Head:
    """Read an exported head; raises ValueError in words."""
    try:
        kept = json.loads(text)
        head = Head(kept["entries"], kept["hash"])
    except (ValueError, KeyError, TypeError) as problem:
        raise ValueError("This is not a head that export_ledger_head wrote.") from problem
    if not isinstance(head.entries, int) or not isinstance(head.hash, str):
        raise ValueError("This is not a head that export_ledger_head wrote.")
    return head


def _out_of_chain(said: Said, digest: str, head: Head) -> str:
    if said.id != head.entries + 1:
        return f"entry {head.entries + 1} is missing before it"
    if said.previous_hash != head.hash:
        return "it does not follow the entry before it"
    if entry_hash(said) != digest:
        return "its content was changed after it was recorded"
    return ""


def _walk() -> Generator[tuple[Said, str, str], None, None]:
    """Yield each entry with its hash and with what is wrong with its personal evidence."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(WALK)
        wordings = set(Wording.objects.values_list("pk", flat=True))
        while rows := cursor.fetchmany(CHUNK):
            for *values, digest, salt, fields, erased in rows:
                values[EVIDENCE] = json.loads(values[EVIDENCE])
                said = Said(*values)
                problem = _wrong_evidence(said, salt, fields, erased)
                if said.wording_id and said.wording_id not in wordings:
                    problem = problem or "the wording that it names is gone"
                yield said, digest, problem


def _wrong_evidence(said: Said, salt: str | None, fields: Any, erased: bool) -> str:
    if salt is None:
        gone = bool(said.commitment) and not erased
        return "its personal evidence is gone, and nobody was erased" if gone else ""
    if commitment(salt, json.loads(fields)) != said.commitment:
        return "its personal evidence was changed after it was recorded"
    return ""


def _outside_the_chain() -> Broken | None:
    """Find what entries rest on and was changed or removed: a number, a wording, a file."""
    for key, phone in Subject.objects.exclude(phone=None).values_list("key", "phone").iterator():
        if phone and ledger.subject_key(phone) != key:
            return Broken(None, f"the number of subject {key} was changed")
    for sha256, text in Wording.objects.values_list("pk", "text").iterator():
        if hashlib.sha256(text.encode()).hexdigest() != sha256:
            return Broken(None, f"the wording {sha256} was changed after it was recorded")
    for attachment in Attachment.objects.iterator():
        if not _same_file(attachment):
            return Broken(None, f"the attached file {attachment.pk} is gone or was changed")
    return _file_without_record()


def _file_without_record() -> Broken | None:
    later = LedgerEntry.objects.filter(
        subject=OuterRef("subject"), act=LedgerEntry.Act.ERASURE, pk__gt=OuterRef("pk")
    )
    entry = (
        LedgerEntry.objects.exclude(attachment_sha256="")
        .exclude(attachment_sha256__in=Attachment.objects.values("pk"))
        .exclude(Exists(later))
        .order_by("pk")
        .first()
    )
    return Broken(entry.pk, "its attached file is gone, and nobody was erased") if entry else None


def _same_file(attachment: Attachment) -> bool:
    try:
        with attachment.file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == attachment.pk
    except FileNotFoundError:
        return False
