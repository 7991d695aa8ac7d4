"""What texts cost, and what was spent: in US dollars, in which AWS prices and bills."""

from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from compliance.models import Brand

ELSEWHERE = "*"  # the price for countries without a row of their own


class Price(models.Model):
    """What one message part to a country costs: AWS's price and the carriers' fee."""

    class Source(models.TextChoices):
        """Where the figures come from; what a person entered is never overwritten."""

        ESTIMATE = "estimate", _("estimate")
        RECEIPTS = "receipts", _("learned from receipts")
        ENTERED = "entered", _("entered by hand")

    country = models.CharField(
        _("country"),
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^([A-Z]{2}|\*)$", _("Write a country such as US, or *."))],
        help_text=_("ISO 3166-1 alpha-2; * for all countries without a row of their own."),
    )
    per_part_usd = models.DecimalField(
        _("AWS's price per part (US dollars)"),
        max_digits=8,
        decimal_places=5,
        validators=[MinValueValidator(Decimal(0))],
    )
    carrier_fee_usd = models.DecimalField(
        _("carriers' fee per part (US dollars)"),
        max_digits=8,
        decimal_places=5,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
    )
    source = models.CharField(
        _("source"), max_length=8, choices=Source.choices, default=Source.ENTERED, editable=False
    )
    updated_at = models.DateTimeField(_("as of"), auto_now=True)

    class Meta:
        ordering = ["country"]
        constraints = [
            models.CheckConstraint(
                condition=Q(per_part_usd__gte=0, carrier_fee_usd__gte=0),
                name="price_is_not_negative",
            )
        ]

    def __str__(self) -> str:
        return self.country


class Spending(models.Model):
    """What a campaign has spent in a month (UTC): receipts where known, else the expected price.

    The row without a campaign is that of the direct texts.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True)
    month = models.DateField()  # its first day
    usd = models.DecimalField(max_digits=14, decimal_places=5, default=Decimal(0))

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["month", "campaign"],
                nulls_distinct=False,
                name="one_spending_per_campaign_and_month",
            ),
            models.CheckConstraint(condition=Q(usd__gte=0), name="spending_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class BrandDay(models.Model):
    """The message parts that a registered brand sent in the US on one day, Pacific time."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE)
    day = models.DateField()
    parts = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["brand", "day"], name="one_count_per_brand_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.brand} {self.day}"


class SpendLimit(models.Model):
    """A monthly limit of the AWS account, as DescribeSpendLimits last told it."""

    name = models.CharField(max_length=60, unique=True)
    enforced_usd = models.DecimalField(max_digits=14, decimal_places=2)
    # What AWS would enforce at most; the account may have set itself less.
    most_usd = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    overridden = models.BooleanField(default=False)
    read_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
