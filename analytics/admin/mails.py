"""The e-mails that were written, and what became of them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from analytics.mail.acting import resend
from analytics.models import OutgoingMail
from campaigns.admin.records import RecordAdmin


@admin.register(OutgoingMail)
class OutgoingMailAdmin(RecordAdmin):
    """Each e-mail, with what went wrong."""

    nothing_yet = gettext_lazy("Alerts and reports that go out by e-mail appear here.")
    export_columns = ("id", "subject", "to", "state", "attempts", "error", "created_at", "ended_at")
    list_display = ("subject", "to", "outcome", "attempts", "error", "created_at", "ended_at")
    list_filter = ("state",)
    ordering = ("-pk",)
    fields = (
        *("subject", "to", "text", "state", "attempts", "error", "created_at", "due_at"),
        "ended_at",
    )
    actions = ("send_again",)

    @display(
        description=gettext_lazy("outcome"),
        ordering="state",
        label={"sent": "success", "given_up": "danger", "waiting": "info"},
    )
    def outcome(self, mail: OutgoingMail) -> tuple[str, str]:
        """Show whether it was taken as a coloured label."""
        return mail.state, mail.get_state_display()

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Only some may have them sent again."""
        return request.user.has_perm("analytics.resend_outgoingmail")

    @admin.action(description=gettext_lazy("Send these again"), permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        """Put e-mails that were given up back into the queue."""
        count = resend(list(queryset.values_list("pk", flat=True)), request.user)
        said = ngettext("{} e-mail is sent again.", "{} e-mails are sent again.", count)
        self.message_user(request, said.format(count), messages.SUCCESS)
