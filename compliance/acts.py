"""An act of consent: as it is handed to the ledger, and as it stands there."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from compliance.canonical import Evidence, Said
from compliance.models import LedgerEntry


@dataclass(frozen=True, slots=True)
class Act:
    """One act of consent to be recorded.

    `evidence` holds strings, whole numbers and booleans, by the names in compliance/evidence.py;
    `wording_sha256` comes from `keep_wording`, `attachment_sha256` from `keep_attachment`,
    `corrects` is the number of the entry that was wrong.
    """

    phone: str
    act: str
    source: str
    happened_at: datetime
    scope: str = LedgerEntry.Scope.PROGRAM
    program_id: int | None = None
    message_class: str = "promotional"
    recorded_by: str = ""
    basis: str = ""
    wording_sha256: str | None = None
    attachment_sha256: str = ""
    corrects: int | None = None
    evidence: Evidence = field(default_factory=dict)


class Recorded(NamedTuple):
    """An act as it stands in the ledger, and whose it is."""

    phone: str
    said: Said
    hash: str

    @property
    def pk(self) -> int:
        """The entry's number in the chain."""
        return self.said.id
