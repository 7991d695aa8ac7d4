"""Who is told of our events, and what has not reached them."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.decorators import display

from campaigns import actions
from campaigns.admin.records import RecordAdmin
from campaigns.models import Destination, OutgoingEvent
from contacts.admin.guarded import GuardedAdmin
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
class DestinationAdmin(GuardedAdmin):
    """Where events go. The secret of a webhook is made here and shown once."""

    nothing_yet = gettext_lazy(
        "Name a webhook or a stream that is to hear of receipts, answers and opt-outs."
    )
    unguarded_fields = ("last_success_at", "last_error")
    form = DestinationForm
    list_display = ("name", "kind", "address", "program", "active", "last_success_at", "last_error")
    list_select_related = ("program",)
    readonly_fields = ("secret_words", "last_success_at", "last_error")
    fields = ("name", "kind", "address", "program", "active", *readonly_fields)
    change_form_outer_after_template = "campaigns/renew_secret.html"

    @admin.display(description=gettext_lazy("secret for checking signatures"))
    def secret_words(self, place: Destination) -> str:
        """Say whether the receiving side has something to check signatures with."""
        secret = place.secret
        if secret is None:
            return _("It cannot be read, since SECRET_KEY was changed. Make a new one below.")
        if secret:
            return _("It was shown once. Whoever has lost it makes a new one below.")
        return _("Made when a webhook is saved, and shown once.")

    def save_model(
        self, request: HttpRequest, obj: Destination, form: DestinationForm, change: bool
    ) -> None:
        """Give a new webhook its secret."""
        if obj.kind == Destination.Kind.WEBHOOK and not obj.sealed:
            request.new_secret = actions.give_secret(obj)  # type: ignore[attr-defined]
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Destination, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show a new secret, this once."""
        answer = super().response_add(request, obj, post_url_continue)
        return self._shown(request, obj) or answer

    def response_change(self, request: HttpRequest, obj: Destination) -> HttpResponse:
        """Show it as well where a stream became a webhook."""
        answer = super().response_change(request, obj)
        return self._shown(request, obj) or answer

    def _shown(self, request: HttpRequest, place: Destination) -> HttpResponse | None:
        secret = getattr(request, "new_secret", "")
        if not secret:
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("The secret of {}").format(place),
            "secret": secret,
            "further": reverse("admin:campaigns_destination_change", args=[place.pk]),
        }
        response = render(request, "campaigns/new_secret.html", context)
        response["Cache-Control"] = "no-store, private"
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add the button that makes another secret."""
        view = self.admin_site.admin_view(require_POST(self.renew_view))
        name = "campaigns_destination_renew"
        return [path("<int:place_id>/renew-secret/", view, name=name), *super().get_urls()]

    def renew_view(self, request: HttpRequest, place_id: int) -> HttpResponse:
        """Make another secret, and show it this once."""
        place = get_object_or_404(Destination, pk=place_id)
        try:
            request.new_secret = actions.renew_secret(place.pk, request.user)  # type: ignore[attr-defined]
        except actions.Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        return self._shown(request, place) or redirect(
            "admin:campaigns_destination_change", place.pk
        )


@admin.register(OutgoingEvent)
class OutgoingEventAdmin(RecordAdmin):
    """Each event on its way, with what went wrong."""

    nothing_yet = gettext_lazy(
        "Events appear here once a destination is set up under “Who is told”."
    )
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
        count = actions.resend_events(list(queryset.values_list("pk", flat=True)), request.user)
        said = ngettext("{} event is sent again.", "{} events are sent again.", count)
        self.message_user(request, said.format(count), messages.SUCCESS)
