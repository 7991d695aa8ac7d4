"""What is read from AWS: when it last came, and what is wrong where it does not come."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from campaigns import syncing
from campaigns.actions import sync_now
from campaigns.admin.records import RecordAdmin
from campaigns.models import AwsSource


@admin.register(AwsSource)
class AwsSourceAdmin(RecordAdmin):
    """Each source with its state, and a way to read it at once."""

    nothing_yet = gettext_lazy("Sources appear here once the beat process has run for a minute.")
    list_display = ("label", "state", "last_success_at", "last_try_at", "due_at", "error")
    list_display_links = ("label",)
    fields = (
        *("label", "last_success_at", "last_try_at", "due_at", "failures", "failing_since"),
        "error",
    )
    readonly_fields = fields
    actions = ("read_now",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AwsSource]:
        """Leave out what this installation no longer reads."""
        found: QuerySet[AwsSource] = super().get_queryset(request)
        return found.filter(name__in=syncing.sources())

    @admin.display(description=gettext_lazy("what is read"), ordering="name")
    def label(self, source: AwsSource) -> Any:
        """Name it for people."""
        return syncing.sources()[source.name].label

    @display(
        description=gettext_lazy("state"), label={"ok": "success", "bad": "danger", "new": "info"}
    )
    def state(self, source: AwsSource) -> tuple[str, Any]:
        """Say whether it comes."""
        if source.error:
            return "bad", gettext_lazy("fails")
        if source.last_success_at:
            return "ok", gettext_lazy("read")
        return "new", gettext_lazy("not read yet")

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Only some may have AWS asked at once."""
        return request.user.has_perm("campaigns.run_awssource")

    @admin.action(description=gettext_lazy("Read these from AWS now"), permissions=["run"])
    def read_now(self, request: HttpRequest, queryset: QuerySet[AwsSource]) -> None:
        """Do not wait until their time comes."""
        count = sync_now(list(queryset.values_list("pk", flat=True)), request.user)
        said = ngettext("{} is being read.", "{} are being read.", count).format(count)
        self.message_user(request, said, messages.SUCCESS)
