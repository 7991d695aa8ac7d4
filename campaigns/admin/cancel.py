"""The page that asks once more before a campaign is cancelled: what has gone, what never will."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from campaigns import actions
from campaigns.actions import stopping
from campaigns.admin import buttons
from campaigns.models import Campaign


def urls(view: Any) -> list[URLPattern]:
    """Return the address of the page; `view` is the admin site's own wrapper."""
    shown = view(require_http_methods(["GET", "POST"])(page))
    return [path("<int:campaign_id>/cancel/", shown, name="campaigns_campaign_cancel")]


def page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Ask; cancel what was asked about when somebody has said yes to it."""
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        return buttons.answering(_cancel)(request, campaign_id)
    try:
        campaign = actions.cancellable(campaign_id, request.user)
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    except Campaign.DoesNotExist:
        messages.error(request, _("This campaign is gone."))
        return redirect("admin:campaigns_campaign_changelist")
    else:
        return render(request, "campaigns/confirm.html", _context(campaign, request))
    return redirect("admin:campaigns_campaign_change", campaign_id)


def _cancel(campaign_id: int, request: HttpRequest) -> str:
    came_to = actions.cancel(campaign_id, request.user, request.POST.get("seen") or "nothing")
    gone = ngettext("{} text had gone already.", "{} texts had gone already.", came_to.gone)
    stopped = ngettext("{} text will not go.", "{} texts will not go.", came_to.stopped)
    return " ".join([_("Cancelled."), stopped.format(came_to.stopped), gone.format(came_to.gone)])


def _context(campaign: Campaign, request: HttpRequest) -> dict[str, Any]:
    """Return what templates/campaigns/confirm.html shows."""
    seen = stopping.stands(campaign)  # first: a run that begins from here on is not cancelled
    question = _("Cancel “{}”?").format(campaign)
    return {
        **admin.site.each_context(request),
        "title": question,
        "question": question,
        "lines": list(_lines(campaign)),
        "address": reverse("admin:campaigns_campaign_cancel", args=[campaign.pk]),
        "fields": [("seen", seen)],
        "button": _("Yes, cancel it for good"),
        "back": reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
    }


def _lines(campaign: Campaign) -> Iterator[str]:
    now = stopping.would_stop(campaign)
    if not now.gone and not now.stopped:
        yield _("No text of it is on its way now.")
    else:
        said = ngettext(
            "{} text has gone already: what AWS has is not called back.",
            "{} texts have gone already: what AWS has is not called back.",
            now.gone,
        )
        yield said.format(f"{now.gone:,}")
        said = ngettext(
            "{} text waits, and will never go.", "{} texts wait, and will never go.", now.stopped
        )
        yield said.format(f"{now.stopped:,}")
    if campaign.status == Campaign.Status.SENDING and now.stopped:
        yield _("It is being sent while you read this: by your yes, more have gone.")
    if campaign.timing == Campaign.Timing.EVENT:
        yield _("It answers the event {} no more.").format(campaign.event)
    elif campaign.next_run_at or campaign.repeats:
        yield _("No further run begins.")
    yield _("This cannot be undone: launched again, it would begin anew, with everybody.")
    if campaign.status != Campaign.Status.PAUSED:
        yield _("To hold it only for now, go back and pause it.")
