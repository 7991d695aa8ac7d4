"""Registrations with carriers, from the draft on; and the forms that AWS asks them by."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.identity import AwsIdentity


class RegistrationForm(models.Model):
    """What AWS asks for one type of registration, as it described it last."""

    kind = models.CharField(_("type"), max_length=64, unique=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    link = models.URLField(_("documentation"), max_length=500, blank=True)
    # AWS's own shapes: SupportedAssociations, section and field definitions.
    associations: Any = models.JSONField(default=list)
    sections: Any = models.JSONField(default=list)
    fields: Any = models.JSONField(default=list)
    read_at = models.DateTimeField(_("as of"))

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.title


class Registration(models.Model):
    """One registration: what it says, where it is, and what reviewers answered."""

    class Step(models.TextChoices):
        """What Sendpoint does with it; AWS's status stands beside it."""

        DRAFT = "draft", _("draft")
        HANDING_IN = "handing_in", _("being handed in")
        AT_AWS = "at_aws", _("handed in")

    kind = models.CharField(_("type"), max_length=64)
    label = models.CharField(_("name for yourselves"), max_length=100)
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.DRAFT)
    # Makes the creation at AWS happen once, however often it is tried.
    token = models.CharField(max_length=64, default=uuid4, editable=False)
    aws_id = models.CharField(_("id at AWS"), max_length=128, blank=True)
    status = models.CharField(_("status"), max_length=30, blank=True)
    values: Any = models.JSONField(default=dict)  # field path -> text, choices or attachment id
    files: Any = models.JSONField(default=dict)  # attachment id -> the file's name
    troubles: Any = models.JSONField(default=dict)  # field path -> what reviewers say
    versions: Any = models.JSONField(default=list)  # pinpoint/registrations.py: versions()
    # The brand that a campaign or a vetting belongs to; the numbers that go in with it.
    brand = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="belonging",
        verbose_name=_("registered brand"),
    )
    numbers = models.ManyToManyField(AwsIdentity, blank=True, related_name="registrations")
    problem = models.CharField(_("what is wrong"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    # When AWS is asked again how it stands, and how often it said the same.
    check_at = models.DateTimeField(null=True)
    same = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(_("as of"), null=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("manage_registration", "Can write registrations and hand them in")]
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["aws_id"], condition=~Q(aws_id=""), name="one_row_per_registration"
            ),
            models.CheckConstraint(
                condition=~Q(step="at_aws") | ~Q(aws_id=""), name="what_is_handed_in_has_an_id"
            ),
        ]
        indexes = [
            # Polling: the registrations whose turn has come.
            models.Index(
                fields=["check_at"],
                name="registration_to_check",
                condition=Q(check_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def editable(self) -> bool:
        """Whether it may be written: a first draft, or a new version after AWS answered."""
        return self.step == self.Step.DRAFT
