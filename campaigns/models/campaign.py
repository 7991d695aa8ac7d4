"""A campaign."""

from datetime import time
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns import india
from compliance.models import MessageClass, Originator, Program
from contacts.models import Segment
from pinpoint.ids import new_id


class Campaign(models.Model):
    """A text for a segment, with its schedule and limits."""

    FIRST_VERSION = 1

    class Status(models.TextChoices):
        """Where the campaign is; every change is one action in campaigns/actions/."""

        DRAFT = "draft", _("draft")
        REVIEW = "review", _("in review")
        APPROVED = "approved", _("approved")
        SCHEDULED = "scheduled", _("scheduled")
        SENDING = "sending", _("sending")
        PAUSED = "paused", _("paused")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    class Timing(models.TextChoices):
        """When its runs begin."""

        NOW = "now", _("as soon as it is launched")
        ONCE = "once", _("once, at a time")
        HOURLY = "hourly", _("every hour from then on")
        DAILY = "daily", _("every day from then on")
        WEEKLY = "weekly", _("every week from then on")
        MONTHLY = "monthly", _("every month from then on")
        EVENT = "event", _("for each person when an event is recorded")

    name = models.CharField(_("name"), max_length=120)
    pinpoint_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
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
    india_entity = india.id_field(
        _("India: entity ID"),
        _("Of your company in India's register (DLT); goes with texts to India alone."),
    )
    india_template = india.id_field(_("India: template ID"), _("Of this text in that register."))
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
        help_text=_("The sender's own limit holds as well."),
    )
    expires_after_hours = models.PositiveSmallIntegerField(
        _("give up after (hours)"),
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 30)],
        help_text=_("A text that could not go by then expires; quiet hours may hold it back."),
    )
    budget_usd = models.DecimalField(
        _("most it may cost (US dollars)"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_("Over all its runs. When it is used up the campaign pauses. Blank: no limit."),
    )
    max_audience = models.PositiveIntegerField(
        _("most people in a run"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Above it, one more person must approve the campaign. Blank: no limit."),
    )
    holdout_percent = models.PositiveSmallIntegerField(
        _("hold-out (%)"),
        default=0,
        validators=[MaxValueValidator(90)],
        help_text=_("So many of its people get nothing, so that the effect can be measured."),
    )
    timing = models.CharField(_("begins"), max_length=7, choices=Timing.choices, default=Timing.NOW)
    event = models.CharField(
        _("event"),
        max_length=100,
        blank=True,
        help_text=_(
            "opt_in: somebody joins the program. attributes.Plan (or user_attributes., metrics.): "
            "that of a person changes. Or a name of your own, such as order.shipped. Imports are "
            "no events."
        ),
    )
    # What must have come with the event besides (campaigns/event_rules.py); {}: nothing.
    event_rules: Any = models.JSONField(_("of these events"), default=dict, blank=True)
    first_day = models.DateField(_("day"), null=True, blank=True)
    clock = models.TimeField(_("time"), null=True, blank=True)
    zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        help_text=_("Of day and time, such as America/Chicago. Blank: that of this installation."),
    )
    everyones_own = models.BooleanField(
        _("at that time where each person is"),
        default=False,
        help_text=_(
            "Each text is due at that time in its person's zone; the zone above is for people of "
            "whom none is known."
        ),
    )
    window_start = models.TimeField(
        _("earliest"),
        null=True,
        blank=True,
        help_text=_("Promotional texts: recipient's local time. Blank: the program's hours."),
    )
    window_end = models.TimeField(
        _("latest"),
        null=True,
        blank=True,
        help_text=_("The program's hours and the law's hold besides."),
    )
    # Before it one that answers events answers none; only Pinpoint's interface sets it.
    starts_at = models.DateTimeField(_("answers from"), null=True, blank=True, editable=False)
    ends_at = models.DateTimeField(
        _("ends"),
        null=True,
        blank=True,
        help_text=_("No run begins after it, and what has not gone by then expires."),
    )
    # When the engine opens the next run; NULL: none is to come.
    next_run_at = models.DateTimeField(null=True, blank=True, editable=False)
    launched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    # Why the engine paused it, or why it could not begin.
    paused_because = models.CharField(max_length=300, blank=True)
    # Counts the edits: who saves an older version is told, and an approval holds for one version.
    version = models.PositiveIntegerField(default=FIRST_VERSION)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Which call of the interface made it: a client that tries again makes no second one.
    made_by_call = models.CharField(max_length=64, blank=True, default="", editable=False)
    # When the interface deleted it: it is cancelled then, and stays on record.
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [
            ("launch_campaign", "Can launch, pause, resume and cancel campaigns"),
            ("approve_campaign", "Can approve campaigns of others, or send them back"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(daily_limit__gte=1, total_limit__gte=1, messages_per_second__gte=1),
                name="campaign_limits_are_at_least_one",
            ),
            models.CheckConstraint(
                condition=Q(timing="now")
                | (Q(timing="event") & ~Q(event=""))
                | (~Q(timing="event") & Q(first_day__isnull=False, clock__isnull=False)),
                name="campaign_schedule_has_day_and_time",
            ),
            models.CheckConstraint(
                condition=Q(window_start=None, window_end=None)
                | Q(window_start__isnull=False, window_start__lt=models.F("window_end")),
                name="campaign_window_is_a_day_window",
            ),
            models.UniqueConstraint(
                fields=["created_by", "made_by_call"],
                condition=~Q(made_by_call=""),
                name="one_campaign_per_call",
            ),
        ]
        indexes = [
            # Opening runs: the campaigns whose next run is due.
            models.Index(
                fields=["next_run_at"],
                name="campaign_run_due",
                condition=Q(next_run_at__isnull=False, status__in=["scheduled", "sending"]),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def window(self) -> tuple[time, time] | None:
        """Its own hours, in its people's time; None: those of its program are enough."""
        if self.window_start is None or self.window_end is None:
            return None
        return self.window_start, self.window_end

    @property
    def repeats(self) -> bool:
        """Whether it has more than one run by itself."""
        return self.timing not in {self.Timing.NOW, self.Timing.ONCE, self.Timing.EVENT}


# States in which a campaign may be edited: nothing of it is on its way.
EDITABLE = frozenset(
    {
        Campaign.Status.DRAFT,
        Campaign.Status.REVIEW,
        Campaign.Status.APPROVED,
        Campaign.Status.SCHEDULED,
        Campaign.Status.COMPLETED,
        Campaign.Status.CANCELLED,
        Campaign.Status.FAILED,
    }
)
# States that a campaign has reached its end in; it may be launched again.
ENDED = frozenset({Campaign.Status.COMPLETED, Campaign.Status.CANCELLED, Campaign.Status.FAILED})
