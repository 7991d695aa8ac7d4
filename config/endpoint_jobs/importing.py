"""An import: files from S3 → endpoints, consent, and a segment of who stands in them."""

import gzip
import time
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import actions
from campaigns.refusal import Refused
from config.endpoint_jobs import progress
from config.models import EndpointJob, EndpointJobFile, EndpointJobMember
from config.pinpoint_api import segments
from config.pinpoint_api.calls import Call
from config.pinpoint_api.endpoints import record_consent
from contacts import endpoint_files, endpoint_order, endpoint_sets, endpoints
from contacts.endpoint_files import Line, Said
from contacts.endpoints import NotTaken
from contacts.lists import ListRefused
from contacts.models import Contact, Endpoint, Segment
from contacts.phones import BadPhone
from pinpoint import buckets
from pinpoint.buckets import Found, Place
from pinpoint.ids import new_id

Status = EndpointJob.Status
MOST_FILES = 10_000
AT_ONCE = 200  # lines of one transaction
DAMAGED = (gzip.BadGzipFile, zlib.error, EOFError)
Item = tuple[Line, Said]
Written = list[Endpoint] | NotTaken | DataError


def go_on(job: EndpointJob, client: Any, until: float) -> None:
    """Bring a job on, for a while. Raises Overtaken, and what boto3 raises."""
    if job.status == Status.CREATED:
        progress.move(job, Status.INITIALIZING)
    if job.status == Status.INITIALIZING and not _look(job, client):
        return
    while (file := job.files.filter(done=False).order_by("number").first()) is not None:
        if not _read(job, file, client, until):
            return
    if job.status == Status.PROCESSING:
        progress.move(job, Status.COMPLETING)
    _complete(job)


def place_of(job: EndpointJob) -> Place:
    """Return where its files are."""
    found = Place.of(job.definition["S3Url"])
    if found is None:
        raise ValueError("the job was made for no place in S3")
    return found


def _look(job: EndpointJob, client: Any) -> bool:
    """Note which files there are; False if the job ends here."""
    found = list(islice(buckets.files(client, place_of(job)), MOST_FILES + 1))
    if len(found) > MOST_FILES:
        progress.fail(job, f"S3Url: there are more than {MOST_FILES:,} files; name a folder of it.")
        return False
    if not found:
        progress.fail(job, "S3Url: there is no file at this address.")
        return False
    with transaction.atomic():
        progress.move(job, Status.PROCESSING)
        job.files.bulk_create(
            EndpointJobFile(job=job, number=number, key=one.key, size=one.size, etag=one.etag)
            for number, one in enumerate(found, 1)
        )
    return True


def _read(job: EndpointJob, file: EndpointJobFile, client: Any, until: float) -> bool:
    """Bring in a file from where it stands; False if time is over before its end."""
    found = Found(file.key, file.size, file.etag)
    try:
        with buckets.opened(client, place_of(job).bucket, found, file.offset) as opened:
            return _bring_in(job, file, opened, until)
    except DAMAGED:
        _give_up(job, file, "the .gz archive is damaged")
    return True


def _bring_in(job: EndpointJob, file: EndpointJobFile, opened: IO[bytes], until: float) -> bool:
    lines = endpoint_files.lines(opened, file.offset, file.line)
    if not file.line and not _begins(job, file, lines):
        return True
    while some := list(islice(lines, AT_ONCE)):
        _store(job, file, some)
        if time.monotonic() > until:
            return False
    _advance(file, done=True)
    return True


def _begins(job: EndpointJob, file: EndpointJobFile, lines: Iterator[Line]) -> bool:
    """Read the first line of a file; False if the rest of it is not to be read."""
    first = next(lines, None)
    raw = (first and first.raw) or b""
    if first is None or endpoint_files.format_of(raw) != job.definition["Format"]:
        _advance(file, done=True)  # a file of the other format, which Pinpoint passed over too
        return False
    if job.definition["Format"] == endpoint_files.JSON:
        _store(job, file, [first])
        return True
    try:
        header = endpoint_files.header_of(raw)
    except NotTaken as problem:
        _give_up(job, file, str(problem))
        return False
    _advance(file, header=header, offset=first.end, line=first.number)
    return True


def _advance(file: EndpointJobFile, **fields: Any) -> None:
    """Note how far a file is. Raises Overtaken."""
    same = EndpointJobFile.objects.filter(pk=file.pk, offset=file.offset, done=False)
    if not same.update(**fields):
        raise progress.Overtaken
    for name, value in fields.items():
        setattr(file, name, value)


def _give_up(job: EndpointJob, file: EndpointJobFile, why: str) -> None:
    with transaction.atomic():
        _advance(file, done=True, failed=True)
        progress.count(progress.held(job), 0, [f"{_where(job, file)}: {why}"])


def _where(job: EndpointJob, file: EndpointJobFile) -> str:
    return str(Place(place_of(job).bucket, file.key))


def _store(job: EndpointJob, file: EndpointJobFile, some: Sequence[Line]) -> None:
    """Write the endpoints of some lines, all that they say of consent, and how far it is."""
    with transaction.atomic():
        row = progress.held(job)
        _advance(file, offset=some[-1].end, line=some[-1].number)
        failures: list[str] = []
        items = _items(job, file, some, failures)
        said_by: list[tuple[str, Said]] = []
        people: set[int] = set()
        for (line, said), written in zip(items, _write(job, items), strict=True):
            if isinstance(written, Exception):
                # What the database says may hold the line itself.
                why = written if isinstance(written, NotTaken) else "it cannot be kept"
                failures.append(f"{_where(job, file)}, line {line.number}: {why}")
                said_by += _refusing(said)
                continue
            said_by += [(endpoint.contact.phone, said) for endpoint in written]
            people |= {endpoint.contact.pk for endpoint in written}
        record_consent(call_of(job), said_by)
        if job.definition.get("DefineSegment"):
            EndpointJobMember.objects.bulk_create(
                [EndpointJobMember(job=job, contact_id=pk) for pk in sorted(people)],
                ignore_conflicts=True,
            )
        progress.count(row, len(items), failures)


def _refusing(said: Said) -> list[tuple[str, Said]]:
    """Return who says no on a line that is not taken: a no counts wherever it stands."""
    if said.get("OptOut") != "ALL" or not said.get("Address"):
        return []
    try:
        return [(endpoints.phone_of(said).e164, said)]
    except BadPhone:
        return []


def _items(
    job: EndpointJob, file: EndpointJobFile, some: Sequence[Line], failures: list[str]
) -> list[Item]:
    """Return what the lines say.

    By number, as calls write them (endpoint_order), but in the file's own order where several lines
    are about one endpoint: the last one counts.
    """
    found: list[Item] = []
    for line in some:
        try:
            said = endpoint_files.said_on(line, file.header)
        except NotTaken as problem:
            failures.append(f"{_where(job, file)}, line {line.number}: {problem}")
            continue
        if said is not None:
            found.append((line, said))
    ids = [said["Id"] for _line, said in found if said.get("Id")]
    if len(ids) > len(set(ids)):
        return found
    return sorted(found, key=lambda one: endpoint_order.number_of(one[1]))


def _write(job: EndpointJob, items: Sequence[Item]) -> list[Written]:
    """Write the endpoints of some lines in their order, as many at once as can be."""
    application, written = job.program.application_id, list[Written]()
    endpoint_order.hold(application, [(said.get("Id", ""), said) for _line, said in items])
    for plain, some in groupby(items, lambda item: _is_plain(job, item[1])):
        if plain:
            named = [endpoint_sets.Item(said.get("Id", ""), said) for _line, said in some]
            found = endpoint_sets.put_all(application, named, timezone.now())
            written += [one if isinstance(one, Exception) else [one] for one in found]
        else:
            written += [_write_one(job, said) for _line, said in some]
    return written


def _is_plain(job: EndpointJob, said: Said) -> bool:
    """Tell whether a line is about one number that is to be registered."""
    return bool(said.get("Address") and job.definition.get("RegisterEndpoints"))


def _write_one(job: EndpointJob, said: Said) -> Written:
    try:
        with transaction.atomic():
            return _put_or_find(job, said)
    except (NotTaken, DataError) as problem:
        return problem


def _put_or_find(job: EndpointJob, said: Said) -> list[Endpoint]:
    """Write an endpoint, or only find whom a line means. Raises NotTaken."""
    application = job.program.application_id
    if not said.get("Address") and not said.get("Id"):
        return _of_users(application, said)
    registering = job.definition.get("RegisterEndpoints")
    known = None if registering and said.get("Id") else _known(application, said)
    if known is not None and not registering:
        return [known]
    endpoint_id = said.get("Id") or (known.endpoint_id if known else new_id())
    now = timezone.now()
    return [endpoints.put(application, endpoint_id, said, now, tell=False)]


def _of_users(application: str, said: Said) -> list[Endpoint]:
    """Return the endpoints of the users on a line; their IDs stand there between blanks."""
    named = (said.get("User") or {}).get("UserId", "").split()
    if not named:
        raise NotTaken("an endpoint needs an Address or an Id, or a User.UserId alone")
    found = [endpoint for user in named for endpoint in endpoints.of_user(application, user)]
    if not found:
        raise NotTaken("User.UserId: the application has no endpoints of this user")
    return [endpoint for endpoint in found if endpoint.active]


def _known(application: str, said: Said) -> Endpoint | None:
    """Return the endpoint that a line means, if the application has it."""
    if said.get("Id"):
        return endpoints.find(application, said["Id"])
    try:
        return endpoints.active_of(application, endpoints.phone_of(said).e164)
    except BadPhone as problem:
        raise NotTaken(f"Address: {problem}") from problem


def call_of(job: EndpointJob) -> Call:
    """Return the call that made a job, as far as what is done for it needs it."""
    return Call(
        operation="CreateImportJob",
        params={},
        key=job.key,
        user=job.key.user,
        now=timezone.now(),
        request_id=job.request_id,
        application=job.program,
    )


def _complete(job: EndpointJob) -> None:
    """Make the segment, if one is wanted, and end the job."""
    job.refresh_from_db()
    failed = job.files.filter(failed=True).count()
    if failed:
        progress.fail(job, f"{failed} of its files could not be read; see the failures.")
        return
    if not job.processed and not job.failed:
        kind = job.definition["Format"]
        progress.fail(job, f"S3Url: there is no file in the format {kind} with endpoints in it.")
        return
    try:
        with transaction.atomic():
            progress.held(job)
            if job.definition.get("DefineSegment"):
                job.segment = _segment(job)
                job.members.all().delete()
            progress.finish(job, f"Imported {job.processed} endpoints, {job.failed} failed.")
    except (ListRefused, Refused, PermissionDenied) as problem:
        progress.fail(job, str(problem) or "The access key may make segments no more.")


def _segment(job: EndpointJob) -> Segment:
    said = job.definition
    people = Contact.objects.filter(pk__in=job.members.values("contact"))
    name = _("Import {}").format(job.job_id[:8])
    segment = Segment(application_id=job.program.application_id)
    if said.get("SegmentId"):
        there = segments.offered(job.program).filter(pinpoint_id=said["SegmentId"]).first()
        if there is None:
            raise Refused(_("SegmentId: the segment was deleted meanwhile."))
        segment, name = there, segments.name_of(there)
    name = said.get("SegmentName") or name
    definition = {member: said.get(member, "") for member in ("ExternalId", "Format", "RoleArn")}
    return actions.save_imported_segment(
        segment, people, job.key.user,
        request={"Name": name, "ImportDefinition": definition | {"S3Url": said["S3Url"]}},
        origin=f"{said['S3Url']}, {job.job_id}",
    )  # fmt: skip
