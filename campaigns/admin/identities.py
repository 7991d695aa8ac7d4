"""Where numbers had pages of their own: their addresses lead to those of senders.

The buttons that buy, change and give back keep their addresses here.
"""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern

from campaigns.admin import identity_buttons
from campaigns.admin.records import RecordAdmin
from campaigns.models import AwsIdentity

LIST = "admin:compliance_originator_changelist"


@admin.register(AwsIdentity)
class AwsIdentityAdmin(RecordAdmin):
    """Leads old addresses, and those in the audit log, to the sender's page."""

    is_exported = False

    def get_urls(self) -> list[URLPattern]:
        """Add the pages and buttons that buy, change and give back."""
        found: list[URLPattern] = super().get_urls()
        return [*identity_buttons.urls(self.admin_site.admin_view), *found]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(LIST)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the page."""
        return self._lead(request, object_id, "change")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the history."""
        return self._lead(request, object_id, "history")

    def _lead(self, request: HttpRequest, object_id: str, page: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        pk = int(object_id) if object_id.isdecimal() else 0
        row = AwsIdentity.objects.filter(pk=pk).first()
        if row is None:
            return redirect(LIST)
        return redirect(f"admin:compliance_originator_{page}", row.originator_id)
