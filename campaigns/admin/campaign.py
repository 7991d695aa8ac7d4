"""The campaign pages: write it, have it reviewed, launch it, watch it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from campaigns import actions, contents, versions
from campaigns.admin import buttons, cancel, checklist, composer, launch, panel, review
from campaigns.admin.figure_columns import CampaignList, FigureColumns
from campaigns.admin.forms import CampaignForm
from campaigns.admin.treatments import TreatmentInline
from campaigns.models import EDITABLE, Campaign

SHOWN = ("reach", "hours")
INDIA = ("india_entity", "india_template")


@admin.register(Campaign)
class CampaignAdmin(FigureColumns, ModelAdmin):
    """Each button calls one action; nothing here changes a campaign's state itself."""

    nothing_yet = gettext_lazy("A campaign sends a text to the people of a segment.")
    form = CampaignForm
    list_display = (
        *("name", "state", "people", "delivered", "delivery_rate", "opt_outs"),
        *("segment", "originator", "created_at"),
    )
    list_before_template = "campaigns/list_counted.html"
    list_per_page = 50
    list_filter = ("status",)
    list_select_related = ("segment", "originator")
    search_fields = ("name",)
    ordering = ("-created_at",)
    change_form_outer_before_template = "campaigns/panel.html"
    inlines = (TreatmentInline,)
    readonly_fields = (*SHOWN, "these_events")
    fieldsets = (
        (_("Who"), {"fields": ("version", "name", ("segment", "program"), "reach")}),
        (_("What"), {"fields": ("body", ("message_class", "originator"), INDIA)}),
        (
            _("When"),
            {
                "fields": (
                    "timing",
                    "event",
                    "event_rules",
                    "these_events",
                    ("first_day", "clock"),
                    "zone",
                    "everyones_own",
                    ("window_start", "window_end"),
                    "ends_at",
                    "hours",
                )
            },
        ),
        (
            _("Limits"),
            {
                "fields": (
                    ("daily_limit", "total_limit"),
                    ("messages_per_second", "expires_after_hours"),
                    ("budget_usd", "max_audience"),
                    "holdout_percent",
                )
            },
        ),
    )

    @display(
        description=_("State"),
        ordering="status",
        label={
            "review": "warning",
            "approved": "success",
            "scheduled": "info",
            "sending": "info",
            "paused": "warning",
            "completed": "success",
            "cancelled": "danger",
            "failed": "danger",
        },
    )
    def state(self, campaign: Campaign) -> tuple[str, str]:
        """Show the state as a coloured label."""
        return campaign.status, campaign.get_status_display()

    @display(description=_("Reach"))
    def reach(self, _campaign: Campaign) -> str:
        """Hold the place of how many can be texted."""
        return render_to_string("campaigns/reach_place.html")

    @display(description=_("Departures"))
    def hours(self, _campaign: Campaign) -> str:
        """Hold the place of when the texts would leave."""
        return render_to_string("campaigns/departures_place.html")

    @display(description=_("Of these events"))
    def these_events(self, campaign: Campaign) -> str:
        """Say what must come with an event, to those who may not change it."""
        return linebreaksbr(contents.event_rules(campaign))

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """What is counted while somebody types is for those who can type."""
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        hidden = {"these_events"} if may else {*SHOWN, "event_rules"}
        return [
            (title, {"fields": [name for name in box["fields"] if name not in hidden]})
            for title, box in super().get_fieldsets(request, obj)
        ]

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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CampaignList]:
        """Show how each campaign's last run fared."""
        return CampaignList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """Load what the pages show beside each campaign."""
        queryset: QuerySet[Campaign] = super().get_queryset(request)
        return queryset.select_related("segment", "originator", "program")

    def save_model(
        self, request: HttpRequest, obj: Campaign, form: CampaignForm, change: bool
    ) -> None:
        """Save a new one through the action, and warn of a segment that is empty now."""
        if not change:
            actions.create(obj, request.user)
        if not panel.matches(obj):
            self.message_user(
                request,
                _("The segment “{}” matches nobody now.").format(obj.segment),
                messages.WARNING,
            )

    def save_related(
        self, request: HttpRequest, form: CampaignForm, formsets: Any, change: bool
    ) -> None:
        """Save a changed one through the action: an edit of a treatment is one too."""
        changed = [str(form.fields[name].label or name) for name in form.changed_data]
        changed += [str(one.model._meta.verbose_name) for one in formsets if one.has_changed()]
        if change and changed:
            actions.save(form.instance, request.user, ", ".join(changed))
        super().save_related(request, form, formsets, change)
        versions.keep(form.instance, request.user.pk)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The action has said so."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The action has said so."""

    def response_add(
        self, request: HttpRequest, obj: Campaign, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to the draft's own page, where it is tested, checked and submitted.

        The page's script is told that what it kept of the form is saved.
        """
        answer = super().response_add(request, obj, post_url_continue)
        if not {"_addanother", "_popup"} & set(request.POST) and self.has_view_permission(request):
            said = _("Next: read the checklist, send a test, then submit or launch it.")
            self.message_user(request, said, messages.INFO)
            answer = redirect("admin:campaigns_campaign_change", obj.pk)
        return composer.saved(answer)

    def response_change(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        """Tell the page's script the same."""
        return composer.saved(super().response_change(request, obj))

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[CampaignForm]:
        """Say whose page it is: what one person typed is not offered to the next."""
        form: type[CampaignForm] = super().get_form(request, *args, **kwargs)
        if "body" in form.base_fields:
            form.base_fields["body"].widget.attrs["user"] = str(request.user.pk)
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add the panel: how the campaign stands and what can be done now."""
        context = dict(extra_context or {})
        if object_id and object_id.isdigit() and self.has_view_permission(request):
            campaign = Campaign.objects.filter(pk=int(object_id)).first()
            edits = request.method == "POST" and super().has_change_permission(request)
            if campaign and edits and campaign.status not in EDITABLE:
                state = campaign.get_status_display()
                said = _("The campaign is {} now. Nothing of yours was saved.").format(state)
                self.message_user(request, said, messages.ERROR)
                return redirect("admin:campaigns_campaign_change", campaign.pk)
            if campaign:
                context |= panel.context(campaign, request)
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
            *buttons.addresses(view),
            *launch.urls(view),
            *cancel.urls(view),
            *checklist.urls(self),
            *composer.urls(self),
            *review.urls(self),
            *super().get_urls(),
        ]

    def progress_view(self, request: HttpRequest, campaign_id: int) -> HttpResponse:
        """Show how the campaign stands; the page asks for this every second while it sends."""
        campaign = get_object_or_404(Campaign, pk=campaign_id)
        if not self.has_view_permission(request, campaign):
            raise PermissionDenied
        return render(request, "campaigns/progress.html", panel.moving(campaign, request))
