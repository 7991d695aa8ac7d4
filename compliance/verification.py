"""Proof that nothing recorded was changed, removed or slipped in."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from compliance.canonical import GENESIS, Said, commitment, entry_hash
from compliance.models import Attachment, Wording

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


def verify(kept: Head | None = None) -> Verdict:
    """Walk the chain from its first entry to its last, evidence and wordings included.

    With a kept head the entry that was the last one then must still be there, unchanged.
    """
    head = Head(0, GENESIS)
    kept_is_there = kept is None or kept == head
    for said, digest, problem in _walk():
        problem = problem or _out_of_chain(said, digest, head)
        if problem:
            return Verdict(head, Broken(said.id, problem))
        head = Head(said.id, digest)
        kept_is_there = kept_is_there or head == kept
    if kept is not None and not kept_is_there:
        return Verdict(head, Broken(None, _not_kept(kept, head)))
    return Verdict(head, _changed_wording())


def _out_of_chain(said: Said, digest: str, head: Head) -> str:
    if said.id != head.entries + 1:
        return f"entry {head.entries + 1} is missing before it"
    if said.previous_hash != head.hash:
        return "it does not follow the entry before it"
    if entry_hash(said) != digest:
        return "its content was changed after it was recorded"
    return ""


def _not_kept(kept: Head, head: Head) -> str:
    if head.entries < kept.entries:
        return f"there are {head.entries} entries, and the kept head is of {kept.entries}"
    return f"entry {kept.entries} is not the one that the kept head names"


def _walk() -> Iterator[tuple[Said, str, str]]:
    """Yield each entry with its hash and with what is wrong with its personal evidence."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(WALK)
        while rows := cursor.fetchmany(CHUNK):
            for *values, digest, salt, fields, erased in rows:
                values[EVIDENCE] = json.loads(values[EVIDENCE])
                said = Said(*values)
                yield said, digest, _wrong_evidence(said, salt, fields, erased)


def _wrong_evidence(said: Said, salt: str | None, fields: Any, erased: bool) -> str:
    if salt is None:
        gone = bool(said.commitment) and not erased
        return "its personal evidence is gone, and nobody was erased" if gone else ""
    if commitment(salt, json.loads(fields)) != said.commitment:
        return "its personal evidence was changed after it was recorded"
    return ""


def _changed_wording() -> Broken | None:
    for sha256, text in Wording.objects.values_list("pk", "text").iterator():
        if hashlib.sha256(text.encode()).hexdigest() != sha256:
            return Broken(None, f"the wording {sha256} was changed after it was recorded")
    for attachment in Attachment.objects.iterator():
        if not _same_file(attachment):
            return Broken(None, f"the attached file {attachment.pk} is gone or was changed")
    return None


def _same_file(attachment: Attachment) -> bool:
    try:
        with attachment.file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == attachment.pk
    except FileNotFoundError:
        return False
