"""Celery tasks of compliance; each calls one function."""

import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from compliance import double_opt_in, list_checks, mirroring, verification
from compliance.imports import consent_recorder
from contacts import dry_run, imports
from contacts.models import Import
from pinpoint.clients import sms_client
from pinpoint.opt_out_lists import OptOutLists

MIRROR_SECONDS = 1.5  # beat nudges every two
CHECK_SECONDS = 30.0


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


@shared_task(name="compliance.mirror_opt_outs")
def mirror_opt_outs() -> None:
    """Bring our opt-outs to AWS's lists, for a moment; what is left goes with the next nudge."""
    mirroring.note_new(timezone.now())
    mirroring.push(_lists(), until=time.monotonic() + MIRROR_SECONDS, now=timezone.now)


@shared_task(name="compliance.check_opt_out_lists")
def check_opt_out_lists() -> None:
    """Read AWS's lists once a day, page by page, for half a minute at a time."""
    list_checks.check_due(_lists(), until=time.monotonic() + CHECK_SECONDS, now=timezone.now)


def _lists() -> OptOutLists:
    return OptOutLists(
        sms_client(
            region=settings.AWS_REGION,
            connect_timeout=settings.AWS_CONNECT_TIMEOUT_SECONDS,
            read_timeout=settings.AWS_READ_TIMEOUT_SECONDS,
            connections=settings.SEND_CONCURRENCY,
        )
    )
