"""TagResource and its kin: tags of what a key may name, by its ARN."""

import re
from collections.abc import Collection

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from campaigns.models import MessageTemplate
from compliance.models import Program
from config.models import ResourceTag
from config.pinpoint_api import apps, campaigns, segments, tags, templates
from config.pinpoint_api.arns import arn
from config.pinpoint_api.calls import Answer, Call
from pinpoint.v1_api.errors import NotFound

# Region and account are those of whoever wrote the program; the rest says what is meant.
ARN = re.compile(r"arn:aws[a-z-]*:mobiletargeting:[^:]*:[^:]*:(?P<resource>.+)")
OF_APP = re.compile(r"apps/(?P<app>[^/]+)(?:/(?P<kind>campaigns|segments)/(?P<id>[^/]+))?")
OF_TEMPLATE = re.compile(rf"templates/(?P<name>[^/]+)/{templates.SMS}")


def list_tags_for_resource(call: Call) -> Answer:
    """Return the tags of one thing."""
    return {"TagsModel": {"tags": tags.of(_resource(call))}}


def tag_resource(call: Call) -> Answer:
    """Put tags on a thing, or other values on tags that it has."""
    resource = _resource(call)
    with transaction.atomic():
        tags.put(resource, call.payload["tags"])
        _audit(call, f"Tagged {resource}.")
    return {}


def untag_resource(call: Call) -> Answer:
    """Take tags off a thing."""
    resource = _resource(call)
    with transaction.atomic():
        names: Collection[str] = call.params.get("TagKeys") or ()
        ResourceTag.objects.filter(resource=resource, name__in=names).delete()
        _audit(call, f"Took tags off {resource}.")
    return {}


def _resource(call: Call) -> str:
    """Return the ARN that a call names, as it is written here.

    Raises NotFound unless it is that of something that is here, and that the key may name.
    """
    named = str(call.params["ResourceArn"])
    found = ARN.fullmatch(named)
    if found is None or not _is_there(call, found["resource"]):
        raise NotFound(f"{named} is not the ARN of anything here that the key may name.")
    return arn(found["resource"])


def _is_there(call: Call, resource: str) -> bool:
    if template := OF_TEMPLATE.fullmatch(resource):
        return MessageTemplate.objects.filter(name=template["name"]).exists()
    asked = OF_APP.fullmatch(resource)
    if asked is None:
        return False
    program = apps.within(call.key).filter(application_id=asked["app"]).first()
    return program is not None and _has(program, asked["kind"], asked["id"])


def _has(program: Program, kind: str | None, identifier: str) -> bool:
    if kind is None:
        return True
    if kind == "campaigns":
        return campaigns.of_program(program).filter(pinpoint_id=identifier).exists()
    return segments.offered(program).filter(pinpoint_id=identifier).exists()


def _audit(call: Call, said: str) -> None:
    LogEntry.objects.log_actions(call.user.pk, [call.key], CHANGE, said, single_object=True)
