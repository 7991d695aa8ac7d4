"""What the installation remembers of itself."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.Model):
    """A role that the product knows, the group that stands for it, and what it was given.

    Without a group the site has deleted it, and it is not made again.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    group = models.OneToOneField(Group, on_delete=models.SET_NULL, null=True, related_name="+")
    given = models.JSONField(_("permissions given so far"), default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
