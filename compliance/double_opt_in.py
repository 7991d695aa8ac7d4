"""Signing up for a program, and confirming it where the program asks twice."""

import enum
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol, cast

from django.db import transaction

from compliance import ledger
from compliance.acts import Act
from compliance.canonical import Evidence
from compliance.models import Consent, LedgerEntry, OptInRequest, Program, Suppression

# compliance.md 7.2: an opt-in word counts only when it is the whole message.
YES = frozenset({"yes", "y", "yes please", "si", "oui", "ja", "sim"})


class Outcome(enum.Enum):
    """What became of a sign-up."""

    CONFIRMED = "confirmed"  # the person may be texted
    ASKED = "asked"  # a text asks for a YES
    SILENT = "silent"  # recorded, and no text may go: who said STOP has to text START


class Asking(Protocol):
    """What asks: a higher room that can send texts registers itself."""

    def ask(self, request: OptInRequest, text: str) -> bool:
        """Queue the text in this transaction; False if it can never go."""

    def asked(self, entry_ids: Iterable[int]) -> set[int]:
        """Return those of the requests (by entry) whose text was handed to AWS."""


_asking: list[Asking] = []


def register(asking: Asking) -> None:
    """Say what asks. Called once, when the apps are ready."""
    _asking[:] = [asking]


def join(act: Act) -> Outcome:
    """Record a sign-up for a program: an opt-in, or a request where the program asks twice.

    While a question is open the person is not asked again, however often a form is sent.
    """
    if act.program_id is None:
        raise ValueError("A sign-up names its program.")
    with transaction.atomic():
        program = Program.objects.get(pk=act.program_id)
        if not program.double_opt_in:
            ledger.append([act])
            return Outcome.CONFIRMED if _stands(act) else Outcome.SILENT
        [recorded] = ledger.append([replace(act, act=LedgerEntry.Act.OPT_IN_REQUESTED)])
        consent = Consent.objects.filter(
            phone=act.phone, program=program, message_class=act.message_class
        ).first()
        if consent is None or Suppression.objects.filter(phone=act.phone).exists():
            return Outcome.SILENT
        if consent.state == Consent.State.ACTIVE:
            return Outcome.CONFIRMED
        if consent.entry_id != recorded.pk:
            return Outcome.SILENT
        return _ask(program, consent, act.happened_at)


def _stands(act: Act) -> bool:
    """Tell whether a yes counts: one that only a form gave answers no STOP."""
    active = Consent.objects.filter(
        phone=act.phone,
        program=act.program_id,
        message_class=act.message_class,
        state=Consent.State.ACTIVE,
    )
    return active.exists() and not Suppression.objects.filter(phone=act.phone).exists()


def _ask(program: Program, consent: Consent, now: datetime) -> Outcome:
    which = {
        "phone": consent.phone,
        "program": program,
        "message_class": consent.message_class,
    }
    if OptInRequest.objects.filter(**which, expires_at__gt=now).exists():
        return Outcome.ASKED
    OptInRequest.objects.filter(**which).delete()
    # The database holds that both are there: a program that asks has a number, a request an end.
    request = OptInRequest.objects.create(
        **which,
        originator_id=cast(int, program.confirmation_originator_id),
        entry_id=consent.entry_id,
        asked_at=now,
        expires_at=cast(datetime, consent.expires_at),
    )
    text = program.confirmation_text.replace("{brand}", program.brand)
    return Outcome.ASKED if _asking[0].ask(request, text) else Outcome.SILENT


def is_yes(body: str) -> bool:
    """Tell whether a whole text is a YES. Pure."""
    folded = unicodedata.normalize("NFKD", body.casefold())
    kept = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", kept)) in YES


def confirm(phone: str, *, to: str, body: str, at: datetime, evidence: Evidence) -> list[Program]:
    """Take a person's text as the answer to what they were asked; return what they joined.

    It counts only as a YES, to the number that asked, while the question is open and no STOP
    came in between. `evidence` is the text's: see compliance/evidence.py.
    """
    if not is_yes(body):
        return []
    with transaction.atomic():
        ledger.lock()
        requests = _open(phone, to, at)
        ledger.append([_answer(request, at, evidence) for request in requests])
        OptInRequest.objects.filter(pk__in=[request.pk for request in requests]).delete()
    return [request.program for request in requests]


def _open(phone: str, to: str, at: datetime) -> list[OptInRequest]:
    if Suppression.objects.filter(phone=phone).exists():
        return []
    asked = OptInRequest.objects.select_related("program", "entry").filter(
        phone=phone, originator__identity=to, asked_at__lte=at, expires_at__gt=at
    )
    waiting = set(
        Consent.objects.filter(phone=phone, state=Consent.State.PENDING).values_list(
            "program", "message_class"
        )
    )
    requests = [r for r in asked if (r.program_id, r.message_class) in waiting]
    sent = _asking[0].asked(request.entry_id for request in requests) if requests else set()
    return [request for request in requests if request.entry_id in sent]


def _answer(request: OptInRequest, at: datetime, evidence: Evidence) -> Act:
    return Act(
        phone=request.phone,
        act=LedgerEntry.Act.OPT_IN,
        source=LedgerEntry.Source.KEYWORD,
        program_id=request.program_id,
        message_class=request.message_class,
        happened_at=at,
        wording_sha256=request.entry.wording_id,
        evidence={**evidence, "request": request.entry_id},
    )


def forget_unanswered(now: datetime) -> int:
    """Remove questions whose time is over; return how many."""
    return OptInRequest.objects.filter(expires_at__lte=now).delete()[0]
