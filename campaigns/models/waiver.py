"""Who let a red point of the checklist pass, and why."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign


class Waiver(models.Model):
    """One red point of one campaign's checklist, waived by a person who stands for it.

    It covers exactly what was red then: another text, or another problem, needs another waiver.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="waivers")
    point = models.CharField(_("point"), max_length=20)
    subject = models.CharField(max_length=64)  # SHA-256 of what was red, see preflight.Point
    says = models.TextField(_("what was red"))
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("grant_waiver", "Can let a red point of a campaign's checklist pass")]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "point", "subject"], name="one_waiver_per_red_point"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="waiver_gives_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.point}"
