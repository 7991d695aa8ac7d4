"""Celery tasks of compliance; each calls one function."""

from celery import shared_task
from django.utils import timezone

from compliance import double_opt_in, verification
from compliance.imports import consent_recorder
from contacts import imports
from contacts.models import Import


@shared_task(name="compliance.run_import")
def run_import(import_id: int) -> None:
    """Store a started import with its consent. Running it twice changes nothing."""
    imports.run(import_id, consent_recorder(import_id))


@shared_task(name="compliance.resume_imports")
def resume_imports() -> None:
    """Go on with imports whose worker died or whose nudge was lost."""
    waiting = Import.objects.filter(status__in=[Import.Status.QUEUED, Import.Status.RUNNING])
    for import_id in waiting.values_list("pk", flat=True):
        run_import(import_id)


@shared_task(name="compliance.verify_ledger")
def verify_ledger() -> None:
    """Walk the ledger and record what was found; forget questions that nobody answered."""
    now = timezone.now()
    verification.check(now)
    double_opt_in.forget_unanswered(now)
