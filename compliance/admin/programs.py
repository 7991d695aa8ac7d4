"""Programs, and what is registered for them: in whose name."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from compliance.admin.reachable import reachable_view
from compliance.admin.sign_up_page import SignUpPageInline, preview
from compliance.models import Brand, Program, ProgramLimit, TenDlcCampaign
from contacts import endpoints
from contacts.admin.guarded import GuardedAdmin

GROUPS = (
    (_("How long a yes counts"), ("express_days", "implied_days")),
    (
        _("Asking twice"),
        (
            "double_opt_in",
            "confirmation_originator",
            "confirmation_text",
            "confirmation_hours",
        ),
    ),
)


class ProgramLimitInline(TabularInline):
    """The most texts in some days: 4 in 2, 6 in 14."""

    model = ProgramLimit
    extra = 0


@admin.register(Program)
class ProgramAdmin(GuardedAdmin):
    """The named seller and purpose that people say yes to."""

    nothing_yet = _(
        "A program is what people say yes to, such as “Acme offers”. Everything else needs one."
    )
    list_display = ("name", "brand", "window_start", "window_end")
    search_fields = ("name", "brand")
    readonly_fields = ("application_id",)
    inlines = (ProgramLimitInline, SignUpPageInline)

    def get_fieldsets(self, request: HttpRequest, obj: Program | None = None) -> Any:
        """Set how long a yes counts, and asking twice, apart from the rest."""
        grouped = {name for _title, names in GROUPS for name in names}
        rest = [name for name in self.get_fields(request, obj) if name not in grouped]
        return [
            (None, {"fields": rest}),
            *((title, {"fields": names}) for title, names in GROUPS),
        ]

    def delete_model(self, request: HttpRequest, obj: Program) -> None:
        """Its endpoints go with it."""
        with transaction.atomic():
            endpoints.forget_applications([obj.application_id])
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Program]) -> None:
        """Their endpoints go with them."""
        with transaction.atomic():
            endpoints.forget_applications(queryset.values_list("application_id", flat=True))
            super().delete_queryset(request, queryset)

    def get_urls(self) -> list[URLPattern]:
        """Add the preview of the sign-up page, and who of a segment can be texted now."""
        view = self.admin_site.admin_view
        return [
            path("<int:program_id>/sign-up/", view(preview), name="compliance_program_sign_up"),
            path("reachable/", view(reachable_view), name="compliance_reachable"),
            *super().get_urls(),
        ]


@admin.register(Brand)
class BrandAdmin(GuardedAdmin):
    """Brands as they are registered with the carriers, and what these allow them a day."""

    nothing_yet = _("Enter a brand with its daily limit where it is registered for 10DLC.")
    list_display = ("name", "daily_parts")
    search_fields = ("name",)


@admin.register(TenDlcCampaign)
class TenDlcCampaignAdmin(GuardedAdmin):
    """Campaigns as they are registered for 10DLC, and the pace that their numbers share."""

    nothing_yet = _("Enter a 10DLC campaign with the pace that its numbers share.")
    list_display = ("name", "parts_per_second")
    search_fields = ("name",)
