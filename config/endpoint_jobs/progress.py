"""How far a job is, written so that of two workers one gets there first."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from config.models import EndpointJob

Status = EndpointJob.Status
MOST_SHOWN = 100
LONGEST = 500


class Overtaken(Exception):  # noqa: N818 - it is no error
    """Another worker did this piece."""


def held(job: EndpointJob) -> EndpointJob:
    """Return the job, kept from others until the transaction ends. Raises Overtaken."""
    found = EndpointJob.objects.select_for_update(skip_locked=True).filter(
        pk=job.pk, status=job.status, after=job.after
    )
    if (row := found.first()) is None:
        raise Overtaken
    return row


def move(job: EndpointJob, status: str) -> None:
    """Let a job be in its next state. Raises Overtaken."""
    same = EndpointJob.objects.filter(pk=job.pk, status=job.status)
    if not same.update(status=status):
        raise Overtaken
    job.status = status


def count(row: EndpointJob, processed: int, failures: Sequence[str], **more: Any) -> None:
    """Add to what a held job has done."""
    shown = [*row.failures, *(one[:LONGEST] for one in failures)][:MOST_SHOWN]
    EndpointJob.objects.filter(pk=row.pk).update(
        processed=F("processed") + processed,
        failed=F("failed") + len(failures),
        failures=shown,
        **more,
    )


def finish(job: EndpointJob, said: str) -> None:
    """Note that a job is done, with its audit row. Call it in the transaction of what it made."""
    EndpointJob.objects.filter(pk=job.pk).update(
        status=Status.COMPLETED, finished_at=timezone.now(), segment=job.segment
    )
    _audit(job, said)


def fail(job: EndpointJob, words: str) -> bool:
    """Note why a job cannot be done; False if it is over already."""
    with transaction.atomic():
        going = EndpointJob.objects.select_for_update().filter(pk=job.pk, finished_at=None)
        if (row := going.first()) is None:
            return False
        EndpointJob.objects.filter(pk=row.pk).update(
            status=Status.FAILED,
            finished_at=timezone.now(),
            failures=[words[:LONGEST], *row.failures][:MOST_SHOWN],
        )
        job.members.all().delete()
        _audit(job, f"Failed: {words}"[:LONGEST])
    return True


def _audit(job: EndpointJob, said: str) -> None:
    LogEntry.objects.log_actions(job.key.user.pk, [job], CHANGE, said, single_object=True)
