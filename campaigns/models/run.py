"""Each launch of a campaign."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns import india
from campaigns.models.campaign import Campaign
from compliance.models import MessageClass, Originator, Program


class Run(models.Model):
    """One launch of a campaign: what was sent to whom, frozen at that moment."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField()
    body = models.TextField()
    rules: Any = models.JSONField()
    # In whose name, from which number and as what it went; the campaign may be edited afterwards.
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, related_name="+")
    originator = models.ForeignKey(
        Originator, on_delete=models.PROTECT, null=True, related_name="+"
    )
    message_class = models.CharField(max_length=13, choices=MessageClass.choices, blank=True)
    holdout_percent = models.PositiveSmallIntegerField(default=0)
    # The treatments of that moment, as [{"name": ..., "percent": ..., "body": ...,
    # "india_template": ...}].
    treatments: Any = models.JSONField(default=list)
    # The ids that India asks for of its own text, by AWS's names; treatments have their own.
    country_parameters: Any = models.JSONField(default=dict)
    # What campaigns/audience.py has written so far, in order of the contacts' ids.
    audience = models.PositiveIntegerField(default=0)
    audience_upto = models.BigIntegerField(default=0)
    audience_complete = models.BooleanField(default=False)
    launched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    launched_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # Which occurrence of the schedule it is; NULL: launched by hand, at once.
    occurrence = models.DateTimeField(null=True, blank=True)
    # Each text is due at this time where its person is; without a day all are due at once.
    local_day = models.DateField(null=True, blank=True)
    local_clock = models.TimeField(null=True, blank=True)
    local_zone = models.CharField(max_length=64, blank=True)  # of people of whom none is known

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="one_run_per_number"),
            # A double click on Launch must not make a second run.
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(finished_at=None, occurrence=None),
                name="one_open_run_launched_by_hand",
            ),
            # Two openers at once must not make two runs either.
            models.UniqueConstraint(
                fields=["campaign", "occurrence"], name="one_run_per_occurrence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} #{self.number}"

    def text_of(self, arm: int) -> str:
        """Return the words of an arm (campaigns/arms.py); arm 0 is the campaign's own text."""
        return str(self.treatments[arm - 1]["body"]) if arm else self.body

    def country_parameters_of(self, arm: int) -> india.Ids:
        """Return the ids that India asks for of an arm's text."""
        own = self.treatments[arm - 1].get("india_template", "") if arm else ""
        return india.of_treatment(self.country_parameters, own)
