"""Erasing a person: what they told us goes, the proof and the promise not to text them stay."""

from collections.abc import Callable
from functools import partial
from typing import cast

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import ledger
from compliance.acts import Act
from compliance.models import (
    AnswerReview,
    Attachment,
    LedgerEntry,
    ListedNumber,
    OptInRequest,
    PersonalEvidence,
    Subject,
)
from contacts import erasing

PERMISSION = "compliance.erase_person"

# What a higher room holds of a number, it erases itself: given the number, in our transaction.
Eraser = Callable[[str], None]
_erasers: list[Eraser] = []


def register(eraser: Eraser) -> None:
    """Have a higher room's function called for each erased number. Once, when apps are ready."""
    _erasers.append(eraser)


def erase(phone: str, user: User | AnonymousUser) -> int:
    """Erase the person with a number (E.164) everywhere; return the number of the ledger entry.

    What remains is the keyed hash, on the suppression list: no import, form or API can have them
    texted again. Only a text from the phone itself brings them back. Doing it twice is harmless.
    """
    if not user.has_perm(PERMISSION):
        raise PermissionDenied(_("You need the permission to erase people."))
    with transaction.atomic():
        # Whoever holds these rows may be waiting for the ledger's lock: so first they, then it.
        for eraser in _erasers:
            eraser(phone)
        erasing.erase(phone)
        AnswerReview.objects.filter(phone=phone).delete()
        [entry] = ledger.append(
            [
                Act(
                    phone=phone,
                    act=LedgerEntry.Act.ERASURE,
                    scope=LedgerEntry.Scope.ALL,
                    source=LedgerEntry.Source.OPERATOR,
                    happened_at=timezone.now(),
                    recorded_by=user.get_username(),
                )
            ]
        )
        OptInRequest.objects.filter(phone=phone).delete()
        ListedNumber.objects.filter(phone=phone).delete()
        _erase_evidence(entry.said.subject, entry.pk)
        subject = Subject.objects.get(pk=entry.said.subject)
        said = f"Erased the person (entry {entry.pk})."
        LogEntry.objects.log_actions(
            cast(int, user.pk), [subject], DELETION, said, single_object=True
        )
    return entry.pk


def _erase_evidence(subject: str, before: int) -> None:
    entries = LedgerEntry.objects.filter(subject=subject, pk__lt=before)
    PersonalEvidence.objects.filter(entry__in=entries).delete()
    for sha256 in entries.exclude(attachment_sha256="").values_list("attachment_sha256", flat=True):
        _erase_attachment(sha256)


def _erase_attachment(sha256: str) -> None:
    """Remove a file, unless it also proves an act of somebody who was not erased."""
    others = LedgerEntry.objects.filter(attachment_sha256=sha256)
    erased = Subject.objects.filter(phone=None)
    if others.exclude(subject__in=erased.values("pk")).exists():
        return
    attachment = Attachment.objects.filter(pk=sha256).first()
    if attachment:
        attachment.delete()
        transaction.on_commit(partial(attachment.file.delete, save=False))
