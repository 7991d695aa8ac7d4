"""Imported people and their consent: an upload says who vouches that they said yes."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from compliance import ledger
from compliance.models import Consent, ImportAttestation, LedgerEntry, Suppression
from contacts import imports
from contacts.imports import ImportedContact, OnBatch
from contacts.models import Import

Actor = User | AnonymousUser


def take(upload: File[bytes], fields: dict[str, Any], user: Actor) -> Import:
    """Check an uploaded file and keep it with its attestation; raises ImportRefused."""
    with transaction.atomic():
        job = imports.check(
            upload,
            filename=str(upload.name),
            default_country=fields["default_country"],
            user_id=user.pk,
        )
        ImportAttestation.objects.create(
            job=job,
            program=fields["program"],
            message_class=fields["message_class"],
            basis=fields["basis"],
            wording=fields["wording"],
            attested_by_id=cast(int, user.pk),
        )
    return job


def begin(job: Import, user: Actor, then: Callable[[int], object]) -> bool:
    """Start a checked import; `then` is called with its id on commit. False if started before."""
    if not user.has_perm("contacts.add_import"):
        raise PermissionDenied
    with transaction.atomic():
        if not imports.start(job.pk):
            return False
        said = f"Started; {user.get_username()} vouches for the opt-ins."
        LogEntry.objects.log_actions(cast(int, user.pk), [job], CHANGE, said, single_object=True)
        transaction.on_commit(lambda: then(job.pk))
    return True


def consent_recorder(import_id: int) -> OnBatch:
    """Return the function that records a batch's consent in the batch's own transaction."""
    job = Import.objects.get(pk=import_id)
    attestation = ImportAttestation.objects.select_related("attested_by").filter(job=job).first()

    def record(people: Sequence[ImportedContact]) -> None:
        acts = _opt_outs(people, job)
        if attestation is not None:
            acts += _opt_ins(people, job, attestation)
        if acts:
            ledger.append(acts)

    return record


def _opt_outs(people: Sequence[ImportedContact], job: Import) -> list[ledger.Act]:
    leaving = [person for person in people if person.opt_out]
    there = set(
        Suppression.objects.filter(phone__in=[p.phone for p in leaving]).values_list(
            "phone", flat=True
        )
    )
    now = timezone.now()
    return [
        ledger.Act(
            phone=person.phone,
            act=LedgerEntry.Act.OPT_OUT,
            scope=LedgerEntry.Scope.ALL,
            source=LedgerEntry.Source.IMPORT,
            happened_at=now,
            evidence={"import": job.pk, "file_sha256": job.sha256, "line": person.line},
        )
        for person in leaving
        if person.phone not in there
    ]


def _opt_ins(
    people: Sequence[ImportedContact], job: Import, attestation: ImportAttestation
) -> list[ledger.Act]:
    """One opt-in per person who has none yet; a line that says no, or nothing, gives none."""
    joining = [p for p in people if not p.opt_out and p.opt_in is not False]
    known = set(
        Consent.objects.filter(
            phone__in=[p.phone for p in joining],
            program=attestation.program_id,
            message_class=attestation.message_class,
        ).values_list("phone", flat=True)
    )
    wording = ledger.keep_wording(attestation.wording)
    return [
        ledger.Act(
            phone=person.phone,
            act=LedgerEntry.Act.OPT_IN,
            source=LedgerEntry.Source.IMPORT,
            program_id=attestation.program_id,
            message_class=attestation.message_class,
            happened_at=attestation.attested_at,
            recorded_by=attestation.attested_by.get_username(),
            wording_sha256=wording,
            evidence={
                "import": job.pk,
                "file_sha256": job.sha256,
                "line": person.line,
                "basis": attestation.basis,
            },
        )
        for person in joining
        if person.phone not in known
    ]
