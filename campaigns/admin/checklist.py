"""The checklist on a campaign's page, and the form that waives a red point."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns import actions, preflight
from campaigns.models import Campaign
from contacts import segments


def urls(model_admin: "ModelAdmin[Campaign]") -> list[URLPattern]:
    """Return the addresses of the checklist and of its waivers."""

    def checklist(request: HttpRequest, campaign_id: int) -> HttpResponse:
        campaign = get_object_or_404(
            Campaign.objects.select_related("segment", "originator", "program"), pk=campaign_id
        )
        if not model_admin.has_view_permission(request, campaign):
            raise PermissionDenied
        return render(request, "campaigns/checklist.html", _context(campaign, request))

    def waive(request: HttpRequest, campaign_id: int) -> HttpResponse:
        said = request.POST
        try:
            actions.waive(
                campaign_id,
                said.get("point", ""),
                said.get("subject", ""),
                said.get("reason", ""),
                request.user,
            )
            model_admin.message_user(request, _("Waived, in your name."), messages.SUCCESS)
        except actions.Refused as refusal:
            model_admin.message_user(request, str(refusal), messages.ERROR)
        except Campaign.DoesNotExist:
            model_admin.message_user(request, _("This campaign is gone."), messages.ERROR)
            return redirect("admin:campaigns_campaign_changelist")
        return redirect("admin:campaigns_campaign_change", campaign_id)

    view = model_admin.admin_site.admin_view
    base = "<int:campaign_id>/checklist/"
    return [
        path(base, view(checklist), name="campaigns_campaign_checklist"),
        path(f"{base}waive/", view(require_POST(waive)), name="campaigns_campaign_waive"),
    ]


def _context(campaign: Campaign, request: HttpRequest) -> dict[str, object]:
    try:
        points = preflight.check(campaign)
    except segments.RuleError as problem:
        return {"campaign": campaign, "problem": str(problem)}
    return {
        "campaign": campaign,
        "points": points,
        "red": sum(point.stops for point in points),
        "may_waive": request.user.has_perm("campaigns.grant_waiver"),
    }
