"""What goes out and what comes back: campaigns, their runs, messages, and AWS's events."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.models import MessageClass, Originator, Program
from contacts.models import Contact, Segment


class Campaign(models.Model):
    """A text for a segment, with its schedule and limits."""

    class Status(models.TextChoices):
        """Where the campaign is; every change is one action in campaigns/actions.py."""

        DRAFT = "draft", _("draft")
        SENDING = "sending", _("sending")
        PAUSED = "paused", _("paused")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")

    name = models.CharField(_("name"), max_length=120)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, verbose_name=_("program"))
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, verbose_name=_("segment"))
    originator = models.ForeignKey(
        Originator, on_delete=models.PROTECT, verbose_name=_("sent from")
    )
    message_class = models.CharField(
        _("kind of text"),
        max_length=13,
        choices=MessageClass.choices,
        default=MessageClass.PROMOTIONAL,
        help_text=_("A text that mixes both is promotional."),
    )
    body = models.TextField(_("text"))
    daily_limit = models.PositiveSmallIntegerField(
        _("per person per day"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("The most texts of this campaign that one person gets in 24 hours."),
    )
    total_limit = models.PositiveSmallIntegerField(
        _("per person in total"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("The most texts of this campaign that one person gets at all."),
    )
    messages_per_second = models.PositiveIntegerField(
        _("messages per second"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(20_000)],
        help_text=_("The originator's own limit holds as well."),
    )
    expires_after_hours = models.PositiveSmallIntegerField(
        _("give up after (hours)"),
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 30)],
        help_text=_("A text that could not go by then expires; quiet hours may hold it back."),
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    paused_because = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [("launch_campaign", "Can launch, pause, resume and cancel campaigns")]
        constraints = [
            models.CheckConstraint(
                condition=Q(daily_limit__gte=1, total_limit__gte=1, messages_per_second__gte=1),
                name="campaign_limits_are_at_least_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """One launch of a campaign: what was sent to whom, frozen at that moment."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField()
    body = models.TextField()
    rules: Any = models.JSONField()
    # NULL until the audience has been written, in one statement, with its messages.
    audience = models.PositiveIntegerField(null=True, blank=True)
    launched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    launched_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="one_run_per_number"),
            # A double click on Launch must not make a second run.
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(finished_at=None), name="one_open_run_per_campaign"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} #{self.number}"


class Message(models.Model):
    """One text to one person: the queue, the record and the state, in one row."""

    class State(models.TextChoices):
        """Where the text is. Everything after ACCEPTED is terminal, except UNKNOWN."""

        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being handed to AWS")
        ACCEPTED = "accepted", _("accepted by AWS")
        UNKNOWN = "unknown", _("fate unclear")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        BLOCKED = "blocked", _("blocked by the gate")
        EXPIRED = "expired", _("expired before it could go")
        CANCELLED = "cancelled", _("cancelled")

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="messages")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    phone = models.CharField(_("phone"), max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    body = models.TextField(_("text as sent"), blank=True)
    rules = models.CharField(max_length=20, blank=True)  # version the gate decided by
    aws_id = models.CharField(max_length=64, blank=True)
    parts = models.PositiveSmallIntegerField(null=True)
    price = models.DecimalField(max_digits=10, decimal_places=5, null=True)  # US dollars
    carrier_fee = models.DecimalField(max_digits=10, decimal_places=5, null=True)
    country = models.CharField(max_length=2, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    event_at = models.DateTimeField(null=True)  # when AWS's last applied event happened
    final_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["run", "contact"], name="one_message_per_run_contact"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claim__isnull=False, sent_at__isnull=False),
                name="message_sending_has_claim_and_time",
            ),
        ]
        indexes = [
            # Dispatch: the oldest due messages of a run that wait and are not leased.
            models.Index(
                fields=["run", "due_at", "id"], name="message_due", condition=Q(state="queued")
            ),
            # Tidying: leases of dead workers.
            models.Index(
                fields=["leased_until"], name="message_leased", condition=Q(state="sending")
            ),
            # Receipts that do not carry our id (the console, other tools) find theirs by AWS's.
            models.Index(fields=["aws_id"], name="message_aws_id", condition=~Q(aws_id="")),
            # Counting a run by state.
            models.Index(fields=["run", "state"], name="message_run_state"),
            # The caps of one person in one campaign.
            models.Index(
                fields=["campaign", "phone", "sent_at"],
                name="message_person_sent",
                condition=Q(sent_at__isnull=False),
            ),
            # The rollup: what changed since it last looked, and the texts of an hour.
            models.Index(fields=["changed_at"], name="message_changed"),
            models.Index(Coalesce("sent_at", "final_at"), name="message_hour"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


# The states in which a message stays, and those that still move.
TERMINAL = frozenset(
    {
        Message.State.DELIVERED,
        Message.State.FAILED,
        Message.State.BLOCKED,
        Message.State.EXPIRED,
        Message.State.CANCELLED,
    }
)
OPEN = frozenset({Message.State.QUEUED, Message.State.SENDING, Message.State.ACCEPTED})


class Event(models.Model):
    """One thing AWS told us, as it came. Committed before it is acknowledged."""

    class Status(models.TextChoices):
        """Whether it has been acted on."""

        NEW = "new", _("new")
        DONE = "done", _("done")
        UNMATCHED = "unmatched", _("not about a text of ours")
        BROKEN = "broken", _("broken")

    # What makes a second delivery of the same thing recognisable.
    dedupe_key = models.CharField(max_length=200, unique=True)
    source = models.CharField(max_length=10)
    received_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    payload = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        indexes = [
            # Processing: what has not been acted on, oldest first.
            models.Index(fields=["id"], name="event_new", condition=Q(status="new")),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}"


class InboundMessage(models.Model):
    """A text that a person sent us."""

    inbound_id = models.CharField(max_length=100, unique=True)
    sender = models.CharField(_("from"), max_length=20)
    recipient = models.CharField(_("to"), max_length=20)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    answers = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True)
    body = models.TextField(_("text"))
    intent = models.CharField(_("understood as"), max_length=10)
    received_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ("view",)
        indexes = [
            # The rollup: what came in since it last looked, and the answers of an hour.
            models.Index(fields=["created_at"], name="inbound_created"),
            models.Index(fields=["received_at"], name="inbound_received"),
        ]

    def __str__(self) -> str:
        return f"inbound {self.pk}"
