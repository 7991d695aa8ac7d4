"""Celery tasks of compliance; each calls one function."""

from celery import shared_task
from django.utils import timezone

from compliance import double_opt_in, verification
from compliance.imports import consent_recorder
from contacts import dry_run, imports
from contacts.models import Import


@shared_task(name="compliance.examine_import")
def examine_import(import_id: int) -> None:
    """Do the dry run of an import. Running it twice changes nothing."""
    dry_run.examine(import_id)


@shared_task(name="compliance.run_import")
def run_import(import_id: int) -> None:
    """Store a started import with its consent. Running it twice changes nothing."""
    imports.run(import_id, consent_recorder(import_id))


@shared_task(name="compliance.resume_imports")
def resume_imports() -> None:
    """Go on with imports and dry runs whose worker died or whose nudge was lost."""
    going_on = [Import.Status.EXAMINING, Import.Status.QUEUED, Import.Status.RUNNING]
    for import_id in Import.objects.filter(status__in=going_on).values_list("pk", flat=True):
        dry_run.examine(import_id)
        run_import(import_id)


@shared_task(name="compliance.verify_ledger")
def verify_ledger() -> None:
    """Walk the ledger and record what was found; forget questions that nobody answered."""
    now = timezone.now()
    verification.check(now)
    double_opt_in.forget_unanswered(now)
