"""Having AWS read at once, instead of when its time comes."""

from collections.abc import Sequence
from functools import partial

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import tasks
from campaigns.actions.acting import Actor, key
from campaigns.models import AwsSource


def sync_now(ids: Sequence[int], user: Actor) -> int:
    """Have some sources read now, whatever went wrong before; return how many."""
    if not user.has_perm("campaigns.run_awssource"):
        raise PermissionDenied(_("You need the permission to have AWS read."))
    now = timezone.now()
    with transaction.atomic():
        chosen = AwsSource.objects.select_for_update().filter(pk__in=ids)
        found = list(chosen.order_by("name"))
        chosen.update(due_at=now)
        LogEntry.objects.log_actions(key(user), found, CHANGE, "Read from AWS at once.")
        for source in found:
            transaction.on_commit(partial(tasks.sync_source.delay, source.name))
    return len(found)
