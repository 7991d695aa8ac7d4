"""Whom a phone number stands for."""

from contacts.models import Contact
from contacts.timeline import Person


def by_number(e164: str) -> Person:
    """Return the person with a number, whether or not there is a contact."""
    pk = Contact.objects.filter(phone=e164).values_list("pk", flat=True).first()
    return Person(e164, pk or 0)
