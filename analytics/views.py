"""The pages of the reports that are not the home page."""

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from analytics import dashboard, dashboards, exports, report
from analytics.markup import written
from analytics.models import RollupMark
from analytics.scope import Scope, ScopeForm
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
    """Lead from the address of what was once a page of its own to the campaign's dashboard."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    return redirect(report.address(campaign.pk))


@admin.site.admin_view
@require_POST
@permission_required("campaigns.view_message", raise_exception=True)
def campaign_export(request: HttpRequest, campaign_id: int) -> StreamingHttpResponse:
    """Hand out every text of a campaign, and note who asked for it."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    LogEntry.objects.log_actions(
        request.user.pk or 0, [campaign], CHANGE, "Exported its texts.", single_object=True
    )
    response = StreamingHttpResponse(exports.lines(campaign_id), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="campaign-{campaign_id}.csv"'
    return response


@admin.site.admin_view
@may_view
def dashboard_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a dashboard over what the address asks for, or one of its tables as CSV."""
    page = dashboards.ALL.get(slug)
    if page is None:
        raise Http404
    form = ScopeForm(request.GET)
    scope = form.scope() if form.is_valid() else None
    if scope and (name := request.GET.get("csv")):
        return _csv(page, scope, name)
    panels = page.panels(scope) if scope else []
    query = scope.query() if scope else ""
    mark = RollupMark.objects.first()
    context = {
        **admin.site.each_context(request),
        "title": page.title,
        "dashboard": page,
        "dashboards": list(dashboards.ALL.values()),
        "form": form,
        "query": query,
        "head": page.head(scope) if scope else {},
        "panels": [written(panel, f"?{query}&csv={panel.name}") for panel in panels],
        "counted_until": mark.looked_until if mark else None,
    }
    status = 200 if scope else 400
    return render(request, "analytics/dashboard.html", context, status=status)


def _csv(page: dashboards.Dashboard, scope: Scope, name: str) -> HttpResponse:
    panel = next((one for one in page.panels(scope) if one.name == name), None)
    if panel is None:
        raise Http404
    response = HttpResponse("".join(panel.csv()), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{page.slug}-{panel.name}.csv"'
    return response
