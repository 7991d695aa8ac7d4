"""A campaign played through without sending."""

from typing import Any

from django.conf import settings
from django.db import models

from campaigns.models.campaign import Campaign


class DryRun(models.Model):
    """What a run would come to, counted over everybody; campaigns/dry_runs.py fills it in."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="dry_runs")
    version = models.PositiveIntegerField()  # of the campaign
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    upto = models.BigIntegerField(default=0)  # the last contact that was counted
    result: Any = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.campaign} version {self.version}"
