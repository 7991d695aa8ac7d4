"""What a person can do about e-mails: have them sent again, and send oneself one to see it work."""

from collections.abc import Sequence

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.models import OutgoingMail
from campaigns.actions import Actor
from campaigns.actions.acting import key


def resend(ids: Sequence[int], user: Actor) -> int:
    """Send e-mails that were given up again; return how many."""
    if not user.has_perm("analytics.resend_outgoingmail"):
        raise PermissionDenied(_("You need the permission to have e-mails sent again."))
    given_up = {"state": OutgoingMail.State.GIVEN_UP}
    with transaction.atomic():
        mails = list(OutgoingMail.objects.select_for_update().filter(pk__in=ids, **given_up))
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
            state=OutgoingMail.State.WAITING, attempts=0, due_at=timezone.now(), ended_at=None
        )
        LogEntry.objects.log_actions(key(user), mails, CHANGE, "Sent again.")
    return len(mails)
