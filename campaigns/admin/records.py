"""What the engine writes, to look at: messages, inbound texts, AWS's events."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from campaigns import reasons
from campaigns.actions import replay_events
from campaigns.models import Event, InboundMessage, Message


class RecordAdmin(ModelAdmin):
    """Rows that nobody adds, edits or deletes by hand, in tables too big to count."""

    show_full_result_count = False
    list_per_page = 50
    actions: tuple[str, ...] | None = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The engine adds them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They say what happened."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are kept."""
        return False


@admin.register(Message)
class MessageAdmin(RecordAdmin):
    """Every text to every person, with what became of it."""

    list_display = ("phone", "campaign", "state", "why", "parts", "price", "sent_at", "final_at")
    list_filter = ("state",)
    list_select_related = ("campaign",)
    search_fields = ("phone",)
    search_help_text = _("A number, beginning with +")
    ordering = ("-pk",)

    @admin.display(description=_("why"))
    def why(self, message: Message) -> str:
        """Say the reason in words where there are some."""
        if message.reason in reasons.SENTENCES:
            return reasons.in_words(message.reason)
        return message.detail or message.reason


@admin.register(InboundMessage)
class InboundMessageAdmin(RecordAdmin):
    """What people texted us."""

    list_display = ("sender", "body", "intent", "recipient", "received_at")
    list_filter = ("intent",)
    search_fields = ("sender",)
    ordering = ("-received_at",)


@admin.register(Event)
class EventAdmin(RecordAdmin):
    """What AWS told us, as it came."""

    list_display = ("id", "source", "outcome", "error", "received_at", "done_at")
    list_filter = ("status", "source")
    ordering = ("-pk",)
    actions = ("replay",)

    @display(
        description=gettext_lazy("outcome"),
        ordering="status",
        label={"done": "success", "broken": "danger", "unmatched": "warning", "new": "info"},
    )
    def outcome(self, event: Event) -> tuple[str, str]:
        """Show what became of it as a coloured label."""
        return event.status, event.get_status_display()

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Only some may have events acted on again."""
        return request.user.has_perm("campaigns.replay_event")

    @admin.action(description=gettext_lazy("Act on these again"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        """Put events back into the queue, after what was wrong is mended."""
        ids = list(queryset.values_list("pk", flat=True))
        count = replay_events(ids, request.user)
        said = ngettext("{} event is acted on again.", "{} events are acted on again.", count)
        self.message_user(request, said.format(count), messages.SUCCESS)
