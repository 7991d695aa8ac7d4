"""An export: endpoints → files of JSON lines in S3, packed, a file for each piece."""

import gzip
import tempfile
import time
from collections.abc import Sequence
from typing import IO, Any

import orjson
from django.db import transaction
from django.db.models import F

from config.endpoint_jobs import progress
from config.endpoint_jobs.importing import call_of
from config.models import EndpointJob, EndpointJobFile
from config.pinpoint_api.endpoints import described
from contacts import endpoints, segments
from contacts.models import Endpoint
from pinpoint import buckets
from pinpoint.buckets import Place

Status = EndpointJob.Status
AT_ONCE = 2_000  # endpoints in memory
MOST_OF_FILE = 100_000
IN_MEMORY = 1024 * 1024  # bytes of a file that are not on the disk


def go_on(job: EndpointJob, client: Any, until: float) -> None:
    """Bring a job on, for a while. Raises Overtaken, and what boto3 raises."""
    if job.status == Status.CREATED:
        progress.move(job, Status.PROCESSING)
    while _write_file(job, client, until):
        if time.monotonic() > until:
            return
    with transaction.atomic():
        row = progress.held(job)
        place = job.definition["S3UrlPrefix"]
        progress.finish(job, f"Exported {row.processed} endpoints to {place}."[: progress.LONGEST])


def _write_file(job: EndpointJob, client: Any, until: float) -> bool:
    """Write the next file and note how far it is; False if nothing is left for one.

    Where a worker dies in between the next one writes the file anew, under the same name.
    """
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        written, after = _fill(job, file, until)
        if not written:
            return False
        number, size = job.files.count() + 1, file.tell()
        place = _place(job, number)
        buckets.put(client, place, file)
        with transaction.atomic():
            row = progress.held(job)
            EndpointJobFile.objects.create(
                job=job, number=number, key=place.key, size=size, done=True, line=written
            )
            progress.count(row, written, [], after=after)
    job.after = after
    return True


def _fill(job: EndpointJob, file: IO[bytes], until: float) -> tuple[int, int]:
    """Write a file's endpoints; return how many they are, and which is the last."""
    written, after = 0, job.after
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
        while rows := _next(job, after):
            for one in described(call_of(job), rows):
                packed.write(orjson.dumps(one) + b"\n")
            written += len(rows)
            after = rows[-1].contact.pk if job.rules else rows[-1].pk
            if written >= MOST_OF_FILE or time.monotonic() > until:
                break
    return written, after


def _next(job: EndpointJob, after: int) -> Sequence[Endpoint]:
    """Return the next endpoints of the application, or of who is in the segment."""
    application = job.program.application_id
    if not job.rules:
        rows = Endpoint.objects.select_related("contact").filter(application_id=application)
        return list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE])
    people = segments.matching(job.rules).filter(pk__gt=after).order_by(F("pk").asc())
    return endpoints.of_contacts(application, list(people[:AT_ONCE]))


def _place(job: EndpointJob, number: int) -> Place:
    said = Place.of(job.definition["S3UrlPrefix"])
    if said is None:
        raise ValueError("the job was made for no place in S3")
    folder = said.key.rstrip("/") + "/" if said.key.strip("/") else ""
    return Place(said.bucket, f"{folder}{job.job_id}/{number:05}.gz")
