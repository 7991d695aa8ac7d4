"""What a reviewer says yes to: the texts for real people, the rules, and what is new since then."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path

from campaigns import composing, contents
from campaigns.admin import composer
from campaigns.models import Campaign
from campaigns.readiness import approvals, texts_of
from contacts.segments import words


def urls(model_admin: "ModelAdmin[Campaign]") -> list[URLPattern]:
    """Return the address of the fragment, which the page asks for when it is there."""

    def review(request: HttpRequest, campaign_id: int) -> HttpResponse:
        related = ("segment", "originator", "program")
        campaign = get_object_or_404(Campaign.objects.select_related(*related), pk=campaign_id)
        if not model_admin.has_view_permission(request, campaign):
            raise PermissionDenied
        return render(request, "campaigns/review.html", _context(campaign))

    view = model_admin.admin_site.admin_view(review)
    return [path("<int:campaign_id>/review/", view, name="campaigns_campaign_review")]


def _context(campaign: Campaign) -> dict[str, Any]:
    before = contents.last_approved(campaign)
    rules = campaign.segment.rules
    return {
        **composer.leaving(campaign),
        "campaign": campaign,
        "previews": [composing.preview(body, rules) for body in texts_of(campaign)],
        "lines": list(words.lines(rules)),
        "schedule": contents.schedule(campaign),
        "before": before,
        "changes": contents.changes(before.content, contents.of(campaign)) if before else [],
        "approvals": approvals(campaign).select_related("approved_by"),
    }
