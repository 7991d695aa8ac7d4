"""Who has asked for which report by e-mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReportChoice(models.Model):
    """What one person wants to be sent; written by analytics/letters/choosing.py."""

    class Weekday(models.IntegerChoices):
        """As Python counts them."""

        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    class Campaigns(models.TextChoices):
        """Of which campaigns' ends they want to hear."""

        NONE = "none", _("of none")
        OWN = "own", _("of those that I wrote, changed or launched")
        ALL = "all", _("of all")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="report_choice"
    )
    weekly = models.BooleanField(_("An overview every week"), default=False)
    weekday = models.PositiveSmallIntegerField(
        _("On"), choices=Weekday.choices, default=Weekday.MONDAY
    )
    zone = models.CharField(_("Time zone"), max_length=64)
    campaigns = models.CharField(
        _("A report at the end of a campaign"),
        max_length=4,
        choices=Campaigns.choices,
        default=Campaigns.NONE,
    )
    # Since when: nobody gets what was over before they asked.
    weekly_since = models.DateTimeField(null=True, editable=False)
    campaigns_since = models.DateTimeField(null=True, editable=False)
    # The day of the last overview; changed with the e-mail that it stands for.
    last_week = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("choice of reports")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(weekly=False) | Q(weekly_since__isnull=False),
                name="weekly_report_has_a_beginning",
            ),
            models.CheckConstraint(
                condition=Q(campaigns="none") | Q(campaigns_since__isnull=False),
                name="campaign_reports_have_a_beginning",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekday_of_a_week"),
        ]

    def __str__(self) -> str:
        return str(self.user)
