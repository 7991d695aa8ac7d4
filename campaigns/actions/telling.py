"""Destinations of outgoing events: who may make them, and sending again what was given up."""

from collections.abc import Sequence

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import tasks
from campaigns.actions.acting import Actor, key
from campaigns.models import OutgoingEvent
from campaigns.outgoing import delivery


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
