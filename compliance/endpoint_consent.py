"""What an application says of its endpoints, as acts of consent.

A no counts at once. NONE proves nothing by itself: it is a yes only where somebody with the
permission vouches for the people whom the application registers, as for an uploaded list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from compliance import ledger
from compliance.acts import Act
from compliance.canonical import Evidence
from compliance.models import (
    Consent,
    LedgerEntry,
    MessageClass,
    SuppressedNumber,
    Suppression,
)
from compliance.suppression import listed


@dataclass(frozen=True, slots=True)
class Attested:
    """Who vouches for the people of an application, and to what words they agreed."""

    message_class: str
    basis: str
    origin: str
    wording: str
    by: str


def record(
    program_id: int,
    said_no: Iterable[str],
    said_yes: Iterable[str],
    attested: Sequence[Attested],
    evidence: Evidence,
    recorded_by: str,
    source: str = LedgerEntry.Source.API,
) -> int:
    """Record what changes of some people's consent to a program; return how many acts that took.

    Call it in a transaction. A yes is recorded once for each person, and never for somebody who
    said no before.
    """
    acts = _opt_outs(program_id, list(said_no), evidence, recorded_by)
    for one in attested:
        acts += _opt_ins(program_id, list(said_yes), one, evidence)
    ledger.append([replace(act, source=source) for act in acts])
    return len(acts)


def suppress(said_no: Mapping[str, Evidence], recorded_by: str) -> int:
    """Record for all programs that some people said no, as a file has it; return for how many.

    Call it in a transaction. Whoever is suppressed, or erased, already is passed over.
    """
    phones = list(said_no)
    there = Suppression.objects.filter(phone__in=phones, scope=Suppression.Scope.ALL)
    known = set(there.values_list("phone", flat=True)) | _erased(phones)
    now = timezone.now()
    acts = [
        Act(
            phone=phone,
            act=LedgerEntry.Act.OPT_OUT,
            scope=LedgerEntry.Scope.ALL,
            source=LedgerEntry.Source.IMPORT,
            happened_at=now,
            recorded_by=recorded_by,
            evidence=evidence,
        )
        for phone, evidence in said_no.items()
        if phone not in known
    ]
    ledger.append(acts)
    return len(acts)


def who_said_no(program_id: int, phones: Sequence[str]) -> set[str]:
    """Return those who get nothing promotional of a program because they said no."""
    revoked = Consent.objects.filter(
        program=program_id,
        message_class=MessageClass.PROMOTIONAL,
        state=Consent.State.REVOKED,
        phone__in=phones,
    )
    blocked = Suppression.objects.filter(phone__in=phones)
    return {
        *revoked.values_list("phone", flat=True),
        *blocked.values_list("phone", flat=True),
        *listed(phones),
    }


def _opt_outs(
    program_id: int, phones: list[str], evidence: Evidence, recorded_by: str
) -> list[Act]:
    revoked = set(
        Consent.objects.filter(
            program=program_id, state=Consent.State.REVOKED, phone__in=phones
        ).values_list("phone", "message_class")
    )
    now = timezone.now()
    return [
        Act(
            phone=phone,
            act=LedgerEntry.Act.OPT_OUT,
            source=LedgerEntry.Source.API,
            happened_at=now,
            program_id=program_id,
            message_class=message_class,
            recorded_by=recorded_by,
            evidence=evidence,
        )
        for phone in phones
        for message_class in MessageClass.values
        if (phone, message_class) not in revoked
    ]


def _opt_ins(
    program_id: int, phones: list[str], attested: Attested, evidence: Evidence
) -> list[Act]:
    said = Consent.objects.filter(
        program=program_id, message_class=attested.message_class, phone__in=phones
    )
    blocked = Suppression.objects.filter(phone__in=phones)
    known = {
        *said.values_list("phone", flat=True),
        *blocked.values_list("phone", flat=True),
        *_erased(phones),
    }
    proof = {**evidence, "basis": attested.basis}
    if attested.origin:
        proof["origin"] = attested.origin
    joining = [phone for phone in phones if phone not in known]
    if not joining:
        return []
    wording, now = ledger.keep_wording(attested.wording), timezone.now()
    return [
        Act(
            phone=phone,
            act=LedgerEntry.Act.OPT_IN,
            source=LedgerEntry.Source.API,
            happened_at=now,
            program_id=program_id,
            message_class=attested.message_class,
            recorded_by=attested.by,
            wording_sha256=wording,
            evidence=proof,
        )
        for phone in joining
    ]


def _erased(phones: Sequence[str]) -> set[str]:
    """Return the numbers of people who were erased at their wish."""
    keys = {ledger.subject_key(phone): phone for phone in phones}
    erased = SuppressedNumber.objects.filter(reason=SuppressedNumber.Reason.ERASED, key__in=keys)
    return {keys[key] for key in erased.values_list("key", flat=True)}
