"""What the engine writes, to look at: messages, inbound texts, AWS's events."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from campaigns import decisions, reasons
from campaigns.actions import leave, replay_events, send_again
from campaigns.actions.settling import undecided
from campaigns.models import Event, InboundMessage, Message
from contacts.admin.big import BigAdmin
from contacts.admin.numbers import NumberAdmin


class RecordAdmin(BigAdmin):
    """Rows that nobody adds, edits or deletes by hand, in tables too big to count."""

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


class Undecided(admin.SimpleListFilter):
    """Those texts of unclear fate that wait for a person's decision."""

    title = gettext_lazy("decision")
    parameter_name = "decide"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One choice."""
        return [("yes", gettext_lazy("unclear, waits for your decision"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Keep what waits."""
        return queryset & undecided(timezone.now()) if self.value() == "yes" else queryset


OF_MESSAGE = ("campaign", "run", "purpose", "program", "originator")
TIMES = ("created_at", "due_at", "sent_at", "final_at")
MONEY = ("parts", "expected_usd", "price", "carrier_fee", "priced_at", "country", "carrier")
INSIDE = (
    *("reason", "detail", "receipt", "event_at", "aws_id", "key", "attempts", "claim"),
    *("leased_until", "arm", "rules", "changed_at", "left_at", "context", "country_parameters"),
    "decisions",
)


@admin.register(Message)
class MessageAdmin(NumberAdmin, RecordAdmin):
    """Every text to every person, with what became of it."""

    nothing_yet = gettext_lazy(
        "Texts appear here as soon as a campaign is launched or a test is sent."
    )
    list_display = ("phone", "campaign", "state", "why", "parts", "price", "sent_at", "final_at")
    list_filter = (Undecided, "state")
    export_columns = (
        *("id", "phone", "campaign__name", "purpose", "state", "reason", "detail", "country"),
        *("carrier", "parts", "price", "carrier_fee", "expected_usd", "due_at", "sent_at"),
        *("final_at", "attempts", "aws_id", "body"),
    )
    list_select_related = ("campaign",)
    ordering = ("-pk",)
    actions = ("send_again", "leave")
    # What people ask first, then the times and the money; what only the engine asks is folded.
    fieldsets = (
        (None, {"fields": ("phone", "contact", "state", "why", "body", *OF_MESSAGE)}),
        (gettext_lazy("Why it was let go or not"), {"fields": ("decided",)}),
        (gettext_lazy("When"), {"fields": TIMES}),
        (gettext_lazy("What it cost"), {"fields": MONEY}),
        (gettext_lazy("For support"), {"fields": INSIDE, "classes": ("collapse",)}),
    )
    readonly_fields = ("why", "decided")

    def has_launch_permission(self, request: HttpRequest) -> bool:
        """Who may launch a campaign decides on its texts too."""
        return request.user.has_perm("campaigns.launch_campaign")

    @admin.action(
        description=gettext_lazy("It did not arrive: send it again"), permissions=["launch"]
    )
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Send texts of unclear fate again, because a person found that they did not arrive."""
        chosen = list(queryset.values_list("pk", flat=True))
        sent = send_again(chosen, request.user)
        said = ngettext("{} text goes out again.", "{} texts go out again.", sent)
        self.message_user(request, said.format(sent), messages.SUCCESS)
        self._say_what_was_left(request, len(chosen) - sent)

    @admin.action(description=gettext_lazy("Leave it unclear"), permissions=["launch"])
    def leave(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Take texts of unclear fate off the list."""
        chosen = list(queryset.values_list("pk", flat=True))
        left = leave(chosen, request.user)
        said = ngettext("{} text stays unclear.", "{} texts stay unclear.", left)
        self.message_user(request, said.format(left), messages.SUCCESS)
        self._say_what_was_left(request, len(chosen) - left)

    def _say_what_was_left(self, request: HttpRequest, count: int) -> None:
        if count:
            said = ngettext(
                "{} text was left as it is: its fate is not unclear, a receipt may still come, "
                "or its campaign is over.",
                "{} texts were left as they are: their fate is not unclear, a receipt may still "
                "come, or their campaign is over.",
                count,
            )
            self.message_user(request, said.format(count), messages.WARNING)

    @admin.display(description=gettext_lazy("the gate's answers"))
    def decided(self, message: Message) -> str:
        """Say each answer of the gate that counted, the oldest first."""
        said = ((decisions.in_words(one),) for one in message.decisions or [])
        return format_html_join(mark_safe("<br>"), "{}", said)

    @admin.display(description=gettext_lazy("why"))
    def why(self, message: Message) -> str:
        """Say the reason in words where there are some."""
        if message.reason in reasons.SENTENCES:
            return reasons.in_words(message.reason)
        return message.detail or message.reason


@admin.register(InboundMessage)
class InboundMessageAdmin(NumberAdmin, RecordAdmin):
    """What people texted us."""

    nothing_yet = gettext_lazy(
        "What people text you appears here. Nothing comes? See what the page AWS account misses."
    )
    list_display = ("sender", "body", "intent", "rule", "recipient", "received_at")
    list_filter = ("intent",)
    export_columns = (
        *("id", "sender", "recipient", "body", "intent", "rule", "rules_version", "received_at"),
    )
    number_field = "sender"
    ordering = ("-received_at",)


@admin.register(Event)
class EventAdmin(RecordAdmin):
    """What AWS told us, as it came."""

    nothing_yet = gettext_lazy(
        "What AWS tells appears here. Nothing comes? The page AWS account sets the way up."
    )
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
