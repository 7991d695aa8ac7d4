"""What the campaigns came to, counted by the hour."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign


class HourlyFact(models.Model):
    """What one campaign's texts of one hour, to one country, came to.

    A text belongs to the hour in which it was handed to AWS; one that never was, to the hour in
    which it ended. An answer belongs to the hour in which it came in. Texts that still wait are
    in no hour. Rewritten by analytics/rollups.py; every row can be counted anew at any time.
    """

    hour = models.DateTimeField(_("hour"))
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, null=True, verbose_name=_("campaign")
    )  # none for direct texts
    country = models.CharField(_("country"), max_length=2, blank=True)  # "" until AWS names it
    sent = models.PositiveIntegerField(_("handed to AWS"), default=0)
    delivered = models.PositiveIntegerField(_("delivered"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    blocked = models.PositiveIntegerField(_("blocked"), default=0)
    expired = models.PositiveIntegerField(_("expired"), default=0)
    cancelled = models.PositiveIntegerField(_("cancelled"), default=0)
    unknown = models.PositiveIntegerField(_("fate unclear"), default=0)
    parts = models.PositiveIntegerField(_("message parts"), default=0)
    price = models.DecimalField(_("AWS's price (USD)"), max_digits=14, decimal_places=5, default=0)
    carrier_fee = models.DecimalField(
        _("carrier fees (USD)"), max_digits=14, decimal_places=5, default=0
    )
    replies = models.PositiveIntegerField(_("answers"), default=0)
    opt_outs = models.PositiveIntegerField(_("opt-outs"), default=0)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "campaign", "country"], name="one_fact_per_hour_campaign_country"
            ),
        ]
        indexes = [
            # The report of one campaign.
            models.Index(fields=["campaign", "hour"], name="fact_campaign_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00} {self.campaign_id} {self.country}"


class RollupMark(models.Model):
    """Up to when changes have been counted: one row."""

    looked_until = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_rollup_mark"),
        ]

    def __str__(self) -> str:
        return f"counted until {self.looked_until:%Y-%m-%d %H:%M:%S}"
