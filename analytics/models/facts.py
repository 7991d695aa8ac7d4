"""What the texts came to, counted by the hour."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import DO_NOTHING
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Run
from compliance.models import MessageClass, Originator, Program

# Upper bounds of the classes that times to delivery are counted in, in seconds; the last has none.
DELAYS = (1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 900, 3600, 14_400, 86_400)


def _of(model: Any, words: Any) -> Any:
    """Return a key without a constraint: to check it would lock rows that actions change.

    Messages hold fast everything that facts can name, so that nothing of it goes away first.
    """
    return models.ForeignKey(
        model,
        on_delete=DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=words,
    )


class Fact(models.Model):
    """Of what some texts are counted together.

    A text belongs to the hour in which it was handed to AWS; one that never was, to the hour in
    which it ended. An answer belongs to the hour in which it came in. Texts that still wait are
    in no hour. Rewritten by analytics/rollups.py; every row can be counted anew at any time.
    """

    hour = models.DateTimeField(_("hour"))
    campaign = _of(Campaign, _("campaign"))  # none for direct texts
    run = _of(Run, _("run"))
    arm = models.PositiveSmallIntegerField(_("arm"), default=0)  # see campaigns/arms.py
    program = _of(Program, _("program"))
    originator = _of(Originator, _("originator"))
    message_class = models.CharField(
        _("kind of text"), max_length=13, choices=MessageClass.choices, blank=True
    )
    country = models.CharField(_("country"), max_length=2, blank=True)  # "" until AWS names it
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)

    class Meta:
        abstract = True


DIMENSIONS = (
    *("hour", "campaign", "run", "arm", "program", "originator", "message_class", "country"),
    "carrier",
)


class HourlyFact(Fact):
    """What the texts of one hour and kind came to."""

    attempted = models.PositiveIntegerField(_("handed to AWS"), default=0)
    sent = models.PositiveIntegerField(_("taken by AWS"), default=0)  # attempted, less refused
    pending = models.PositiveIntegerField(_("without a final word"), default=0)
    delivered = models.PositiveIntegerField(_("delivered"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    blocked = models.PositiveIntegerField(_("blocked"), default=0)
    expired = models.PositiveIntegerField(_("expired"), default=0)
    cancelled = models.PositiveIntegerField(_("cancelled"), default=0)
    unknown = models.PositiveIntegerField(_("fate unclear"), default=0)
    parts = models.PositiveIntegerField(_("message parts"), default=0)
    delivered_parts = models.PositiveIntegerField(_("parts delivered"), default=0)
    price = models.DecimalField(_("AWS's price (USD)"), max_digits=14, decimal_places=5, default=0)
    carrier_fee = models.DecimalField(
        _("carrier fees (USD)"), max_digits=14, decimal_places=5, default=0
    )
    # What the texts of which AWS has not told the price will cost by the price list.
    awaited = models.DecimalField(
        _("price not told yet (USD)"), max_digits=14, decimal_places=5, default=0
    )
    replies = models.PositiveIntegerField(_("answers"), default=0)
    opt_outs = models.PositiveIntegerField(_("opt-outs"), default=0)
    # How many were delivered within each of DELAYS, and later than all.
    delays = ArrayField(models.PositiveIntegerField(), size=len(DELAYS) + 1)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=DIMENSIONS, nulls_distinct=False, name="one_fact_per_hour_and_kind"
            ),
        ]
        indexes = [
            # The report of one campaign.
            models.Index(fields=["campaign", "hour"], name="fact_campaign_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00} {self.campaign_id} {self.country}"


class HourlyReason(Fact):
    """Why texts of one hour and kind did not arrive."""

    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=60, blank=True)
    texts = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=(*DIMENSIONS, "state", "reason"),
                nulls_distinct=False,
                name="one_count_per_hour_kind_and_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "hour"], name="reason_campaign_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00} {self.state} {self.reason}"


class BlockFact(Fact):
    """What one block of neighbouring messages came to, in the finest division.

    The rollup recounts blocks in which something changed, and adds the hours up from them, so
    that an hour of a million texts need not be read again for one receipt. Answers count in the
    block of the text that they answer; those that answer none have blocks of their own, below 0.
    """

    block = models.BigIntegerField()
    state = models.CharField(max_length=10)  # a message's, or ANSWER
    reason = models.CharField(max_length=60, blank=True)
    delay = models.PositiveSmallIntegerField(null=True)  # which of DELAYS, of a delivered text
    texts = models.PositiveIntegerField()
    attempted = models.PositiveIntegerField()
    sent = models.PositiveIntegerField()
    parts = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=14, decimal_places=5)
    carrier_fee = models.DecimalField(max_digits=14, decimal_places=5)
    awaited = models.DecimalField(max_digits=14, decimal_places=5)

    class Meta:
        default_permissions = ()
        indexes = [
            # Counting a block anew, and adding an hour up.
            models.Index(fields=["block"], name="block_fact_block"),
            models.Index(fields=["hour"], name="block_fact_hour"),
        ]

    def __str__(self) -> str:
        return f"block {self.block}, {self.hour:%Y-%m-%d %H:00}"


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
