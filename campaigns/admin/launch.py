"""The page that asks once more before a launch: whom it reaches, when, and at what cost."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import actions
from campaigns.actions import launching
from campaigns.admin import buttons, composer, panel
from campaigns.departing import Departing
from campaigns.models import Campaign, Run

CENT = Decimal("0.01")


def urls(view: Any) -> list[URLPattern]:
    """Return the addresses of the page and of its slow part; `view` is the site's own wrapper."""
    base = "<int:campaign_id>/launch/"
    shown, slow = require_http_methods(["GET", "POST"])(page), require_safe(counted)
    return [
        path(base, view(shown), name="campaigns_campaign_launch"),
        path(f"{base}counted/", view(slow), name="campaigns_campaign_launch_counted"),
    ]


def page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Ask; launch what was asked about when somebody has said yes to it.

    The page comes at once and fetches what must be counted, the yes along with it.
    """
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        return buttons.answering(_launch)(request, campaign_id)
    try:
        campaign = actions.launchable(campaign_id, request.user)
    except (actions.Refused, Campaign.DoesNotExist) as problem:
        return redirect(_refused(request, campaign_id, problem))
    context = {**admin.site.each_context(request), **_asked(campaign)}
    return render(request, "campaigns/launch.html", context)


def counted(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Show whom it reaches, when and at what cost, and take a yes to that."""
    try:
        campaign = actions.launchable(campaign_id, request.user)
        launching.check_counted(campaign)
    except (actions.Refused, Campaign.DoesNotExist) as problem:
        address = _refused(request, campaign_id, problem)
        return HttpResponse(headers={"HX-Redirect": address})  # the whole page goes there
    return render(request, "campaigns/launch_counted.html", _context(campaign, request))


def _refused(request: HttpRequest, campaign_id: int, problem: Exception) -> str:
    """Say why on the page that comes next, and return its address."""
    if isinstance(problem, Campaign.DoesNotExist):
        messages.error(request, _("This campaign is gone."))
        return reverse("admin:campaigns_campaign_changelist")
    messages.error(request, str(problem))
    return reverse("admin:campaigns_campaign_change", args=[campaign_id])


def _launch(campaign_id: int, request: HttpRequest) -> str:
    run = actions.launch(campaign_id, request.user, request.POST.get("seen") or "nothing")
    if run is None:
        return _("Scheduled. Its runs begin by themselves when their hour comes.")
    return _("Run {} has begun.").format(run.number)


def _context(campaign: Campaign, request: HttpRequest) -> dict[str, Any]:
    """Return what templates/campaigns/launch_counted.html shows."""
    seen = launching.stands(campaign)  # first: what changes from here on is refused
    leaving, money = composer.leaving(campaign), panel.money(campaign)
    asked = _asked(campaign)
    last, shown = asked["last"], leaving.get("shown")
    return {
        **leaving,
        **asked,
        "others": campaign.treatments.count(),
        "leaves": _leaves(shown) if shown else None,
        "usd": _about(shown, money),
        "short": money.get("short"),
        "address": reverse("admin:campaigns_campaign_launch", args=[campaign.pk]),
        "fields": [("seen", seen)],
        "button": _yes(campaign, last, shown),
    }


def _asked(campaign: Campaign) -> dict[str, Any]:
    """Return what is known without counting."""
    last = campaign.runs.order_by("-number").first()
    question = _question(campaign, last)
    return {
        "title": question,
        "question": question,
        "campaign": campaign,
        "last": last,
        "back": reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
    }


def _question(campaign: Campaign, last: Run | None) -> str:
    if campaign.timing != Campaign.Timing.NOW:
        return _("Schedule “{}”?").format(campaign)
    return (_("Launch “{}” again?") if last else _("Launch “{}”?")).format(campaign)


def _yes(campaign: Campaign, last: Run | None, shown: Departing | None) -> str:
    """Say on the button itself how many it is about."""
    if campaign.timing != Campaign.Timing.NOW:
        return _("Yes, schedule it")
    go = shown.found.go if shown else 0
    people = f"{go:,}" if shown is None or shown.one_in == 1 else _("about {}").format(f"{go:,}")
    if last:
        said = ngettext("Yes, send it again to {} person", "Yes, send it again to {} people", go)
    else:
        said = ngettext("Yes, send it to {} person", "Yes, send it to {} people", go)
    return said.format(people)


def _leaves(shown: Departing) -> dict[str, Any]:
    """Return how many leave as the run opens, how many later, and when the first of those do."""
    waits = Counter[datetime]()
    for (instant, _zone), people in shown.found.leaving.items():
        if instant != shown.opens_at:
            waits[instant] += people
    return {
        "at_once": shown.found.go - waits.total(),
        "later": waits.total(),
        "first_later": min(waits, default=None),
    }


def _about(shown: Departing | None, money: dict[str, Any]) -> Decimal | None:
    """Return what those cost who can be texted, if they are like the rest; None: not known."""
    forecast = money.get("forecast")
    if forecast is None or shown is None or not shown.found.people:
        return None
    return Decimal(forecast.usd * shown.found.go / shown.found.people).quantize(CENT)
