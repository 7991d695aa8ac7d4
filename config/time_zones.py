"""The zone on whose clock somebody sees times: their own choice, else the installation's."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from compliance.zones import is_zone
from config.models import OwnSettings


class ActivateZone:
    """Middleware: what a page shows, and what its forms mean, is on the clock of who looks at it.

    Whatever runs by itself, or is decided for others, names the installation's zone and stays so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the zone of the person."""
        user = request.user
        if not isinstance(user, User) or not user.is_staff:
            return self._get_response(request)
        with timezone.override(ZoneInfo(zone_of(user))):
            return self._get_response(request)


def zone_of(user: User) -> str:
    """Return the name of somebody's zone; one that is known no more is none."""
    chosen = OwnSettings.objects.filter(user=user).values_list("zone", flat=True).first()
    return chosen if chosen and is_zone(chosen) else settings.TIME_ZONE


def choose_zone(user: User, zone: str) -> None:
    """Show times on another clock from now on; "" = the installation's."""
    with transaction.atomic():
        OwnSettings.objects.update_or_create(user=user, defaults={"zone": zone})
        said = f"Chose the time zone {zone}." if zone else "Chose the installation's time zone."
        LogEntry.objects.log_actions(user.pk, [user], CHANGE, said, single_object=True)
