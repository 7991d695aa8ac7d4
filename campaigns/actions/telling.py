"""Destinations of outgoing events: who may make them, and sending again what was given up."""

from collections.abc import Sequence

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import tasks
from campaigns.actions.acting import Actor, key
from campaigns.models import Destination, OutgoingEvent
from campaigns.outgoing import delivery, webhook
from campaigns.refusal import Refused
from contacts.sealing import seal


def resend_events(ids: Sequence[int], user: Actor) -> int:
    """Send events to their destinations again; return how many."""
    if not user.has_perm("campaigns.resend_outgoingevent"):
        raise PermissionDenied(_("You need the permission to have events sent again."))
    with transaction.atomic():
        events = list(OutgoingEvent.objects.select_for_update().filter(pk__in=ids))
        count = delivery.resend([event.pk for event in events], timezone.now())
        LogEntry.objects.log_actions(key(user), events, CHANGE, "Sent again.")
        transaction.on_commit(tasks.deliver_outgoing.delay)
    return count


def give_secret(place: Destination) -> str:
    """Have a webhook sign with a new secret, and return it: it is shown once. Not saved yet."""
    secret = webhook.new_secret()
    place.sealed = seal(secret.encode())
    return secret


def renew_secret(destination_id: int, user: Actor) -> str:
    """Sign with another secret from now on; return it, to be shown once. Raises Refused."""
    if not user.has_perm("campaigns.change_destination"):
        raise PermissionDenied(_("You need the permission to say who is told of events."))
    with transaction.atomic():
        place = Destination.objects.select_for_update(of=["self"]).get(pk=destination_id)
        if place.kind != Destination.Kind.WEBHOOK:
            raise Refused(_("Only a webhook has a secret."))
        secret = give_secret(place)
        place.save(update_fields=["sealed"])
        said = "Made a new secret for its signatures."
        LogEntry.objects.log_actions(key(user), [place], CHANGE, said, single_object=True)
    return secret
