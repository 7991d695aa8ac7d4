"""Record that something happened to a person, for the campaigns that answer it."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import tasks, triggers
from campaigns.actions.acting import Actor, check_may_launch, key
from campaigns.event_rules import NOTHING, Details
from campaigns.refusal import Refused
from contacts import national
from contacts.models import Contact
from contacts.phones import BadPhone


def record_event(kind: str, phone: str, user: Actor) -> int:
    """Record an event of a person, named by number; return how many texts it queued."""
    check_may_launch(user)
    try:
        number = national.read(phone).e164
    except BadPhone as problem:
        raise Refused(str(problem)) from problem
    contact = Contact.objects.filter(phone=number).first()
    if contact is None:
        raise Refused(_("No contact has this number."))
    with transaction.atomic():
        queued = record_happening(kind, contact.pk, user)
        # It names the contact by id, so that no number outlives an erasure.
        LogEntry.objects.create(
            user_id=key(user),
            content_type=ContentType.objects.get_for_model(Contact),
            object_id=str(contact.pk),
            object_repr=f"contact {contact.pk}",
            action_flag=CHANGE,
            change_message=f"Recorded the event {kind}; it queued {queued} texts.",
        )
    return queued


def record_happening(
    kind: str,
    contact_id: int,
    user: Actor,
    *,
    program_id: int | None = None,
    details: Details = NOTHING,
) -> int:
    """Record an event of a contact; return how many texts it queued (see triggers.record_event).

    For programs, which record thousands a second: each event is a row with its time, and leaves no
    audit row besides.
    """
    check_may_launch(user)
    with transaction.atomic():
        queued = triggers.record_event(
            kind, contact_id, timezone.now(), program_id=program_id, details=details
        )
        if queued:
            transaction.on_commit(tasks.dispatch.delay)
    return queued
