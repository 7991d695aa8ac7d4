"""Named rule trees that find contacts."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def everyone() -> dict[str, Any]:
    """Return the rule tree that finds every contact."""
    return {"match": "all", "rules": []}


class Segment(models.Model):
    """A named rule tree that finds contacts; evaluated anew whenever it is used."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("description"), blank=True)
    rules: Any = models.JSONField(_("rules"), default=everyone)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
