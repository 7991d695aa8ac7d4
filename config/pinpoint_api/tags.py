"""Tags of applications, segments, campaigns and templates, by their ARNs."""

from collections.abc import Collection, Mapping

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from config.models import ResourceTag
from config.pinpoint_api.arns import arn
from config.pinpoint_api.calls import Answer, Call
from pinpoint.v1_api.errors import BadRequest, NotFound

MOST = 50  # of one resource
LONGEST_NAME, LONGEST_VALUE = 128, 256


def list_tags_for_resource(call: Call) -> Answer:
    """Return the tags of one thing."""
    return {"TagsModel": {"tags": of(_resource(call))}}


def tag_resource(call: Call) -> Answer:
    """Put tags on a thing, or other values on tags that it has."""
    with transaction.atomic():
        put(_resource(call), call.payload["tags"])
        _audit(call, f"Tagged {_resource(call)}.")
    return {}


def untag_resource(call: Call) -> Answer:
    """Take tags off a thing."""
    with transaction.atomic():
        names: Collection[str] = call.params.get("TagKeys") or ()
        ResourceTag.objects.filter(resource=_resource(call), name__in=names).delete()
        _audit(call, f"Took tags off {_resource(call)}.")
    return {}


def of(resource: str) -> dict[str, str]:
    """Return the tags of an ARN. One query."""
    return dict(ResourceTag.objects.filter(resource=resource).values_list("name", "value"))


def of_each(resources: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the tags of many ARNs. One query."""
    found: dict[str, dict[str, str]] = {resource: {} for resource in resources}
    rows = ResourceTag.objects.filter(resource__in=resources)
    for resource, name, value in rows.values_list("resource", "name", "value"):
        found[resource][name] = value
    return found


def put(resource: str, tags: Mapping[str, str]) -> None:
    """Put tags on an ARN. Raises BadRequest for too many, or too long ones."""
    for name, value in tags.items():
        if not name or len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
            raise BadRequest(
                f"tags: a name has 1 to {LONGEST_NAME} characters, a value {LONGEST_VALUE} at most"
            )
    if len({*of(resource), *tags}) > MOST:
        raise BadRequest(f"tags: {MOST} at most")
    ResourceTag.objects.bulk_create(
        [ResourceTag(resource=resource, name=name, value=value) for name, value in tags.items()],
        update_conflicts=True,
        unique_fields=["resource", "name"],
        update_fields=["value"],
    )


def forget(resource: str) -> None:
    """Drop the tags of something that is deleted."""
    ResourceTag.objects.filter(resource=resource).delete()


def _resource(call: Call) -> str:
    """Return the ARN that a call names. Raises NotFound unless it is one of ours."""
    named = str(call.params["ResourceArn"])
    if not named.startswith(arn("")):
        raise NotFound(f"{named} is not the ARN of anything here.")
    return named


def _audit(call: Call, said: str) -> None:
    LogEntry.objects.log_actions(call.user.pk, [call.key], CHANGE, said, single_object=True)
