"""Everybody's own choice of what they are sent."""

from dataclasses import dataclass

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.mail import outbox
from analytics.models import ReportChoice
from campaigns.actions import Actor, Refused
from campaigns.actions.acting import key


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants."""

    weekly: bool
    weekday: int
    zone: str
    campaigns: str


def choose(wish: Wish, user: Actor) -> None:
    """Keep what somebody wants to be sent from now on."""
    _check_may(user)
    now = timezone.now()
    with transaction.atomic():
        ReportChoice.objects.get_or_create(user_id=key(user), defaults={"zone": wish.zone})
        choice = ReportChoice.objects.select_for_update(of=["self"]).get(user_id=key(user))
        if wish.weekly and not choice.weekly:
            choice.weekly_since = now
        if wish.campaigns != choice.campaigns:
            choice.campaigns_since = now
        choice.weekly, choice.weekday, choice.zone = wish.weekly, wish.weekday, wish.zone
        choice.campaigns = wish.campaigns
        choice.save()
        said = f"Weekly: {wish.weekly}. Ends of campaigns: {wish.campaigns}."
        LogEntry.objects.log_actions(key(user), [choice], CHANGE, said, single_object=True)


def send_test(user: Actor) -> str:
    """Write an e-mail to oneself, one a minute at most; return to which address."""
    _check_may(user)
    address = str(getattr(user, "email", ""))
    if not address:
        raise Refused(_("Your login has no e-mail address: ask an administrator for one."))
    words = _("E-mail from Sendpoint reaches you.")
    once = f"test:{key(user)}:{timezone.now():%Y-%m-%dT%H:%M}"
    outbox.post([outbox.Letter(once, address, _("A test"), words)])
    return address


def _check_may(user: Actor) -> None:
    if not user.has_perm("campaigns.view_campaign"):
        raise PermissionDenied(_("You need the permission to see campaigns."))
