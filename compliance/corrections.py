"""Saying that an entry of the ledger is wrong, which changes nothing in it."""

from typing import cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import ledger
from compliance.acts import Act
from compliance.models import LedgerEntry, Subject

PERMISSION = "compliance.correct_entry"


class NotPossible(ValueError):  # noqa: N818 - it is an answer, in words, for a person
    """The entry cannot be corrected; the message says why."""


def correct(entry_id: int, note: str, user: User | AnonymousUser) -> int:
    """Record that an entry is wrong and why; return the correction's number.

    A yes that was recorded in error counts no more. A no stays: only its person can lift it.
    Raises NotPossible.
    """
    if not user.has_perm(PERMISSION):
        raise PermissionDenied(_("You need the permission to correct consent records."))
    if not note.strip():
        raise NotPossible(_("Say what is wrong with the record."))
    with transaction.atomic():
        ledger.lock()  # so that two corrections at once are one
        entry = LedgerEntry.objects.get(pk=entry_id)
        if entry.act in {LedgerEntry.Act.CORRECTION, LedgerEntry.Act.ERASURE}:
            raise NotPossible(_("Only what a person did can be corrected."))
        if entry.corrections.exists():
            raise NotPossible(_("This record was corrected before."))
        phone = Subject.objects.get(pk=entry.subject).phone
        if phone is None:
            raise NotPossible(_("The person was erased."))
        [correction] = ledger.append(
            [
                Act(
                    phone=phone,
                    act=LedgerEntry.Act.CORRECTION,
                    scope=LedgerEntry.Scope.ALL,
                    source=LedgerEntry.Source.OPERATOR,
                    happened_at=timezone.now(),
                    recorded_by=user.get_username(),
                    corrects=entry.pk,
                    evidence={"note": note.strip()},
                )
            ]
        )
        said = f"Corrected by entry {correction.pk}."
        LogEntry.objects.log_actions(cast(int, user.pk), [entry], CHANGE, said, single_object=True)
    return correction.pk
