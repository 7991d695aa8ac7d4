"""AWS's opt-out lists: what they hold, what is still to be told, and what the checks found."""

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from compliance.admin.records import ReadOnlyAdmin
from compliance.models import ListCheck, ListedNumber
from contacts.admin.numbers import NumberAdmin


class Undone(admin.SimpleListFilter):
    """Rows in which AWS does not hold what it should."""

    title = _("state")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[ListedNumber]"
    ) -> list[tuple[str, str]]:
        """Only those that differ are worth a filter."""
        return [("differs", str(_("still to be told to AWS")))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ListedNumber]
    ) -> QuerySet[ListedNumber]:
        """Filter by the outbox's own index."""
        if self.value() == "differs":
            return queryset.filter(Q(known=None) | ~Q(known=F("wanted")))
        return queryset


@admin.register(ListedNumber)
class ListedNumberAdmin(NumberAdmin, ReadOnlyAdmin):
    """Our opt-outs on AWS's lists, each with what AWS last said."""

    nothing_yet = _("Opt-outs appear here as they are told to AWS's lists.")
    list_display = ("phone", "list_name", "wanted", "known", "end_user", "due_at", "error")
    list_filter = (Undone,)
    ordering = ("-pk",)


@admin.register(ListCheck)
class ListCheckAdmin(ReadOnlyAdmin):
    """What reading AWS's lists has found, the newest first."""

    nothing_yet = _("AWS's lists are read once a day; the page AWS account reads them at once.")
    list_display = (
        "list_name", "started_at", "finished_at", "seen", "learned", "missing", "error",
    )  # fmt: skip
    ordering = ("-started_at",)
