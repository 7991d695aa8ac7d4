"""A batch of rows into the table of contacts: new people in, known ones brought up to date."""

from dataclasses import dataclass

from django.utils import timezone

from contacts.models import Contact
from contacts.rows import Row

MERGED = [
    "attributes",
    "user_attributes",
    "metrics",
    "city",
    "region",
    "postal_code",
    "country",
    "timezone",
    "locale",
    "user_id",
    "endpoint_id",
    "line_type",
]


@dataclass(frozen=True, slots=True)
class ImportedContact:
    """A contact that an import has just stored, and what its line says of consent."""

    contact_id: int
    phone: str
    line: int
    opt_in: bool | None  # None: the file has no such column
    opt_out: bool


def merge(incoming: list[Row]) -> tuple[list[ImportedContact], int, int]:
    """Write rows into contacts; return them with how many were new and how many changed."""
    # Locked, so that an edit made meanwhile is neither lost nor half seen.
    known = Contact.objects.select_for_update().filter(phone__in=[row.phone for row in incoming])
    there = {contact.phone: contact for contact in known.order_by("phone")}
    new, changed = [], []
    people: list[tuple[Row, Contact]] = []
    for row in incoming:
        contact = there.get(row.phone)
        if contact is None:
            contact = Contact(phone=row.phone)
            _apply(row, contact)
            new.append(contact)
        elif _apply(row, contact):
            changed.append(contact)
        people.append((row, contact))
    _write(new)
    _write(changed)
    stored = [
        ImportedContact(contact.pk, row.phone, row.line, row.opt_in, row.opt_out)
        for row, contact in people
    ]
    return stored, len(new), len(changed)


def _write(contacts: list[Contact]) -> None:
    """Insert, or bring up to date what is there, new ones that appeared a moment ago included.

    One INSERT ... ON CONFLICT UPDATE is many times faster than an UPDATE of CASEs.
    """
    now = timezone.now()
    for contact in contacts:
        contact.updated_at = now
    Contact.objects.bulk_create(
        contacts,
        update_conflicts=True,
        unique_fields=["phone"],
        update_fields=[*MERGED, "updated_at"],
    )


def _apply(row: Row, contact: Contact) -> bool:
    """Lay a row over a contact: what the row names is replaced, the rest stays."""
    before = [getattr(contact, name) for name in MERGED]
    contact.attributes = contact.attributes | row.attributes
    contact.user_attributes = contact.user_attributes | row.user_attributes
    contact.metrics = contact.metrics | row.metrics
    contact.line_type = row.line_type
    contact.country = contact.country or row.country
    for name, value in row.fields.items():
        setattr(contact, name, value)
    return before != [getattr(contact, name) for name in MERGED]
