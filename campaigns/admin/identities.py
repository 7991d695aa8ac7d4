"""Numbers, pools and sender IDs as AWS has them; buying, changing and giving them back."""

from typing import Any

from django.contrib import admin
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from campaigns.admin import identity_buttons
from campaigns.admin.records import RecordAdmin
from campaigns.models import AwsIdentity, AwsSource, Campaign

WORKING = "ACTIVE"


@admin.register(AwsIdentity)
class AwsIdentityAdmin(RecordAdmin):
    """What AWS says of each; nothing here changes anything by itself."""

    list_display = (
        *("originator", "kind", "state", "sends", "able", "country", "pace", "registration"),
        *("health", "price", "two_way", "read_at"),
    )
    list_filter = ("originator__kind", "status", "originator__message_class")
    list_select_related = ("originator__ten_dlc_campaign",)
    search_fields = ("originator__identity", "originator__label", "aws_id")
    ordering = ("gone_at", "originator__identity")
    fields = (
        *("originator", "status", "sends", "able", "country", "pace", "daily_cap"),
        *("registration_id", "health", "price", "two_way", "two_way_channel", "own_opt_outs"),
        *("opt_out_list", "international", "protected", "since", "aws_id", "arn", "read_at"),
    )
    readonly_fields = fields
    change_form_outer_before_template = "campaigns/identity.html"
    actions_list = ("request_number", "request_sender_id")

    def get_urls(self) -> list[URLPattern]:
        """Add the pages and buttons that buy, change and give back."""
        found: list[URLPattern] = super().get_urls()
        return [*identity_buttons.urls(self.admin_site.admin_view), *found]

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """Only some may spend money at AWS."""
        return request.user.has_perm("campaigns.manage_awsidentity")

    @action(description=gettext_lazy("Request a number"), permissions=["manage"])
    def request_number(self, request: HttpRequest) -> HttpResponse:
        """Go to the page that asks which."""
        return redirect("admin:campaigns_awsidentity_request")

    @action(description=gettext_lazy("Request a sender ID"), permissions=["manage"])
    def request_sender_id(self, request: HttpRequest) -> HttpResponse:
        """Go to the page that asks which."""
        return redirect("admin:campaigns_awsidentity_sender_id")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Give the page its buttons."""
        found = AwsIdentity.objects.select_related("originator")
        row = found.filter(pk=object_id).first() if object_id.isdecimal() else None
        context = identity_buttons.shown(row, request) if row else {}
        answer: HttpResponse = super().change_view(request, object_id, form_url, context)
        return answer

    def get_queryset(self, request: HttpRequest) -> QuerySet[AwsIdentity]:
        """Fetch why a campaign of each is paused with it."""
        found: QuerySet[AwsIdentity] = super().get_queryset(request)
        paused = Campaign.objects.filter(
            originator=OuterRef("originator"), status=Campaign.Status.PAUSED
        ).exclude(paused_because="")
        because = paused.order_by("-updated_at").values("paused_because")[:1]
        return found.annotate(paused=Subquery(because, output_field=CharField()))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say where there is nothing that AWS was asked, or not yet."""
        source = AwsSource.objects.filter(name="identities").first()
        if source is not None and source.error:
            self.message_user(request, _("AWS: {}").format(source.error), "warning")
        answer: HttpResponse = super().changelist_view(request, extra_context)
        return answer

    @admin.display(description=gettext_lazy("type"), ordering="originator__kind")
    def kind(self, row: AwsIdentity) -> Any:
        """AWS's number type."""
        return row.originator.get_kind_display()

    @display(
        description=gettext_lazy("status"),
        ordering="status",
        label={"ACTIVE": "success", "DELETED": "danger", "other": "warning"},
    )
    def state(self, row: AwsIdentity) -> tuple[str, str]:
        """Show the status as a coloured label."""
        known = row.status if row.status in {"ACTIVE", "DELETED"} else "other"
        return known, row.status.lower().replace("_", " ")

    @admin.display(description=gettext_lazy("sends"), ordering="originator__message_class")
    def sends(self, row: AwsIdentity) -> Any:
        """The class of its texts."""
        return row.originator.get_message_class_display()

    @admin.display(description=gettext_lazy("can"))
    def able(self, row: AwsIdentity) -> str:
        """Its capabilities."""
        return ", ".join(row.capabilities)

    @admin.display(description=gettext_lazy("country"), ordering="originator__country")
    def country(self, row: AwsIdentity) -> str:
        """Where it is at home."""
        return row.originator.country

    @admin.display(description=gettext_lazy("parts a second"))
    def pace(self, row: AwsIdentity) -> int:
        """How fast it may send."""
        return row.originator.pace

    @admin.display(description=gettext_lazy("registered"), boolean=True)
    def registration(self, row: AwsIdentity) -> bool | None:
        """Whether carriers let its texts pass; empty where none is needed."""
        needs = row.originator.kind in {"TEN_DLC", "TOLL_FREE", "POOL"}
        return row.originator.registered if needs else None

    @admin.display(description=gettext_lazy("health"))
    def health(self, row: AwsIdentity) -> str:
        """Say what keeps it from sending."""
        if row.gone_at:
            return _("AWS no longer has it.")
        if row.status != WORKING:
            return _("Not ready at AWS.")
        if self.registration(row) is False:
            return _("Not registered: US carriers block it.")
        if not row.originator.active:
            return _("Switched off under Originators.")
        paused: str = getattr(row, "paused", None) or ""
        return paused or _("in order")

    @admin.display(description=gettext_lazy("a month"), ordering="monthly_usd")
    def price(self, row: AwsIdentity) -> str:
        """What it costs."""
        return "" if row.monthly_usd is None else f"${row.monthly_usd:,.2f}"

    @admin.display(description=gettext_lazy("Sendpoint answers STOP and HELP"), boolean=True)
    def own_opt_outs(self, row: AwsIdentity) -> bool:
        """Who answers."""
        return row.originator.self_managed_opt_outs

    @admin.display(description=gettext_lazy("opt-out list"))
    def opt_out_list(self, row: AwsIdentity) -> str:
        """AWS's list of people that it will not text."""
        return row.originator.opt_out_list
