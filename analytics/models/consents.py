"""What the ledger came to, counted by the hour."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models import LedgerEntry


class ConsentHour(models.Model):
    """How many acts of one kind were done in one hour. Added to by analytics/consents.py."""

    hour = models.DateTimeField(_("hour"))  # in which the person did it
    program_id = models.BigIntegerField(null=True)
    act = models.CharField(_("act"), max_length=20, choices=LedgerEntry.Act.choices)
    source = models.CharField(_("source"), max_length=10, choices=LedgerEntry.Source.choices)
    # Of a STOP by text: which of DELAYS it took until the ledger held it.
    delay = models.PositiveSmallIntegerField(null=True)
    entries = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                # Serves the dashboard as well: the hours of a range.
                fields=["hour", "program_id", "act", "source", "delay"],
                nulls_distinct=False,
                name="one_count_of_consents_per_hour_and_act",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00} {self.act}"


class LedgerMark(models.Model):
    """Up to which entry of the ledger acts have been counted: one row."""

    counted_upto = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_ledger_mark")]

    def __str__(self) -> str:
        return f"counted up to entry {self.counted_upto}"
