"""Having AWS's events acted on again, after what was wrong with them or with us is mended."""

from collections.abc import Sequence

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import event_log, tasks
from campaigns.actions.acting import Actor, key
from campaigns.models import Event


def replay_events(ids: Sequence[int], user: Actor) -> int:
    """Put events back into the queue, whatever became of them; return how many."""
    if not user.has_perm("campaigns.replay_event"):
        raise PermissionDenied(_("You need the permission to have events acted on again."))
    with transaction.atomic():
        events = list(Event.objects.select_for_update().filter(pk__in=ids))
        count = event_log.replay([event.pk for event in events])
        LogEntry.objects.log_actions(key(user), events, CHANGE, "Acted on again.")
        transaction.on_commit(tasks.process_events.delay)
    return count
