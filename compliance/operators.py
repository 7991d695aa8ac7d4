"""What a person said on paper, by mail or on the phone, recorded by somebody of the staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import ledger, suppression
from compliance.acts import Act
from compliance.double_opt_in import join
from compliance.models import Consent, LedgerEntry, Program, Suppression

PERMISSION = "compliance.add_ledgerentry"


class NotPossible(ValueError):  # noqa: N818 - it is an answer, in words, for a person
    """The act cannot be recorded; the message says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """An act that somebody was told of. Without a program an opt-out is of everything."""

    phone: str
    act: str
    source: str
    happened_at: datetime
    program: Program | None = None
    message_class: str = "promotional"
    basis: str = ""
    wording: str = ""
    note: str = ""
    file: File[bytes] | None = None


def record(told: Told, user: User | AnonymousUser) -> None:
    """Record an opt-in or an opt-out, with who recorded it and what proves it.

    An opt-in cannot undo a no: only the person's own text or form can. Raises NotPossible.
    """
    if not user.has_perm(PERMISSION):
        raise PermissionDenied(_("You need the permission to record consent."))
    if told.happened_at > timezone.now():
        raise NotPossible(_("It cannot have been done in the future."))
    yes = told.act == LedgerEntry.Act.OPT_IN
    if yes and told.program is None:
        raise NotPossible(_("Choose the program that the person said yes to."))
    with transaction.atomic():
        act = _act(told, user)
        if yes:
            join(act)
        else:
            ledger.append([act])
        if yes and _counts_for_nothing(told):
            # Undone by the exception: a yes that counts for nothing would only mislead.
            raise NotPossible(
                _("The person said no before; only their own text or form undoes that.")
            )
        _audit(told, user)


def _audit(told: Told, user: User | AnonymousUser) -> None:
    """Name the entry by its number: the audit log outlives an erasure."""
    entry = LedgerEntry.objects.filter(subject=ledger.subject_key(told.phone)).latest("pk")
    said = f"Recorded what a person said: {entry.get_act_display()}."
    LogEntry.objects.log_actions(cast(int, user.pk), [entry], ADDITION, said, single_object=True)


def _counts_for_nothing(told: Told) -> bool:
    said_no = Consent.objects.filter(
        phone=told.phone,
        program=told.program,
        message_class=told.message_class,
        state=Consent.State.REVOKED,
    )
    blocked = Suppression.objects.filter(phone=told.phone)
    return said_no.exists() or blocked.exists() or bool(suppression.listed([told.phone]))


def _act(told: Told, user: User | AnonymousUser) -> Act:
    sha256 = ledger.keep_attachment(told.file, told.file.name or "") if told.file else ""
    return Act(
        phone=told.phone,
        act=told.act,
        source=told.source,
        scope=LedgerEntry.Scope.PROGRAM if told.program else LedgerEntry.Scope.ALL,
        program_id=told.program.pk if told.program else None,
        message_class=told.message_class,
        happened_at=told.happened_at,
        recorded_by=user.get_username(),
        basis=told.basis if told.act == LedgerEntry.Act.OPT_IN else "",
        wording_sha256=ledger.keep_wording(told.wording) if told.wording else None,
        attachment_sha256=sha256,
        evidence={"note": told.note} if told.note else {},
    )
