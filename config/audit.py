"""The audit page: who changed what, and when. Nobody edits it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from compliance.admin.records import ReadOnlyAdmin


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """Every change by a person, the newest first."""

    list_display = ("action_time", "user", "done", "content_type", "what", "said")
    list_filter = ("action_flag", "user", "action_time", "content_type")
    list_select_related = ("user", "content_type")
    ordering = ("-pk",)
    fields = ("action_time", "user", "done", "content_type", "object_id", "what", "said")
    readonly_fields = ("done", "what", "said")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """There is nothing to do with the past."""
        return {}

    @display(description=_("done"), label={"1": "success", "2": "info", "3": "danger"})
    def done(self, entry: LogEntry) -> tuple[str, str]:
        """Show the kind as a coloured label."""
        return str(entry.action_flag), entry.get_action_flag_display()

    @admin.display(description=_("object"))
    def what(self, entry: LogEntry) -> str:
        """Name what was changed, with a link where it has a page."""
        address = entry.get_admin_url() if entry.object_id and not entry.is_deletion() else None
        if address is None:
            return entry.object_repr
        return format_html('<a class="underline" href="{}">{}</a>', address, entry.object_repr)

    @admin.display(description=_("what happened"))
    def said(self, entry: LogEntry) -> str:
        """Say it in words."""
        return str(entry.get_change_message())
