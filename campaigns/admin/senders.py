"""Senders: every number, pool and sender ID that texts go out from, in one list, one page each.

What AWS says of it is shown and cannot be written here; buying, changing and giving back is done by
the buttons of `campaigns.admin.identity_buttons`.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from campaigns import sender_figures
from campaigns.admin import identity_buttons
from campaigns.admin.sender_columns import TOLD, SenderColumns, at_aws
from campaigns.models import AwsIdentity, AwsSource, Campaign
from compliance.models import Originator
from contacts.admin.guarded import GuardedAdmin
from pinpoint.identities import POOL, SENDER_ID

OURS = ("label", "active", "parts_per_second", "registered", "brand", "ten_dlc_campaign")
AWSS = ("identity", "kind", "message_class", "country", "self_managed_opt_outs", "opt_out_list")
OF_NUMBERS = ("message_class", "self_managed_opt_outs", "opt_out_list")
OF_MEMBERS = ("parts_per_second", "registered", "ten_dlc_campaign")


@admin.register(Originator)
class SenderAdmin(SenderColumns, GuardedAdmin):
    """Numbers, pools and sender IDs, with what AWS and Sendpoint know of each."""

    nothing_yet = gettext_lazy(
        "Numbers of the AWS account appear here after it was read: see the page AWS account."
    )
    list_display = (
        *("__str__", "sort", "state", "sends", "fastest", "answers", "health", "price"),
    )
    list_filter = ("kind", "message_class", "active", "aws__status")
    list_select_related = ("aws", "ten_dlc_campaign")
    search_fields = ("identity", "label", "aws__aws_id")
    change_form_outer_before_template = "campaigns/sender.html"
    actions_list = ("request_number", "request_sender_id")

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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Originator]:
        """Fetch why a campaign of each is paused with it; what AWS no longer has comes last."""
        found: QuerySet[Originator] = super().get_queryset(request)
        paused = Campaign.objects.filter(
            originator=OuterRef("pk"), status=Campaign.Status.PAUSED
        ).exclude(paused_because="")
        because = paused.order_by("-updated_at").values("paused_because")[:1]
        return found.annotate(paused=Subquery(because, output_field=CharField()))

    def get_ordering(self, request: HttpRequest) -> Sequence[Any]:
        """Put first what can be sent from."""
        return (F("aws__gone_at").asc(nulls_first=True), "identity")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say where there is nothing that AWS was asked, or not yet."""
        source = AwsSource.objects.filter(name="identities").first()
        if source is not None and source.error:
            self.message_user(request, _("AWS: {}").format(source.error), "warning")
        answer: HttpResponse = super().changelist_view(request, extra_context)
        return answer

    def get_fieldsets(self, request: HttpRequest, obj: Originator | None = None) -> Any:
        """Set what people decide apart from what AWS says."""
        if obj is None or at_aws(obj) is None:
            return [(None, {"fields": (*AWSS[:1], *OURS, *AWSS[1:])})]
        said = _("What AWS tells of its pace and registration is taken over again when it is read.")
        return [
            (_("Sendpoint's own"), {"fields": OURS, "description": said}),
            (_("As AWS has it"), {"fields": (*AWSS, *TOLD)}),
        ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Originator | None = None
    ) -> Sequence[Any]:
        """Let nobody write what AWS says; a sender ID's class and list are not AWS's."""
        if obj is None or at_aws(obj) is None:
            return ()
        theirs = [name for name in AWSS if obj.kind != SENDER_ID or name not in OF_NUMBERS]
        members = OF_MEMBERS if obj.kind == POOL else ()
        return (*theirs, *members, *TOLD)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Give the page its figures, its campaigns and its buttons."""
        senders = Originator.objects.select_related("aws")
        row = senders.filter(pk=object_id).first() if object_id.isdecimal() else None
        context: dict[str, Any] = {}
        if row is not None:
            context = {
                "sender": row,
                "figures": sender_figures.lately(row.pk, timezone.now()),
                "campaigns": identity_buttons.campaigns_of(row),
            }
            if (aws := at_aws(row)) is not None:
                context |= identity_buttons.shown(aws, request)
        answer: HttpResponse = super().change_view(request, object_id, form_url, context)
        return answer

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what was done here and at AWS in one history."""
        pk = int(object_id) if object_id.isdecimal() else 0
        types = ContentType.objects.get_for_models(Originator, AwsIdentity)
        theirs = AwsIdentity.objects.filter(originator_id=pk).values_list("pk", flat=True)
        entries = LogEntry.objects.filter(
            Q(content_type=types[Originator], object_id=object_id)
            | Q(content_type=types[AwsIdentity], object_id__in=[str(pk) for pk in theirs])
        )
        pages = self.get_paginator(
            request, entries.select_related("user", "content_type").order_by("action_time"), 100
        )
        page = pages.get_page(request.GET.get(PAGE_VAR, 1))
        context = {
            "action_list": page,
            "page_range": pages.get_elided_page_range(page.number),
            "pagination_required": pages.count > 100,
        }
        answer: HttpResponse = super().history_view(request, object_id, context)
        return answer
