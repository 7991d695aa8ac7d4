"""Which job goes on now, and what becomes of one that cannot."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.db import connection
from django.db.models import F
from django.utils import timezone

from config.endpoint_jobs import exporting, importing
from config.endpoint_jobs.progress import Overtaken, fail
from config.models import EndpointJob
from pinpoint import troubles

logger = logging.getLogger(__name__)
# One worker at a time is at jobs, so that texts never wait for them.
LOCK = 7_306_010
SECONDS = 5.0
MOST_TROUBLES = 30  # in a row; a nudge comes every ten seconds
# What trying again does not mend.
PERMANENT = frozenset(
    {
        "AccessDenied",
        "InvalidRange",
        "NoSuchBucket",
        "NoSuchKey",
        "PreconditionFailed",
        "403",
        "404",
    }
)
WORK = {
    EndpointJob.Kind.IMPORT: importing.go_on,
    EndpointJob.Kind.EXPORT: exporting.go_on,
}


def work(client: Callable[[], Any]) -> bool:
    """Let the job that waited longest go on for some seconds; False if there is nothing to do.

    `client` makes one of S3, which takes too long to be made for nothing.
    """
    with _alone() as alone:
        waiting = EndpointJob.objects.filter(finished_at=None)
        job = waiting.order_by(F("worked_at").asc(nulls_first=True), "pk").first()
        if not alone or job is None:
            return False
        EndpointJob.objects.filter(pk=job.pk).update(worked_at=timezone.now())
        return _go_on(job.pk, client())


def _go_on(job_id: int, client: Any) -> bool:
    job = EndpointJob.objects.select_related("program", "key__user", "segment").get(pk=job_id)
    if job.key.revoked_at or not job.key.user.is_active:
        return not fail(job, "The access key that asked for it was revoked.")
    try:
        WORK[EndpointJob.Kind(job.kind)](job, client, time.monotonic() + SECONDS)
    except Overtaken:
        return False
    except (ClientError, BotoCoreError) as trouble:
        return _troubled(job, trouble)
    EndpointJob.objects.filter(pk=job_id).update(troubles=0)
    return True


def _troubled(job: EndpointJob, trouble: ClientError | BotoCoreError) -> bool:
    """Note that AWS did not do it; False: let the next nudge try again."""
    words = troubles.in_words(trouble)
    logger.warning("endpoint job %s: %s", job.job_id, type(trouble).__name__)
    response: Any = getattr(trouble, "response", {})
    code = response.get("Error", {}).get("Code")
    if code in PERMANENT or job.troubles >= MOST_TROUBLES:
        fail(job, words)
    EndpointJob.objects.filter(pk=job.pk).update(troubles=F("troubles") + 1)
    return False


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        alone = bool((cursor.fetchone() or [False])[0])
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
