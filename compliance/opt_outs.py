"""Recording that somebody wants no more texts, or wants them again."""

from datetime import datetime

from compliance import ledger
from compliance.models import LedgerEntry


def opt_out(
    phone: str,
    *,
    source: str,
    happened_at: datetime,
    evidence: dict[str, str | int | bool],
    recorded_by: str = "",
) -> None:
    """Record that this number gets nothing more from us at all."""
    ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=LedgerEntry.Act.OPT_OUT,
                scope=LedgerEntry.Scope.ALL,
                source=source,
                happened_at=happened_at,
                evidence=evidence,
                recorded_by=recorded_by,
            )
        ]
    )


def opt_in_again(
    phone: str, *, happened_at: datetime, evidence: dict[str, str | int | bool]
) -> None:
    """Record that a person texted START: the block is lifted, earlier consents count again."""
    ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=LedgerEntry.Act.OPT_IN,
                scope=LedgerEntry.Scope.ALL,
                source=LedgerEntry.Source.KEYWORD,
                happened_at=happened_at,
                evidence=evidence,
            )
        ]
    )
