"""Recording that somebody wants no more texts, or wants them again."""

from datetime import datetime

from compliance import ledger, mirroring
from compliance.canonical import Evidence
from compliance.models import Consent, LedgerEntry, Suppression


def opt_out(
    phone: str,
    *,
    source: str,
    happened_at: datetime,
    evidence: Evidence,
    recorded_by: str = "",
    scope: str = LedgerEntry.Scope.ALL,
) -> None:
    """Record that this number gets nothing more from us at all, or nothing promotional.

    Who says STOP means everything; the narrower `scope` needs an explicit wish.
    """
    ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=LedgerEntry.Act.OPT_OUT,
                scope=scope,
                source=source,
                happened_at=happened_at,
                evidence=evidence,
                recorded_by=recorded_by,
            )
        ]
    )


def is_opted_out(phone: str) -> bool:
    """Tell whether a number gets nothing at all."""
    return Suppression.objects.filter(phone=phone, scope=Suppression.Scope.ALL).exists()


def disown(phone: str, *, happened_at: datetime, evidence: Evidence) -> None:
    """Mark every yes of a number invalid: who has it now says that they never gave it.

    Without this, START by the new owner would bring back what the old one had agreed to.
    """
    ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=LedgerEntry.Act.CORRECTION,
                scope=LedgerEntry.Scope.PROGRAM,
                program_id=consent.program_id,
                message_class=consent.message_class,
                source=LedgerEntry.Source.KEYWORD,
                happened_at=happened_at,
                corrects=consent.entry_id,
                evidence=evidence,
            )
            for consent in Consent.objects.filter(phone=phone).exclude(state=Consent.State.REVOKED)
        ]
    )


def refused_by_aws(phone: str, *, happened_at: datetime, evidence: Evidence) -> None:
    """AWS holds an opt-out that never reached us: it counts from now on here too.

    Not where the person came back by START and AWS, which removes a number only once in 30 days,
    still has to let it go.
    """
    if not mirroring.awaits_removal(phone):
        opt_out(
            phone,
            source=LedgerEntry.Source.CARRIER,
            happened_at=happened_at,
            evidence=evidence,
        )


def opt_in_again(phone: str, *, happened_at: datetime, evidence: Evidence) -> None:
    """Record that a person texted START: the block is lifted, earlier consents count again.

    AWS's lists are told to let the number go.
    """
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
    mirroring.take_off(phone, happened_at)
