"""Texts kept ready for campaigns and for programs that send them by name."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*\Z"


class MessageTemplate(models.Model):
    """A named text, with every version of it. Written by campaigns/actions/templates.py."""

    name = models.CharField(
        _("name"),
        max_length=128,
        unique=True,
        validators=[RegexValidator(NAME, _("Letters, digits, _ and -, and a letter first."))],
        help_text=_("Programs send it by this name: letters, digits, _ and -."),
    )
    description = models.CharField(_("what it is for"), max_length=500, blank=True)
    body = models.TextField(_("text"), help_text=_("Of the version that is in use."))
    # Which version is in use; its text is `body`.
    active_version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("template")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """One version of a template's text."""

    template = models.ForeignKey(MessageTemplate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.TextField()  # in Liquid
    # As Pinpoint's interface was given it, in Handlebars; "": it was written here.
    written = models.TextField(blank=True)
    # What the text's variables print where a person has nothing there, by their full paths.
    defaults: Any = models.JSONField(default=dict)
    description = models.CharField(max_length=500, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["template", "number"], name="one_template_version_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.number}"
