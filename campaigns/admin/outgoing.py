"""Who is told of our events, and what has not reached them."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from campaigns.actions import resend_events
from campaigns.admin.records import RecordAdmin
from campaigns.models import Destination, OutgoingEvent
from campaigns.outgoing import webhook
from pinpoint.streams import Stream

STREAMS = {Destination.Kind.KINESIS, Destination.Kind.FIREHOSE}
STREAM = re.compile(r"[A-Za-z0-9_.-]{1,128}")


class DestinationForm(forms.ModelForm[Destination]):
    """A stream has a name, a webhook an https address."""

    class Meta:
        model = Destination
        fields = ("name", "kind", "address", "program", "active")

    def clean(self) -> dict[str, Any] | None:
        """Check the address against the kind."""
        cleaned = super().clean() or self.cleaned_data
        address, kind = cleaned.get("address", ""), cleaned.get("kind")
        if kind == Destination.Kind.WEBHOOK and not _is_web(address):
            self.add_error("address", _("Give an address that begins with https://."))
        if kind in STREAMS and not _is_stream(address, kind):
            self.add_error("address", _("Give the name of the stream, or its ARN."))
        return cleaned


def _is_stream(address: str, kind: str) -> bool:
    stream = Stream.of(address)
    return stream.service == kind if stream else STREAM.fullmatch(address) is not None


def _is_web(address: str) -> bool:
    # A trial on one machine may listen without TLS.
    return address.startswith("https://") or (
        settings.SENDPOINT_LOCAL and address.startswith("http://")
    )


@admin.register(Destination)
class DestinationAdmin(ModelAdmin):
    """Where events go. The secret of a webhook is made here and shown on its page."""

    form = DestinationForm
    list_display = ("name", "kind", "address", "program", "active", "last_success_at", "last_error")
    list_select_related = ("program",)
    readonly_fields = ("secret_words", "last_success_at", "last_error")
    fields = ("name", "kind", "address", "program", "active", *readonly_fields)

    @admin.display(description=gettext_lazy("secret for checking signatures"))
    def secret_words(self, place: Destination) -> str:
        """Show the key that the receiving side checks signatures with."""
        return place.secret or _("Made when a webhook is saved.")

    def save_model(
        self, request: HttpRequest, obj: Destination, form: DestinationForm, change: bool
    ) -> None:
        """Give a new webhook its secret."""
        if obj.kind == Destination.Kind.WEBHOOK and not obj.secret:
            obj.secret = webhook.new_secret()
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)


@admin.register(OutgoingEvent)
class OutgoingEventAdmin(RecordAdmin):
    """Each event on its way, with what went wrong."""

    list_display = ("id", "destination", "event_type", "outcome", "attempts", "error", "due_at")
    list_filter = ("state", "destination")
    list_select_related = ("destination",)
    ordering = ("-pk",)
    actions = ("send_again",)

    @display(
        description=gettext_lazy("outcome"),
        ordering="state",
        label={"arrived": "success", "given_up": "danger", "waiting": "info"},
    )
    def outcome(self, event: OutgoingEvent) -> tuple[str, str]:
        """Show whether it has arrived as a coloured label."""
        return event.state, event.get_state_display()

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Only some may have events sent again."""
        return request.user.has_perm("campaigns.resend_outgoingevent")

    @admin.action(description=gettext_lazy("Send these again"), permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingEvent]) -> None:
        """Put events back into the queue."""
        count = resend_events(list(queryset.values_list("pk", flat=True)), request.user)
        said = ngettext("{} event is sent again.", "{} events are sent again.", count)
        self.message_user(request, said.format(count), messages.SUCCESS)
