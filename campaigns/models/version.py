"""What a campaign was, version by version."""

from typing import Any

from django.conf import settings
from django.db import models

from campaigns.models.campaign import Campaign


class CampaignVersion(models.Model):
    """One version of a campaign. Written by campaigns/versions.py."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content: Any = models.JSONField()  # the campaign's fields, and its treatments
    # What Pinpoint's interface was given; None: it was written here.
    written: Any = models.JSONField(null=True)
    # The texts in Liquid -> as they were before they were translated.
    texts: Any = models.JSONField(default=dict)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "number"], name="one_campaign_version_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.number}"
