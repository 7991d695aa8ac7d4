"""Files of endpoints → contacts, what applications call them, and what they said of consent.

Twice through each file: first every no, so that no yes comes before one. An endpoint that is there
is left alone, whatever became of it since; so running again changes nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby, islice
from operator import attrgetter
from pathlib import PurePosixPath
from typing import NamedTuple

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from compliance import endpoint_consent
from compliance.canonical import Evidence
from compliance.endpoint_consent import Attested
from compliance.models import LedgerEntry, Program
from config.from_pinpoint.finding import Kept
from config.from_pinpoint.report import Outcome, Report
from contacts import endpoint_files, endpoint_order, endpoint_sets, endpoints
from contacts.endpoint_files import Line, Said
from contacts.endpoints import NotTaken
from contacts.models import Endpoint
from contacts.phones import BadPhone
from pinpoint.v1_api.errors import BadRequest
from pinpoint.v1_api.reading import moment

AT_ONCE = 500  # lines of one transaction
# What an endpoint can come without, rather than not at all.
DISPENSABLE = {
    "Demographic.Timezone": ("Demographic", "Timezone"),
    "Location.Country": ("Location", "Country"),
    "Location": ("Location", "Latitude", "Longitude"),
}
Item = tuple[Line, Said]  # all that stands on the line
Note = tuple[int, Outcome, list[str]]  # the number of a line, what became of it, and why


class _New(NamedTuple):
    """An endpoint that is to be written."""

    application: str
    line: Line
    found: Said  # all that stands on the line
    said: Said  # what of it can be written
    reasons: list[str]  # why that is not all


@dataclass(slots=True)
class Moving:
    """Who moves people where."""

    by: User
    report: Report
    # By application ID; those that a dry run would make are not saved.
    programs: Mapping[str, Program]
    default: str = ""  # the application of files that name none
    attested: Sequence[Attested] = ()
    segments: frozenset[str] = frozenset()  # ids of imported ones
    # Segment id → ids of the contacts in its files.
    members: dict[str, set[int]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)  # segments that there is a file of
    digests: dict[str, str] = field(default_factory=dict)  # SHA-256 of each file


def move(files: Sequence[Kept], moving: Moving) -> None:
    """Bring in all files."""
    for file in files:
        _refusals(file, moving)
    for file in files:
        _file(file, moving)


def application_of(file: Kept, found: Said, moving: Moving) -> str:
    """Return the application of an endpoint: its own word, its file's path, or the only one.

    Raises NotTaken where there is none.
    """
    own = found.get("ApplicationId")
    if own:
        if str(own) in moving.programs:
            return str(own)
        raise NotTaken("its ApplicationId is not known; keep what GetApps answers beside it")
    path = PurePosixPath(file.name)
    parts = (*path.parts, path.stem.partition(".")[0])
    if inside := [part for part in parts if part in moving.programs]:
        return inside[-1]
    if not moving.default:
        raise NotTaken("no application is named for it; give --application")
    return moving.default


def _items(file: Kept, report: Report | None = None) -> Iterator[Item]:
    """Yield what stands on each line; what cannot be read goes into the report."""
    with file.opened() as opened:
        lines = endpoint_files.lines(opened)
        header: list[str] = []
        for line in lines:
            try:
                if line.number == 1 and endpoint_files.format_of(line.raw or b"") != "JSON":
                    header = endpoint_files.header_of(line.raw or b"")
                    continue
                found = endpoint_files.found_on(line, header)
            except NotTaken as problem:
                if report:
                    report.note_line(file.name, line.number, Outcome.NOT, [str(problem)])
                continue
            if found is not None:
                yield line, found


def _refusals(file: Kept, moving: Moving) -> None:
    """Record every no of a file, also of those who cannot be brought in."""
    with file.raw() as raw:
        moving.digests[file.name] = hashlib.file_digest(raw, "sha256").hexdigest()  # type: ignore[arg-type]
    refusing = (one for one in _items(file) if one[1].get("OptOut") == "ALL")
    while some := list(islice(refusing, AT_ONCE)):
        noes: dict[str, Evidence] = {}
        for line, found in some:
            try:
                phone = endpoints.phone_of(found).e164
            except (BadPhone, KeyError, TypeError, AttributeError):
                continue
            noes[phone] = {"file_sha256": moving.digests[file.name], "line": line.number}
        if moving.report.dry_run:
            moving.report.opted_out += len(noes)
            continue
        with transaction.atomic():
            name = moving.by.get_username()
            moving.report.opted_out += endpoint_consent.suppress(noes, name)


def _file(file: Kept, moving: Moving) -> None:
    path = PurePosixPath(file.name)
    segments = moving.segments & {*path.parts, path.stem.partition(".")[0]}
    moving.named |= segments
    items, written = _items(file, moving.report), Counter[str]()
    while some := list(islice(items, AT_ONCE)):
        if moving.report.dry_run:
            _try_out(file, some, moving)
            continue
        with transaction.atomic():
            people = _store(file, some, moving, written)
        for segment in segments:
            moving.members.setdefault(segment, set()).update(people)
    for application, count in written.items():
        said = f"Moved {count} endpoints of {file.name[:200]} from Pinpoint."
        LogEntry.objects.log_actions(
            moving.by.pk, [moving.programs[application]], CHANGE, said, single_object=True
        )


def _store(file: Kept, some: Sequence[Item], moving: Moving, count: Counter[str]) -> set[int]:
    """Write endpoints that are not there yet; return whose all of them are."""
    people: set[int] = set()
    said_yes: dict[str, set[str]] = {}
    notes: list[Note] = []
    new = _new(file, some, moving, people, notes)
    for application, group in groupby(new, attrgetter("application")):
        ones = list(group)
        for one, written in zip(ones, _put(application, ones), strict=True):
            if isinstance(written, Exception):
                why = str(written) if isinstance(written, NotTaken) else "it cannot be kept"
                notes.append((one.line.number, Outcome.NOT, [why]))
                continue
            people.add(written.contact.pk)
            count[application] += 1
            if one.found.get("OptOut") == "NONE":
                said_yes.setdefault(application, set()).add(written.contact.phone)
            outcome = Outcome.APPROXIMATELY if one.reasons else Outcome.EXACTLY
            notes.append((one.line.number, outcome, one.reasons))
    for note in sorted(notes):
        moving.report.note_line(file.name, *note)
    _record_yes(file, said_yes, moving)
    return people


def _new(
    file: Kept, some: Sequence[Item], moving: Moving, people: set[int], notes: list[Note]
) -> list[_New]:
    """Return what can be written and is not there yet; note all others, and whose are there."""
    new: list[_New] = []
    there = _there(some, moving)
    for line, found in some:
        try:
            application = application_of(file, found, moving)
            if known := there.get((application, str(found.get("Id")))):
                people.add(known)
                notes.append((line.number, Outcome.THERE, []))
                continue
            new.append(_New(application, line, found, *_forgiven(found)))
        except NotTaken as problem:
            notes.append((line.number, Outcome.NOT, [str(problem)]))
    return new


def _there(some: Sequence[Item], moving: Moving) -> dict[tuple[str, str], int]:
    """Return the contacts of endpoints that are there, by application and endpoint."""
    ids = {str(found["Id"]) for _line, found in some if found.get("Id")}
    rows = Endpoint.objects.filter(application_id__in=moving.programs, endpoint_id__in=ids)
    named = rows.values_list("application_id", "endpoint_id", "contact_id")
    return {(application, name): contact for application, name, contact in named}


def _put(application: str, ones: Sequence[_New]) -> list[endpoint_sets.Outcome]:
    """Write endpoints with what Pinpoint knew of them; return what became of each."""
    items = [
        endpoint_sets.Item(str(one.said.get("Id") or ""), one.said, _past(one.found))
        for one in ones
    ]
    endpoint_order.hold(application, [(item.endpoint_id, item.said) for item in items])
    return endpoint_sets.put_all(application, items, timezone.now())


def _past(found: Said) -> endpoint_sets.Past:
    cohort = str(found.get("CohortId", ""))
    return endpoint_sets.Past(
        effective_at=_moment(found, "EffectiveDate"),
        created_at=_moment(found, "CreationDate"),
        cohort=int(cohort) if cohort.isdecimal() and int(cohort) < 100 else None,
    )


def _forgiven(found: Said) -> tuple[Said, list[str]]:
    """Return what can be written, without what alone would keep it out, and what that was."""
    said, reasons = endpoint_files.said_of(found), list[str]()
    while True:
        try:
            endpoints.try_out(said.get("Id") or "new", said)
        except NotTaken as problem:
            names = DISPENSABLE.get(str(problem).partition(":")[0])
            group = said.get(names[0], {}) if names else {}
            if not names or not group.keys() & set(names[1:]):
                raise
            reasons.append(f"Left out: {problem}.")
            said[names[0]] = {key: value for key, value in group.items() if key not in names[1:]}
        else:
            return said, reasons


def _moment(found: Said, member: str) -> datetime:
    try:
        return moment(str(found.get(member, "")), member).astimezone(UTC)
    except (BadRequest, OverflowError):
        return timezone.now()


def _try_out(file: Kept, some: Sequence[Item], moving: Moving) -> None:
    """Tell what would become of some endpoints."""
    there = _there(some, moving)
    for line, found in some:
        try:
            application = application_of(file, found, moving)
            if (application, str(found.get("Id"))) in there:
                moving.report.note_line(file.name, line.number, Outcome.THERE, [])
                continue
            _said, reasons = _forgiven(found)
        except NotTaken as problem:
            moving.report.note_line(file.name, line.number, Outcome.NOT, [str(problem)])
            continue
        outcome = Outcome.APPROXIMATELY if reasons else Outcome.EXACTLY
        moving.report.note_line(file.name, line.number, outcome, reasons)


def _record_yes(file: Kept, said_yes: Mapping[str, set[str]], moving: Moving) -> None:
    for application, phones in said_yes.items():
        moving.report.opted_in += endpoint_consent.record(
            moving.programs[application].pk,
            said_no=[],
            said_yes=sorted(phones),
            attested=moving.attested,
            evidence={"file_sha256": moving.digests[file.name]},
            recorded_by=moving.by.get_username(),
            source=LedgerEntry.Source.IMPORT,
        )
