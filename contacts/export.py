"""Everything that is held about one person, as JSON; each room contributes its part."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from contacts import rooms
from contacts.models import Contact
from contacts.timeline import Person

FORMAT = "sendpoint/person/1"
# Returns what a room holds about a person, in types that JSON or Django's encoder knows.
Part = Callable[[Person], Any]


def everything(person: Person, user: User | AnonymousUser) -> dict[str, Any]:
    """Return all that is held about a person; the export is in the audit log.

    Raises PermissionDenied. The answer holds only what JSON knows once `as_json` wrote it.
    """
    if not user.has_perm("contacts.export_person"):
        raise PermissionDenied
    parts: dict[str, Part] = rooms.held_parts()
    with transaction.atomic():
        found = {
            "format": FORMAT,
            "exported_at": timezone.now(),
            "exported_by": user.get_username(),
            "number": person.phone,
            **{name: part(person) for name, part in parts.items()},
        }
        _audit(person, user)
    return found


def as_json(found: dict[str, Any]) -> str:
    """Write an export as indented JSON."""
    return DjangoJSONEncoder(indent=2, ensure_ascii=False).encode(found)


def _audit(person: Person, user: User | AnonymousUser) -> None:
    """Leave an audit row; it names the contact by id, so that no number outlives an erasure."""
    LogEntry.objects.create(
        user_id=cast(int, user.pk),
        content_type=ContentType.objects.get_for_model(Contact),
        object_id=str(person.contact_id or ""),
        object_repr=f"contact {person.contact_id}" if person.contact_id else "no contact",
        action_flag=CHANGE,
        change_message="Exported everything held about this person.",
    )
