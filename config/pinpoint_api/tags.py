"""Tags of applications, segments, campaigns and templates, by their ARNs."""

from collections.abc import Collection, Mapping

from django.db import connection

from config.models import ResourceTag
from pinpoint.v1_api.errors import BadRequest

MOST = 50  # of one resource
LOCK = 0x54414753  # pg_advisory_xact_lock key, with the resource: it gets tags one call at a time
LONGEST_NAME, LONGEST_VALUE = 128, 256


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
    """Put tags on an ARN, in a transaction. Raises BadRequest for too many, or too long ones."""
    if not tags:
        return
    for name, value in tags.items():
        if not name or len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
            raise BadRequest(
                f"tags: a name has 1 to {LONGEST_NAME} characters, a value {LONGEST_VALUE} at most"
            )
    with connection.cursor() as cursor:  # two at once would each see room for theirs
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, resource])
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
