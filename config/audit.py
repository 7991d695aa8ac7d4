"""The audit page: who changed what, and when. Nobody edits it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from compliance.admin.records import ReadOnlyAdmin


class OfOneObject(admin.SimpleListFilter):
    """The history of one object, as the page of the object links to it."""

    title = _("object")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the object that was asked for; there are too many to choose from."""
        asked = request.GET.get(self.parameter_name, "")
        return [(asked, _named(asked))] if asked else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        """Keep what was done to it."""
        asked = self.value() or ""
        kind = _kind(asked)
        if kind is None:
            return queryset.none() if asked else queryset
        return queryset.filter(content_type=kind, object_id=asked.partition(":")[2])


def _kind(asked: str) -> ContentType | None:
    """Return what kind of object `campaigns.campaign:5` names."""
    app, _dot, model = asked.partition(":")[0].partition(".")
    return ContentType.objects.filter(app_label=app, model=model).first()


def _named(asked: str) -> str:
    entries = LogEntry.objects.filter(content_type=_kind(asked))
    latest = entries.filter(object_id=asked.partition(":")[2]).order_by("-pk").first()
    return latest.object_repr if latest else asked.partition(":")[2]


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """Every change by a person, the newest first."""

    nothing_yet = _("Whatever a person changes appears here.")
    list_display = ("action_time", "user", "done", "content_type", "what", "said")
    list_filter = (OfOneObject, "action_flag", "user", "action_time", "content_type")
    export_columns = (
        *("id", "action_time", "user__username", "action_flag", "content_type__model"),
        *("object_id", "object_repr", "change_message"),
    )
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
