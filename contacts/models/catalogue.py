"""The attribute catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttributeName(models.Model):
    """One entry of the attribute catalogue: a name in use, and on how many contacts."""

    path = models.CharField(_("path"), max_length=120, unique=True, help_text="attributes.Plan")
    contacts = models.IntegerField(_("contacts"), default=0)
    common_values = models.JSONField(_("commonest values"), default=list)

    def __str__(self) -> str:
        return self.path
