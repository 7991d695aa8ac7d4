"""The attribute catalogue."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AttributeName(models.Model):
    """One entry of the attribute catalogue: a name in use, on how many contacts, holding what."""

    class Kind(models.TextChoices):
        """What the values look like; it decides which comparisons are offered."""

        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        LIST = "list", _("several values")

    path = models.CharField(_("path"), max_length=120, unique=True, help_text="attributes.Plan")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.TEXT)
    contacts = models.IntegerField(_("contacts"), default=0)
    common_values = models.JSONField(_("commonest values"), default=list)

    def __str__(self) -> str:
        return self.path


class Recount(models.Model):
    """When the catalogue was last counted, and how often contacts had been written until then."""

    writes = models.BigIntegerField(default=-1)
    counted_at = models.DateTimeField()
    seconds = models.FloatField()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_recount")]

    def __str__(self) -> str:
        return f"{self.counted_at:%F %T}"
