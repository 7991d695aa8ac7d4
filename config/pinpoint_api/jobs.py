"""Import and export jobs: asked for by a call, done by the worker piece by piece."""

from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.pinpoint_v1 import segments as translating
from campaigns.refusal import Refused
from config import tasks
from config.models import EndpointJob
from config.pinpoint_api import segments
from config.pinpoint_api.calls import Answer, Call
from config.pinpoint_api.paging import page
from contacts.models import Segment
from contacts.segments import RuleError
from contacts.segments.frozen import freeze
from pinpoint.buckets import Place
from pinpoint.v1_api.errors import BadRequest, Forbidden, NotFound
from pinpoint.v1_api.writing import iso

Kind = EndpointJob.Kind
LONGEST_NAME = 120
LONGEST_ADDRESS = 900
# What else it takes to make a segment of who is imported.
DEFINE = ("contacts.add_segment", "contacts.change_segment", "contacts.add_contactlist")


def create_import_job(call: Call) -> Answer:
    """Have files of endpoints brought in."""
    said = call.payload
    _place(said, "S3Url")
    if not said.get("DefineSegment") and not said.get("RegisterEndpoints"):
        raise BadRequest("RegisterEndpoints: ask for endpoints, for a segment, or for both")
    segment = _to_define(call) if said.get("DefineSegment") else None
    return {"ImportJobResponse": described(_made(call, Kind.IMPORT, segment))}


def get_import_job(call: Call) -> Answer:
    """Say how far one is."""
    return {"ImportJobResponse": described(_found(call, Kind.IMPORT))}


def get_import_jobs(call: Call) -> Answer:
    """List those of the application."""
    return {"ImportJobsResponse": _list(call, of_program(call, Kind.IMPORT))}


def get_segment_import_jobs(call: Call) -> Answer:
    """List those that made or changed a segment."""
    segment = segments.found(call)
    jobs = of_program(call, Kind.IMPORT).filter(segment=segment)
    return {"ImportJobsResponse": _list(call, jobs)}


def create_export_job(call: Call) -> Answer:
    """Have endpoints of the application, or of a segment, written to files."""
    _place(call.payload, "S3UrlPrefix")
    segment = _to_export(call)
    rules = None
    if segment is not None:
        if call.key.limited:  # else it would read the people of other applications
            segment.rules = translating.within(segment.rules, call.program.application_id)
        try:
            rules = freeze(segment, call.now)
        except RuleError as problem:
            raise Refused(str(problem)) from problem
    return {"ExportJobResponse": described(_made(call, Kind.EXPORT, segment, rules=rules))}


def get_export_job(call: Call) -> Answer:
    """Say how far one is."""
    return {"ExportJobResponse": described(_found(call, Kind.EXPORT))}


def get_export_jobs(call: Call) -> Answer:
    """List those of the application."""
    return {"ExportJobsResponse": _list(call, of_program(call, Kind.EXPORT))}


def get_segment_export_jobs(call: Call) -> Answer:
    """List those of a segment."""
    segment = segments.found(call)
    jobs = of_program(call, Kind.EXPORT).filter(segment=segment)
    return {"ExportJobsResponse": _list(call, jobs)}


def of_program(call: Call, kind: str) -> QuerySet[EndpointJob]:
    """Return the jobs of an application, with counts of their files. Lazy."""
    done = Count("files", filter=Q(files__done=True, files__failed=False))
    return (
        EndpointJob.objects.filter(program=call.program, kind=kind)
        .select_related("program", "segment")
        .annotate(
            pieces=Count("files"),
            done_pieces=done,
            bad_pieces=Count("files", filter=Q(files__failed=True)),
        )
    )


def described(job: EndpointJob) -> dict[str, Any]:
    """Return a job of `of_program` in Pinpoint's shape."""
    pieces: Any = job
    found = {
        "ApplicationId": job.program.application_id,
        "CompletedPieces": pieces.done_pieces,
        "CreationDate": iso(job.created_at),
        "Definition": job.definition | ({"SegmentId": _id(job)} if job.segment else {}),
        "FailedPieces": pieces.bad_pieces,
        "Failures": job.failures,
        "Id": job.job_id,
        "JobStatus": job.status,
        "TotalFailures": job.failed,
        "TotalPieces": pieces.pieces,
        "TotalProcessed": job.processed,
        "Type": job.kind,
    }
    return found | ({"CompletionDate": iso(job.finished_at)} if job.finished_at else {})


def _id(job: EndpointJob) -> str:
    return job.segment.pinpoint_id if job.segment else ""


def _place(said: dict[str, Any], member: str) -> Place:
    found = Place.of(said[member])
    if found is None or len(said[member]) > LONGEST_ADDRESS:
        raise BadRequest(f"{member}: must be an address such as s3://bucket/folder/")
    return found


def _to_define(call: Call) -> Segment | None:
    """Return the segment that a job is to change; None: a new one. Raises BadRequest."""
    for need in DEFINE:
        if not call.user.has_perm(need):
            raise Forbidden(f"To define a segment the access key needs the permission {need}.")
    said = call.payload
    if len(said.get("SegmentName", "")) > LONGEST_NAME:
        raise BadRequest(f"SegmentName: at most {LONGEST_NAME} characters")
    if not said.get("SegmentId"):
        return None
    own = Segment.objects.filter(application_id=call.program.application_id)
    segment = own.filter(pinpoint_id=said["SegmentId"]).first()
    if segment is None:
        raise BadRequest(f"SegmentId: the application made no segment {said['SegmentId']}")
    if not segments.is_imported(segment):
        raise Refused(_("SegmentId: the segment has rules; only an imported one is imported anew."))
    return segment


def _to_export(call: Call) -> Segment | None:
    """Return the segment whose people are wanted, as it is or was; None: the application's."""
    said = call.payload
    identifier, number = said.get("SegmentId"), said.get("SegmentVersion")
    if not identifier:
        if number is not None:
            raise BadRequest("SegmentVersion: says nothing without a SegmentId")
        return None
    segment = segments.offered(call.program).filter(pinpoint_id=identifier).first()
    if segment is None:
        raise BadRequest(f"SegmentId: the application has no segment {identifier}")
    if number is not None:
        version = segment.versions.filter(number=number).first()
        if version is None:
            raise BadRequest(f"SegmentVersion: the segment has no version {number}")
        segment.rules, segment.version = version.rules, version.number
    return segment


def _made(call: Call, kind: str, segment: Segment | None, **fields: Any) -> EndpointJob:
    """Keep a job, once for each call, and have it begun."""
    made = of_program(call, kind).filter(key=call.key, made_by_call=call.invocation_id)
    if call.invocation_id and (again := made.first()):  # the client tried again
        return again
    job = EndpointJob(
        kind=kind, program=call.program, key=call.key, request_id=call.request_id,
        definition=call.payload, segment=segment, made_by_call=call.invocation_id, **fields,
    )  # fmt: skip
    try:
        with transaction.atomic():
            job.save()
            said = f"Asked for the {job.get_kind_display()} of endpoints."
            LogEntry.objects.log_actions(call.user.pk, [job], ADDITION, said, single_object=True)
            transaction.on_commit(tasks.work_on_endpoint_jobs.delay)
    except IntegrityError:
        if not call.invocation_id:
            raise
        return made.get()  # the same call, tried again, got here first
    return of_program(call, kind).get(pk=job.pk)


def _found(call: Call, kind: str) -> EndpointJob:
    job = of_program(call, kind).filter(job_id=call.params["JobId"]).first()
    if job is None:
        raise NotFound(f"The application has no {kind.lower()} job {call.params['JobId']}.")
    return job


def _list(call: Call, jobs: QuerySet[EndpointJob]) -> Answer:
    rows, token = page(call, jobs)
    items: Answer = {"Item": [described(job) for job in rows]}
    return items | ({"NextToken": token} if token else {})
