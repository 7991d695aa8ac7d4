"""Segments: those that a program made for its application, and those made in the admin for all."""

from typing import Any

from django.db import transaction
from django.db.models import F, Prefetch, QuerySet
from django.utils.translation import gettext as _

from campaigns import actions
from campaigns.pinpoint_v1 import segments as translating
from campaigns.refusal import Refused
from compliance.models import Program
from config.pinpoint_api import tags
from config.pinpoint_api.arns import arn
from config.pinpoint_api.calls import Answer, Call
from config.pinpoint_api.paging import page
from contacts.models import ContactList, Segment, SegmentVersion
from contacts.segments import saving
from pinpoint.v1_api.errors import NotFound
from pinpoint.v1_api.writing import iso

# What of a WriteSegmentRequest says who is found.
ASKED = ("Dimensions", "SegmentGroups")


def create_segment(call: Call) -> Answer:
    """Make one from Dimensions or SegmentGroups; from neither it is everyone."""
    request = call.payload
    rules = _rules_of(call)
    segment = Segment(application_id=call.program.application_id)
    named = {"Name": request.get("Name", "")}
    with transaction.atomic():
        actions.save_segment(segment, rules, call.user, _kept(request) | named)
        tags.put(arn_of(segment, call.program), request.get("tags", {}))
    return _answer(segment, call)


def get_segment(call: Call) -> Answer:
    """Describe one as it is now."""
    return _answer(found(call), call)


def get_segments(call: Call) -> Answer:
    """List them."""
    rows, token = page(call, offered(call.program))
    return _list([described(one, call.program, present(one)) for one in rows], token)


def update_segment(call: Call) -> Answer:
    """Change what is given: the name, the rules, or both."""
    with transaction.atomic():
        return _answer(_rewritten(call), call)


def _rewritten(call: Call) -> Segment:
    """Change the segment that a call names; a second call goes on from what the first made."""
    saving.hold()
    segment, request = found(call), call.payload
    if not segment.application_id and call.key.limited:
        raise Refused(_("It was made in the admin for all applications, and is changed there."))
    rules = segment.rules
    written = _written(present(segment))
    kept = {name: written[name] for name in (*ASKED, "ImportDefinition") if name in written}
    if "Dimensions" in request or "SegmentGroups" in request:
        if _imported(segment.rules):
            raise Refused(_("Dimensions: an imported segment has none. Import another one."))
        rules = _rules_of(call)
        kept = {}
    name = {"Name": request.get("Name") or name_of(segment)}
    actions.save_segment(segment, rules, call.user, kept | _kept(request) | name)
    tags.put(arn_of(segment, call.program), request.get("tags", {}))
    return segment


def delete_segment(call: Call) -> Answer:
    """Offer it no more."""
    segment = found(call)
    if not segment.application_id and call.key.limited:
        raise Refused(_("It was made in the admin for all applications, and is deleted there."))
    answer = _answer(segment, call)
    with transaction.atomic():
        actions.delete_segment(segment.pk, call.user)
        tags.forget(arn_of(segment, call.program))
    return answer


def get_segment_version(call: Call) -> Answer:
    """Describe one as it was."""
    segment, number = found(call), call.params["Version"]
    version = segment.versions.filter(number=int(number)).first() if number.isdecimal() else None
    if version is None:
        raise NotFound(f"The segment has no version {number}.")
    return _answer(segment, call, version)


def get_segment_versions(call: Call) -> Answer:
    """List all that it was."""
    segment = found(call)
    rows, token = page(call, segment.versions.all())
    return _list([described(segment, call.program, version) for version in rows], token)


def offered(program: Program) -> QuerySet[Segment]:
    """Return the segments that an application may name, with their present versions. Lazy."""
    present = SegmentVersion.objects.filter(number=F("segment__version"))
    return Segment.objects.filter(application_id__in=["", program.application_id]).prefetch_related(
        Prefetch("versions", present, to_attr="present")
    )


def found(call: Call) -> Segment:
    """Return the segment that a call names. Raises NotFound."""
    segment = offered(call.program).filter(pinpoint_id=call.params["SegmentId"]).first()
    if segment is None:
        raise NotFound(f"The application has no segment {call.params['SegmentId']}.")
    return segment


def described(segment: Segment, program: Program, version: SegmentVersion | None) -> dict[str, Any]:
    """Return a version of a segment of `offered` in Pinpoint's shape, without tags."""
    rules = version.rules if version else segment.rules
    number = version.number if version else segment.version
    application = program.application_id
    answer = {
        "ApplicationId": application,
        "Arn": arn_of(segment, program),
        "CreationDate": iso(segment.created_at),
        "Id": segment.pinpoint_id,
        "LastModifiedDate": iso(version.saved_at if version else segment.updated_at),
        "Name": _name_then(segment, version),
        "SegmentType": "DIMENSIONAL",
        "Version": number,
    }
    if imported := _imported(rules):
        kept = _written(version).get("ImportDefinition", {})
        return answer | {"SegmentType": "IMPORT", "ImportDefinition": imported | kept}
    written = _kept(_written(version))
    asked = translating.without(rules, application)
    return answer | (written or translating.request_of(asked, _ids(program)) or {})


def arn_of(segment: Segment, program: Program) -> str:
    """Return the ARN of a segment in an application."""
    return arn(f"apps/{program.application_id}/segments/{segment.pinpoint_id}")


def name_of(segment: Segment) -> str:
    """Return what its program calls it, unless somebody renamed it here."""
    version = present(segment)
    if version and version.written and version.written["name"] == segment.name:
        return str(version.written["request"]["Name"])
    return segment.name


def _name_then(segment: Segment, version: SegmentVersion | None) -> str:
    """Return what a segment was called in a version, where its program said."""
    then = _written(version).get("Name")
    return str(then) if then and version != present(segment) else name_of(segment)


def present(segment: Segment) -> SegmentVersion | None:
    """Return the version that a segment of `offered` is in."""
    found: list[SegmentVersion] = segment.present  # type: ignore[attr-defined]
    return found[0] if found else None


def is_imported(segment: Segment) -> bool:
    """Tell whether a segment is one of Pinpoint's imported ones: the people of one list."""
    return _imported(segment.rules) is not None


def _answer(segment: Segment, call: Call, version: SegmentVersion | None = None) -> Answer:
    fresh = offered(call.program).get(pk=segment.pk)
    found = described(fresh, call.program, version or present(fresh))
    return {"SegmentResponse": found | {"tags": tags.of(found["Arn"])}}


def _list(items: list[dict[str, Any]], token: str) -> Answer:
    tagged = tags.of_each({item["Arn"] for item in items})
    answer: Answer = {"Item": [item | {"tags": tagged[item["Arn"]]} for item in items]}
    return {"SegmentsResponse": answer | ({"NextToken": token} if token else {})}


def _written(version: SegmentVersion | None) -> dict[str, Any]:
    return dict(version.written["request"]) if version and version.written else {}


def _kept(request: dict[str, Any]) -> dict[str, Any]:
    return {name: request[name] for name in ASKED if name in request}


def _rules_of(call: Call) -> dict[str, Any]:
    """Return what is asked for, of the application's own people."""
    rules = translating.rules_of(call.payload, _sources(call.program))
    return translating.within(rules, call.program.application_id)


def _sources(program: Program) -> translating.Sources:
    def rule(identifier: str, number: int | None) -> dict[str, Any]:
        segment = offered(program).filter(pinpoint_id=identifier).first()
        if segment is None:
            message = _("SourceSegments: the application has no segment {}.")
            raise Refused(message.format(identifier))
        if number is None:
            return {"field": "segment", "op": "is", "values": [str(segment.pk)]}
        version = segment.versions.filter(number=number).first()
        if version is None:
            message = _("SourceSegments: the segment {id} has no version {number}.")
            raise Refused(message.format(id=identifier, number=number))
        return dict(version.rules)

    return rule


def _ids(program: Program) -> translating.Ids:
    def identifier(pk: int) -> str | None:
        return offered(program).filter(pk=pk).values_list("pinpoint_id", flat=True).first()

    return identifier


def _imported(rules: dict[str, Any]) -> dict[str, Any] | None:
    """Return what Pinpoint says of an imported segment: here, the people of one list."""
    asked = rules["rules"]
    if rules["match"] == "none" or len(asked) != 1 or asked[0].get("field") != "list":
        return None
    if asked[0]["op"] != "is" or len(asked[0]["values"]) != 1:
        return None
    lists = ContactList.objects.filter(pk=asked[0]["values"][0])
    sizes = lists.values_list("people", flat=True)
    people = sizes.first() or 0  # the list of an old version may be gone
    return {
        "ChannelCounts": {"SMS": people},
        "ExternalId": "",
        "Format": "CSV",
        "RoleArn": "",
        "S3Url": "",
        "Size": people,
    }
