"""Who has read a campaign and said that it may go."""

from typing import Any

from django.conf import settings
from django.db import models

from campaigns.models.campaign import Campaign


class Approval(models.Model):
    """One person's yes to one version of a campaign and to the rules of its segment.

    An edit makes a new version; with other rules the yes counts no more either.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="approvals")
    version = models.PositiveIntegerField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    comment = models.CharField(max_length=500, blank=True)
    # What the version said, in words (campaigns/contents.py), for the next reviewer to compare.
    content: Any = models.JSONField(default=dict)
    audience = models.CharField(max_length=64, default="")  # contacts.segments.frozen.fingerprint
    approved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            # Two approvals are two people's.
            models.UniqueConstraint(
                fields=["campaign", "version", "approved_by"], name="one_approval_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} version {self.version}"
