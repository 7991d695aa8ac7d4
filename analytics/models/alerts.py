"""When something is wrong: the rules that say so, and each time one of them did."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from compliance.models import Originator

AT_LEAST_ONE = MinValueValidator(1)


class AlertRule(models.Model):
    """What is watched, from where on it is bad, and who is told.

    Its counters are changed by analytics/alerts/checking.py alone, under the row's lock.
    """

    class Kind(models.TextChoices):
        """What is measured."""

        DELIVERY = "delivery", _("few texts arrive")
        DROP = "drop", _("fewer texts arrive than in the week before")
        OPT_OUTS = "opt_outs", _("many people opt out")
        SPEND = "spend", _("the month's money runs out")
        BACKLOG = "backlog", _("texts are due and none leaves")
        SILENT = "silent", _("texts are sent and AWS says nothing of them")
        SYNC = "sync", _("reading from AWS fails")

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("what is watched"), max_length=10, choices=Kind.choices)
    threshold = models.DecimalField(
        _("limit"),
        max_digits=8,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_(
            "From here on it is bad. Few texts arrive: below so many % of them. Fewer than before: "
            "so many points of % less. Opt-outs: so many % of the people reached. Money: so many % "
            "of the budget or AWS's limit, whichever is smaller. All others: so many minutes."
        ),
    )
    recovery = models.DecimalField(
        _("well again at"),
        max_digits=8,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("From here on it is well. Between the two, an open alert stays open."),
    )
    window_hours = models.PositiveSmallIntegerField(
        _("over the last (hours)"),
        default=24,
        validators=[AT_LEAST_ONE, MaxValueValidator(168)],
        help_text=_("Of texts that arrive and opt-outs, which are counted by the hour."),
    )
    least = models.PositiveIntegerField(
        _("at least (texts)"),
        default=200,
        validators=[AT_LEAST_ONE],
        help_text=_("Fewer prove nothing. Not for money, backlog and reading from AWS."),
    )
    bad_checks = models.PositiveSmallIntegerField(
        _("opens after (bad checks)"),
        default=3,
        validators=[AT_LEAST_ONE, MaxValueValidator(1000)],
        help_text=_("In a row; there is one a minute."),
    )
    good_checks = models.PositiveSmallIntegerField(
        _("closes after (good checks)"),
        default=5,
        validators=[AT_LEAST_ONE, MaxValueValidator(1000)],
        help_text=_("In a row."),
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("only of the campaign"),
        help_text=_("For texts that arrive, opt-outs and backlog."),
    )
    originator = models.ForeignKey(
        Originator,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("only from"),
        help_text=_("For texts that arrive and opt-outs."),
    )
    country = models.CharField(
        _("only to the country"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Write a country such as US."))],
        help_text=_("For texts that arrive and opt-outs."),
    )
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name=_("told by e-mail"),
        help_text=_("Nobody chosen, and no address below: everybody who may handle alerts."),
    )
    also_to = models.TextField(
        _("also to"), blank=True, help_text=_("Other e-mail addresses, one a line.")
    )
    active = models.BooleanField(_("active"), default=True)
    muted_until = models.DateTimeField(_("muted until"), null=True, editable=False)
    bad_run = models.PositiveIntegerField(default=0, editable=False)
    good_run = models.PositiveIntegerField(default=0, editable=False)
    checked_at = models.DateTimeField(_("checked"), null=True, editable=False)
    value = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    says = models.CharField(_("now"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("alert rule")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="delivery", recovery__gte=F("threshold"))
                | ~Q(kind="delivery") & Q(recovery__lte=F("threshold")),
                name="alert_recovers_on_the_good_side",
                violation_error_message=_(
                    "“Well again at” must be on the good side of the limit, or the same: higher "
                    "for texts that arrive, lower for all others."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["delivery", "drop", "opt_outs"])
                | Q(originator=None, country="") & (Q(kind="backlog") | Q(campaign=None)),
                name="alert_has_a_scope_that_it_can_have",
                violation_error_message=_(
                    "Only texts that arrive and opt-outs can be of one originator or country, and "
                    "only these and backlog of one campaign."
                ),
            ),
            models.CheckConstraint(
                condition=Q(
                    threshold__gte=0, recovery__gte=0, bad_checks__gte=1, good_checks__gte=1,
                    least__gte=1, window_hours__gte=1,
                ),
                name="alert_counts_something",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """One time that a rule said that something is wrong, from then until it was well again."""

    # They go with their rule; what was told of them stays among the e-mails and outgoing events.
    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, verbose_name=_("rule"))
    opened_at = models.DateTimeField(_("opened"))
    says = models.CharField(_("what is wrong"), max_length=500)
    # When its opening was told; not while the rule is muted.
    told_at = models.DateTimeField(_("told"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closing = models.CharField(_("at its end"), max_length=500, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("alert")
        default_permissions = ("view",)
        permissions = [("handle_alert", "Can acknowledge and mute alerts")]
        constraints = [
            # Also how open ones are found.
            models.UniqueConstraint(
                fields=["rule"], condition=Q(closed_at=None), name="one_open_alert_of_a_rule"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="alert_closes_after_it_opened",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_is_acknowledged_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.says}"
