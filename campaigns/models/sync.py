"""What AWS alone knows: when each part of it was last read, and what it says of the account."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AwsSource(models.Model):
    """One thing that is read from AWS by and by; campaigns/syncing.py says how."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    last_try_at = models.DateTimeField(_("last try"), null=True)
    last_success_at = models.DateTimeField(_("last success"), null=True)
    due_at = models.DateTimeField(_("next try"))
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    error = models.CharField(_("what is wrong"), max_length=300, blank=True)
    # Who reads it holds the row until then; taken by compare-and-set.
    leased_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("reading from AWS")
        verbose_name_plural = _("readings from AWS")
        ordering = ["name"]
        default_permissions = ("view",)
        permissions = [("run_awssource", "Can have AWS read at once")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(error="", failures=0, failing_since=None)
                | ~models.Q(error="") & models.Q(failures__gte=1, failing_since__isnull=False),
                name="source_fails_in_words_or_not",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AccountFact(models.Model):
    """One thing that AWS says of the account: its tier, or how much of a quota is used."""

    TIER = "ACCOUNT_TIER"

    name = models.CharField(_("name"), max_length=80, unique=True)
    value = models.CharField(_("value"), max_length=300)
    most = models.PositiveBigIntegerField(_("at most"), null=True)  # of a quota
    read_at = models.DateTimeField(_("as of"))

    class Meta:
        ordering = ["name"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class AwsFigure(models.Model):
    """What AWS itself counted in a span of time, beside which our own figures are put.

    Read again later, the same span has another value: receipts come late.
    """

    metric = models.CharField(_("figure"), max_length=80)  # by AWS's name
    # Of which part: empty for the account, else an application or campaign of Pinpoint.
    of = models.CharField(_("of"), max_length=120, blank=True)
    begins_at = models.DateTimeField(_("from"))
    seconds = models.PositiveIntegerField(_("seconds"))  # how long the span is
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6)
    read_at = models.DateTimeField(_("as of"))

    class Meta:
        verbose_name = _("figure of AWS")
        verbose_name_plural = _("figures of AWS")
        default_permissions = ()
        constraints = [
            # Also how figures are found.
            models.UniqueConstraint(
                fields=["metric", "of", "seconds", "begins_at"], name="one_figure_of_aws_per_span"
            ),
            models.CheckConstraint(
                condition=models.Q(seconds__gt=0), name="figure_of_aws_spans_some_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.begins_at:%Y-%m-%d %H:%M} {self.metric} {self.of}"
