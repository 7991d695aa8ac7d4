"""The campaign pages: write it, launch it, watch it."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from campaigns import actions, runs
from campaigns.admin.forms import CampaignForm
from campaigns.models import Campaign
from contacts import segments

EDITABLE = {Campaign.Status.DRAFT, Campaign.Status.COMPLETED, Campaign.Status.CANCELLED}
BARS = (
    ("delivered", "bg-green-600"),
    ("failed", "bg-red-600"),
    ("blocked", "bg-orange-500"),
    ("expired", "bg-base-500"),
    ("cancelled", "bg-base-400"),
    ("unknown", "bg-blue-600"),
)


@admin.register(Campaign)
class CampaignAdmin(ModelAdmin):
    """Each button calls one action; nothing here changes a campaign's state itself."""

    form = CampaignForm
    list_display = ("name", "state", "segment", "originator", "created_at")
    list_filter = ("status",)
    list_select_related = ("segment", "originator")
    search_fields = ("name",)
    ordering = ("-created_at",)
    change_form_outer_before_template = "campaigns/panel.html"
    fieldsets = (
        (_("Who and what"), {"fields": ("name", "segment", "body", "message_class")}),
        (_("From"), {"fields": ("program", "originator")}),
        (
            _("Limits"),
            {
                "fields": (
                    "daily_limit",
                    "total_limit",
                    "messages_per_second",
                    "expires_after_hours",
                )
            },
        ),
    )

    @display(
        description=_("State"),
        ordering="status",
        label={
            "sending": "info",
            "paused": "warning",
            "completed": "success",
            "cancelled": "danger",
        },
    )
    def state(self, campaign: Campaign) -> tuple[str, str]:
        """Show the state as a coloured label."""
        return campaign.status, campaign.get_status_display()

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """A campaign is not edited while it is being sent."""
        if obj is not None and obj.status not in EDITABLE:
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """What was sent stays on record; only drafts can go."""
        if obj is not None and obj.runs.exists():
            return False
        return bool(super().has_delete_permission(request, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Campaigns are not deleted in bulk."""
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """Load what the pages show beside each campaign."""
        queryset: QuerySet[Campaign] = super().get_queryset(request)
        return queryset.select_related("segment", "originator", "program")

    def save_model(
        self, request: HttpRequest, obj: Campaign, form: CampaignForm, change: bool
    ) -> None:
        """Note who wrote it, and warn of a segment that is empty now."""
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)
        if not _matches(obj):
            self.message_user(
                request,
                _("The segment “{}” matches nobody now.").format(obj.segment),
                messages.WARNING,
            )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add the panel: how the campaign stands and what can be done now."""
        context = dict(extra_context or {})
        if object_id and object_id.isdigit():
            campaign = Campaign.objects.filter(pk=int(object_id)).first()
            if campaign:
                context |= _panel(campaign, request)
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' addresses and the fragment that the page polls."""
        view = self.admin_site.admin_view
        return [
            path(
                "<int:campaign_id>/progress/",
                view(self.progress_view),
                name="campaigns_campaign_progress",
            ),
            *(
                path(
                    f"<int:campaign_id>/{name}/",
                    view(require_POST(self._button(act))),
                    name=f"campaigns_campaign_{name}",
                )
                for name, act in (
                    ("launch", _launch),
                    ("pause", _pause),
                    ("resume", _resume),
                    ("cancel", _cancel),
                )
            ),
            *super().get_urls(),
        ]

    def progress_view(self, request: HttpRequest, campaign_id: int) -> HttpResponse:
        """Show how the campaign stands; the page asks for this every second while it sends."""
        campaign = get_object_or_404(Campaign, pk=campaign_id)
        if not self.has_view_permission(request, campaign):
            raise PermissionDenied
        return render(request, "campaigns/progress.html", _panel(campaign, request))

    def _button(
        self, act: Callable[[int, HttpRequest], str]
    ) -> Callable[[HttpRequest, int], HttpResponse]:
        def view(request: HttpRequest, campaign_id: int) -> HttpResponse:
            try:
                self.message_user(request, act(campaign_id, request), messages.SUCCESS)
            except actions.Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            except Campaign.DoesNotExist:
                self.message_user(request, _("This campaign is gone."), messages.ERROR)
                return redirect("admin:campaigns_campaign_changelist")
            return redirect("admin:campaigns_campaign_change", campaign_id)

        return view


def _launch(campaign_id: int, request: HttpRequest) -> str:
    run = actions.launch(campaign_id, request.user)
    return _("Run {} has begun.").format(run.number)


def _pause(campaign_id: int, request: HttpRequest) -> str:
    actions.pause(campaign_id, request.user)
    return _("Paused. Texts that AWS already has will still arrive.")


def _resume(campaign_id: int, request: HttpRequest) -> str:
    actions.resume(campaign_id, request.user)
    return _("Sending goes on.")


def _cancel(campaign_id: int, request: HttpRequest) -> str:
    stopped = actions.cancel(campaign_id, request.user)
    return _("Cancelled. {} waiting texts will not go.").format(stopped)


def _matches(campaign: Campaign) -> int:
    return segments.matching(campaign.segment.rules).count()


def _panel(campaign: Campaign, request: HttpRequest) -> dict[str, Any]:
    totals = runs.totals([campaign.pk], latest=True)[0]
    audience = totals["audience"]
    ended = audience - totals["open"]
    may = request.user.has_perm("campaigns.launch_campaign")
    startable = campaign.status in EDITABLE
    waiting, first = (0, None) if startable else runs.deferred(campaign.pk)
    return {
        "campaign": campaign,
        "totals": totals,
        "percent": round(100 * ended / audience) if audience else 0,
        "bars": [
            {
                "name": name,
                "label": _(name),
                "count": totals[name],
                "width": 100 * totals[name] / audience if audience else 0,
                "colour": colour,
            }
            for name, colour in BARS
        ],
        "deferred": waiting,
        "deferred_until": first,
        "moving": campaign.status == Campaign.Status.SENDING,
        "may_launch": may and startable,
        "matches": _matches(campaign) if may and startable else None,
        "may_pause": may and campaign.status == Campaign.Status.SENDING,
        "may_resume": may and campaign.status == Campaign.Status.PAUSED,
        "may_cancel": may and not startable,
    }
