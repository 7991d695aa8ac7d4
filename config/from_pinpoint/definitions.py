"""Applications, templates, segments and campaigns that were kept → what they are here.

All keep their ids. What has an id that is known here is left alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from campaigns import actions
from campaigns.models import MessageTemplate
from campaigns.pinpoint_v1 import segments as translating
from campaigns.refusal import Refused
from compliance.models import Program
from config.from_pinpoint import answers
from config.from_pinpoint.finding import Thing
from config.from_pinpoint.report import Outcome, Report
from config.pinpoint_api import segments, tags, templates
from config.pinpoint_api.apps import resource
from config.pinpoint_api.elsewhere import elsewhere
from contacts.lists import ListRefused
from contacts.models import Contact, Segment, everyone
from pinpoint.v1_api.errors import ApiError

# What an action says no with, in words.
NOES = (Refused, ApiError, ValidationError, ListRefused, PermissionDenied)
NO_PEOPLE = (
    "It was imported: put an export of its people into a folder named by its ID, and move it again."
)


class _Later(Exception):  # noqa: N818 - it is no error
    """A segment that is asked for is not there yet."""


@dataclass(slots=True)
class Bringing:
    """Who brings what where."""

    by: User
    report: Report
    programs: dict[str, Program]
    # Of imported segments: who stands in their files; and of which there is one.
    members: Mapping[str, set[int]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)

    def carry(
        self, kind: str, thing: Thing, name: str, there: bool, make: Callable[[], list[str]]
    ) -> bool:
        """Make something, all of it or nothing, and report; False if it is not to be.

        `make` returns why it is not exactly what it was.
        """
        identifier = str(thing.get("Id", name))
        if there:
            self.report.note(kind, identifier, name, Outcome.THERE)
            return True
        try:
            with transaction.atomic():
                reasons = make()
        except NOES as no:
            said = " ".join(no.messages) if isinstance(no, ValidationError) else str(no)
            self.report.note(kind, identifier, name, Outcome.NOT, [said or type(no).__name__])
            return False
        outcome = Outcome.APPROXIMATELY if reasons else Outcome.EXACTLY
        self.report.note(kind, identifier, name, outcome, reasons)
        return True


def bring_programs(things: Iterable[Thing], named: Iterable[str], bringing: Bringing) -> None:
    """Make the applications that were kept, and those that other things only name."""
    kept = {str(thing["Id"]): thing for thing in things}
    kept |= {one: {"Id": one} for one in named if one not in kept}
    known = {one.application_id: one for one in Program.objects.filter(application_id__in=kept)}
    bringing.programs |= known
    for identifier, thing in kept.items():
        name = str(thing.get("Name") or f"Pinpoint {identifier[:8]}")

        def make(thing: Thing = thing, name: str = name) -> list[str]:
            return _program(thing, name, bringing)

        bringing.carry("application", thing, name, identifier in known, make)


def _program(thing: Thing, name: str, bringing: Bringing) -> list[str]:
    taken = set(Program.objects.values_list("name", flat=True))
    free = next(one for one in _spellings(name) if one not in taken)
    program = Program(name=free, brand=name[:100], application_id=str(thing["Id"]))
    program.full_clean()
    program.save()
    tags.put(resource(program), thing.get("tags") or {})
    said = "Moved from Pinpoint."
    LogEntry.objects.log_actions(bringing.by.pk, [program], ADDITION, said, single_object=True)
    bringing.programs[program.application_id] = program
    reasons = [] if free == name else [f"It is called “{free}” here, where the name was taken."]
    if "Name" not in thing:
        reasons.append("Only its ID was found; give it its name and brand.")
    return reasons


def _spellings(name: str) -> Iterable[str]:
    yield name[:100]
    for number in range(2, 10_000):
        yield f"{name[:90]} ({number})"


def bring_templates(things: Iterable[Thing], bringing: Bringing) -> None:
    """Write the texts that were kept, the latest version of each."""
    for thing in answers.latest(things, "TemplateName"):

        def make(thing: Thing = thing) -> list[str]:
            return _template(thing, bringing)

        name = str(thing["TemplateName"])
        there = MessageTemplate.objects.filter(name=name).exists()
        bringing.carry("template", thing, name, there, make)


def _template(thing: Thing, bringing: Bringing) -> list[str]:
    if thing["TemplateType"] != "SMS":
        raise Refused(f"Sendpoint sends SMS; it is a template of the type {thing['TemplateType']}.")
    if "Body" not in thing:
        raise Refused("ListTemplates does not tell its text; keep what GetSmsTemplate answers.")
    request = answers.request("SMSTemplateRequest", thing)
    words = templates.words_of(request, actions.Words(""))
    template = MessageTemplate(name=thing["TemplateName"])
    actions.write_template(template, words, bringing.by, " from Pinpoint")
    tags.put(templates.arn_of(template), thing.get("tags") or {})
    return answers.renumbered(thing, 1)


def bring_segments(things: Iterable[Thing], bringing: Bringing) -> None:
    """Make the segments that were kept with their versions, those that others ask for first."""
    versions: dict[str, dict[int, Thing]] = {}
    for thing in things:
        versions.setdefault(str(thing["Id"]), {})[answers.number(thing)] = thing
    waiting = {one: [known[n] for n in sorted(known)] for one, known in versions.items()}
    known = set(
        Segment.everything.filter(pinpoint_id__in=waiting).values_list("pinpoint_id", flat=True)
    )
    while waiting:
        before = len(waiting)
        for identifier, all_of_it in list(waiting.items()):
            if _bring_segment(all_of_it, identifier in known, bringing, waiting.keys()):
                del waiting[identifier]
        if len(waiting) == before:  # they ask for each other, which Pinpoint did not let them
            for identifier, all_of_it in waiting.items():
                why = ["SegmentGroups: it asks for a segment that asks for it."]
                bringing.report.note(
                    "segment", identifier, answers.name(all_of_it[-1]), Outcome.NOT, why
                )
            return


def _bring_segment(
    all_of_it: Sequence[Thing], there: bool, bringing: Bringing, waiting: Iterable[str]
) -> bool:
    """Make one; False if another one comes first."""
    others = set(waiting) - {str(all_of_it[-1]["Id"])}
    last = all_of_it[-1]
    try:
        bringing.carry(
            "segment",
            last,
            answers.name(last),
            there,
            lambda: _segment(all_of_it, bringing, others),
        )
    except _Later:
        return False
    return True


def _segment(all_of_it: Sequence[Thing], bringing: Bringing, waiting: set[str]) -> list[str]:
    last = all_of_it[-1]
    program = program_of(last, bringing)
    segment = Segment(application_id=program.application_id, pinpoint_id=str(last["Id"]))
    reasons: list[str] = []
    if last["SegmentType"] == "IMPORT":
        _imported(segment, last, bringing)
    else:
        for thing in all_of_it:
            reasons = _ruled(segment, thing, program, bringing, waiting)
    tags.put(segments.arn_of(segment, program), last.get("tags") or {})
    return reasons + answers.renumbered(last, segment.version)


def _imported(segment: Segment, thing: Thing, bringing: Bringing) -> None:
    identifier, request = str(thing["Id"]), {"Name": answers.name(thing)}
    if identifier not in bringing.named:
        raise Refused(NO_PEOPLE)
    if bringing.report.dry_run:  # nobody was brought in
        actions.save_segment(segment, everyone(), bringing.by, request)
        return
    kept = {
        name: str(thing.get("ImportDefinition", {}).get(name, ""))
        for name in ("ExternalId", "Format", "RoleArn", "S3Url")
    }
    people = Contact.objects.filter(pk__in=bringing.members.get(identifier, ()))
    actions.save_imported_segment(
        segment, people, bringing.by,
        request=request | {"ImportDefinition": kept | {"Format": kept["Format"] or "CSV"}},
        origin=kept["S3Url"] or "Pinpoint",
    )  # fmt: skip


def _ruled(
    segment: Segment, thing: Thing, program: Program, bringing: Bringing, waiting: set[str]
) -> list[str]:
    request = answers.request("WriteSegmentRequest", thing)
    if request.get("Dimensions") and request.get("SegmentGroups"):
        del request["Dimensions"]  # Pinpoint told both of some: the groups are what counts
    reasons: list[str] = []

    def source(identifier: str, number: int | None) -> dict[str, Any]:
        if identifier in waiting:
            raise _Later
        one = segments.offered(program).filter(pinpoint_id=identifier).first()
        if one is None:
            raise Refused(f"SourceSegments: there is no segment {identifier}; move it as well.")
        version = one.versions.filter(number=number).first() if number else None
        if version and version.number != one.version:
            return dict(version.rules)
        if number and not version:
            reasons.append(f"It asks for {identifier} as it is, not for its version {number}.")
        return {"field": "segment", "op": "is", "values": [str(one.pk)]}

    rules = translating.within(translating.rules_of(request, source), program.application_id)
    kept = {name: request[name] for name in segments.ASKED if name in request}
    actions.save_segment(segment, rules, bringing.by, kept | {"Name": answers.name(thing)})
    return reasons


def note_others(things: Mapping[str, Sequence[tuple[str, Thing]]], report: Report) -> None:
    """Say of what else was found what to use instead."""
    advice = {
        "journey": elsewhere("CreateJourney"),
        "event stream": "Call PutEventStream, or add the stream in the admin under Outgoing.",
        "settings": "Set its hours and limits on the program's page, or by "
        "UpdateApplicationSettings.",
    }
    for kind, why in advice.items():
        for file, thing in things.get(kind, ()):
            identifier = str(thing.get("Id") or thing.get("ApplicationId") or file)
            report.note(kind, identifier, answers.name(thing), Outcome.NOT, [why])


def program_of(thing: Thing, bringing: Bringing) -> Program:
    """Return the application of something. Raises Refused."""
    program = bringing.programs.get(str(thing.get("ApplicationId")))
    if program is None:
        raise Refused("Its ApplicationId is not known; move the application as well.")
    return program
