"""The rules of when a text may go, as people keep them; the gate reads a `RulesVersion`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from compliance.policies import calendars, hours

EVERYWHERE = "*"  # holds for every text, besides what the place asks for
ELSEWHERE = "other"  # holds for countries that have no policy of their own

JURISDICTION = RegexValidator(
    r"^(\*|other|[A-Z]{2}(-[A-Z0-9]{1,3})?)$",
    _("Write a country (FR), a state (US-TX), * for everywhere or other for all other countries."),
)


class Sourced(models.Model):
    """Where a rule comes from, and when somebody must look at it again."""

    source = models.TextField(_("source"), help_text=_("The statute or page this was read in."))
    note = models.TextField(
        _("note"), blank=True, help_text=_("What is disputed, and what was chosen.")
    )
    review_on = models.DateField(_("review by"))

    class Meta:
        abstract = True


class Policy(Sourced):
    """What one jurisdiction allows. Several that hold at once all apply: the strictest counts."""

    class Covers(models.TextChoices):
        """Which texts the law is about."""

        PROMOTIONAL = "promotional", _("promotional texts")
        ALL = "all", _("all texts")

    jurisdiction = models.CharField(_("where"), max_length=6, validators=[JURISDICTION])
    covers = models.CharField(
        _("covers"), max_length=11, choices=Covers.choices, default=Covers.PROMOTIONAL
    )
    hours = models.CharField(
        _("hours"),
        max_length=200,
        help_text=_("Recipient's local time: Mon-Sat 09:00-21:00; Sun 12:00-21:00"),
    )
    calendars = models.CharField(
        _("no texts on the holidays of"),
        max_length=60,
        blank=True,
        help_text=_("Calendars, with spaces between: US US-LA. Blank: holidays are like any day."),
    )
    most_in_day = models.PositiveSmallIntegerField(
        _("most in 24 hours"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Promotional texts of one brand to one number. Blank: no limit."),
    )
    first_day = models.DateField(
        _("in force from"), null=True, blank=True, help_text=_("Blank: since ever.")
    )
    last_day = models.DateField(
        _("in force until"), null=True, blank=True, help_text=_("The last day. Blank: no end.")
    )

    class Meta:
        verbose_name = _("sending rule")
        default_permissions = ("view", "add", "change")
        ordering = ["jurisdiction", "first_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "covers", "first_day"],
                nulls_distinct=False,
                name="one_policy_per_place_and_beginning",
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(first_day=None) | Q(first_day__lte=F("last_day")),
                name="policy_begins_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(most_in_day=None) | Q(most_in_day__gte=1),
                name="policy_lets_at_least_one_pass",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.hours}"

    def clean(self) -> None:
        """Refuse hours and calendars that cannot be read, in words."""
        try:
            self.hours = hours.text(hours.parse(self.hours))
        except hours.BadHours as problem:
            raise ValidationError({"hours": str(problem)}) from problem
        for name in self.calendars.split():
            if not calendars.exists(name):
                raise ValidationError(
                    {"calendars": _("There is no holiday calendar “{}”.").format(name)}
                )
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValidationError({"last_day": _("It must not end before it begins.")})


class HolidayChange(Sourced):
    """A holiday that the calendar library does not know, or one that does not count."""

    class Change(models.TextChoices):
        """What is done to the calendar."""

        ADD = "add", _("is a holiday")
        REMOVE = "remove", _("is not a holiday")

    calendar = models.CharField(_("calendar"), max_length=6, help_text="US-LA")
    day = models.DateField(_("day"))
    change = models.CharField(max_length=6, choices=Change.choices, default=Change.ADD)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("holiday correction")
        default_permissions = ("view", "add", "change", "delete")
        ordering = ["day", "calendar"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="one_change_per_calendar_day")
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.day}: {self.name}"

    def clean(self) -> None:
        """Refuse a calendar that no rule could name."""
        if not calendars.exists(self.calendar):
            raise ValidationError(
                {"calendar": _("There is no holiday calendar “{}”.").format(self.calendar)}
            )


class Emergency(models.Model):
    """A jurisdiction where nothing promotional goes until then (compliance.md 2.2, Louisiana)."""

    jurisdiction = models.CharField(_("where"), max_length=6, validators=[JURISDICTION])
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(
        _("until"), help_text=_("No end known? Take the next day somebody will look at it.")
    )
    source = models.TextField(_("source"), help_text=_("The declaration."))

    class Meta:
        verbose_name = _("emergency stop")
        verbose_name_plural = _("emergency stops")
        default_permissions = ("view", "add", "change")
        ordering = ["-until"]
        constraints = [
            models.CheckConstraint(condition=Q(since__lt=F("until")), name="emergency_has_a_length")
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} until {self.until:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """Say in words what the constraint holds."""
        if self.since and self.until and self.since >= self.until:
            raise ValidationError({"until": _("It must end after it begins.")})


class RulesVersion(models.Model):
    """All rules as they stood after one change; every decision names the version it was made by.

    Append-only, like the ledger: the database refuses UPDATE, DELETE and TRUNCATE.
    """

    made_at = models.DateTimeField(_("made at"))
    made_by = models.CharField(_("made by"), max_length=150, blank=True)
    summary = models.CharField(_("what changed"), max_length=300)
    content: Any = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("version of the rules")
        verbose_name_plural = _("versions of the rules")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What decisions call it: its number and the beginning of its hash."""
        return f"{self.pk}-{self.sha256[:8]}"
