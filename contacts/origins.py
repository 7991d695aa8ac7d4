"""Where a contact came from, and which segments it is in now."""

from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.forms.models import model_to_dict
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts import segments
from contacts.models import Contact, ContactList, Endpoint, ImportMember, Segment
from contacts.timeline import Entry, Person, Place, newest

CREATED, IMPORTED = "contact", "import"


def creation(person: Person, before: Place | None, size: int) -> list[Entry]:
    """Return when the contact was made."""
    made = newest(
        Contact.objects.filter(pk=person.contact_id), F("created_at"), CREATED, before, size
    )
    return [
        Entry(Place(contact.created_at, CREATED, contact.pk), _("Became a contact"))
        for contact in made
    ]


def imports(person: Person, before: Place | None, size: int) -> list[Entry]:
    """Return the imports whose file named the contact."""
    members = ImportMember.objects.filter(contact_id=person.contact_id).select_related("job")
    at = Coalesce("job__started_at", "job__created_at")
    return [
        Entry(
            Place(member.timeline_at, IMPORTED, member.pk),
            _("Imported from {}").format(member.job.filename),
            link=reverse("admin:contacts_import_change", args=[member.job_id]),
            opens_for="contacts.view_import",
        )
        for member in newest(members, at, IMPORTED, before, size)
    ]


def segments_of(contact: Contact) -> list[Segment]:
    """Return the segments that the contact is in now. Two queries, however many there are."""
    stored = {segment.pk: segment for segment in Segment.objects.order_by("name")}
    asked = [query for segment in stored.values() if (query := _asks(contact, segment))]
    found = set(asked[0].union(*asked[1:], all=True)) if asked else set()
    return [segment for pk, segment in stored.items() if pk in found]


def _asks(contact: Contact, segment: Segment) -> QuerySet[Contact, int] | None:
    """Return the query that yields the segment's id if the contact is in it."""
    try:
        matching = segments.matching(segment.rules)
    except segments.RuleError:  # what its rules name is not there any more: it finds nobody
        return None
    found = matching.filter(pk=contact.pk).annotate(segment=Value(segment.pk))
    return found.values_list("segment", flat=True)


def lists_of(contact_id: int) -> QuerySet[ContactList]:
    """Return the lists that a contact is on now."""
    return ContactList.objects.filter(
        members__contact_id=contact_id, members__removed_at=None
    ).order_by("name")


def held(person: Person) -> dict[str, Any]:
    """Return the contact as stored, the imports that named it, and the segments it is in."""
    contact = Contact.objects.filter(pk=person.contact_id).first()
    members = ImportMember.objects.filter(contact_id=person.contact_id).select_related("job")
    return {
        "stored": model_to_dict(contact) if contact else None,
        "created_at": contact.created_at if contact else None,
        "updated_at": contact.updated_at if contact else None,
        "imports": [
            {"import": m.job_id, "file": m.job.filename, "at": m.job.created_at} for m in members
        ],
        "endpoints": [
            {"application": one.application_id, "endpoint": one.endpoint_id, "at": one.created_at}
            for one in Endpoint.objects.filter(contact=contact).order_by("pk")
        ]
        if contact
        else [],
        "segments_now": [segment.name for segment in segments_of(contact)] if contact else [],
        "lists": list(lists_of(person.contact_id).values_list("name", flat=True)),
    }
