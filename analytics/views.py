"""The pages of the reports that are not the home page."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from analytics import dashboard, report
from campaigns.models import Campaign

may_view = permission_required("campaigns.view_campaign", raise_exception=True)


@admin.site.admin_view
@may_view
def running(request: HttpRequest) -> HttpResponse:
    """Show the campaigns that are being sent; the home page asks for this every other second."""
    return render(request, "analytics/running.html", {"running": dashboard.running()})


@admin.site.admin_view
@may_view
def campaign_report(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Show what a campaign came to."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    page = {**admin.site.each_context(request), "title": campaign.name}
    return render(request, "analytics/report.html", page | report.context(campaign))
