"""Other words for a share of a campaign's people, to find out which words work."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns import india
from campaigns.models.campaign import Campaign


class Treatment(models.Model):
    """One more arm of a campaign; who is in none gets the campaign's own text."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="treatments")
    name = models.CharField(_("name"), max_length=60)
    percent = models.PositiveSmallIntegerField(
        _("share (%)"),
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("Of all people of the campaign."),
    )
    body = models.TextField(_("text"))
    india_template = india.id_field(
        _("India: template ID"),
        _("Of these words, if they go to India. Blank: that of the campaign."),
    )

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="one_treatment_per_name"),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=99), name="treatment_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.name
