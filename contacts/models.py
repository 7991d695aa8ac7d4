"""Who can be texted: contacts, the lists they came from, and the segments that find them."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """A person with a phone: what Amazon Pinpoint called an SMS endpoint and its user."""

    class LineType(models.TextChoices):
        """What kind of line the number itself tells of (libphonenumber's data)."""

        MOBILE = "mobile", _("mobile")
        LANDLINE = "landline", _("landline")
        MOBILE_OR_LANDLINE = "either", _("mobile or landline")
        VOIP = "voip", _("VoIP")
        TOLL_FREE = "toll_free", _("toll-free")
        OTHER = "other", _("other")

    phone = models.CharField(
        _("phone"), max_length=20, unique=True, help_text=_("E.164: +12065550100")
    )
    user_id = models.CharField(_("user ID"), max_length=200, blank=True)
    endpoint_id = models.CharField(_("endpoint ID"), max_length=200, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    user_attributes = models.JSONField(_("user attributes"), default=dict, blank=True)
    metrics = models.JSONField(_("metrics"), default=dict, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text="ISO 3166-1 alpha-2"
    )
    timezone = models.CharField(
        _("time zone"), max_length=64, blank=True, help_text="America/Chicago"
    )
    locale = models.CharField(_("locale"), max_length=20, blank=True)
    line_type = models.CharField(max_length=10, choices=LineType.choices, default=LineType.OTHER)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(phone__regex=r"^\+[1-9][0-9]{1,18}$"), name="contact_phone_is_e164"
            ),
        ]
        indexes = [
            # Segment rules on attributes: attributes @> '{"Plan": ["premium"]}'.
            GinIndex(
                fields=["attributes"], opclasses=["jsonb_path_ops"], name="contact_attributes"
            ),
            GinIndex(
                fields=["user_attributes"],
                opclasses=["jsonb_path_ops"],
                name="contact_user_attributes",
            ),
            # Segment rules on the city, which ignore case: UPPER(city) = UPPER('New York').
            models.Index(Upper("city"), name="contact_city_caseless"),
            # All phones of one user; search by user id.
            models.Index(fields=["user_id"], name="contact_user_id", condition=~Q(user_id="")),
        ]

    def __str__(self) -> str:
        return self.phone


class Import(models.Model):
    """One uploaded list of contacts and what became of each of its lines."""

    class Status(models.TextChoices):
        """Where the import is."""

        CHECKED = "checked", _("checked, not started")
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        COMPLETED = "completed", _("completed")
        FAILED = "failed", _("failed")

    file = models.FileField(_("file"), upload_to="imports/%Y/%m/")
    filename = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField(max_length=64)
    default_country = models.CharField(_("country of national numbers"), max_length=2, default="US")
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1, blank=True)
    # Per column where it is stored ("phone", "city", "attributes.Plan", "" = not stored); empty
    # for JSON Lines, whose names speak for themselves.
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CHECKED)
    lines = models.IntegerField(_("lines"), default=0)
    done_lines = models.IntegerField(default=0)
    created = models.IntegerField(_("new"), default=0)
    changed = models.IntegerField(_("changed"), default=0)
    unchanged = models.IntegerField(_("unchanged"), default=0)
    duplicates = models.IntegerField(_("duplicate"), default=0)
    rejected = models.IntegerField(_("rejected"), default=0)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")

    def __str__(self) -> str:
        return self.filename


class RejectedLine(models.Model):
    """A line of an import that was not stored, and why."""

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejected_lines")
    number = models.IntegerField(_("line"))
    reason = models.CharField(_("reason"), max_length=300)
    raw = models.TextField(_("as it stood"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="one_rejection_per_line")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.reason}"


class ImportMember(models.Model):
    """A contact that an import's file names; a second line about it is a duplicate."""

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="members")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "contact"], name="one_member_per_import")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.job_id}"


class AttributeName(models.Model):
    """One entry of the attribute catalogue: a name in use, and on how many contacts."""

    path = models.CharField(_("path"), max_length=120, unique=True, help_text="attributes.Plan")
    contacts = models.IntegerField(_("contacts"), default=0)
    common_values = models.JSONField(_("commonest values"), default=list)

    def __str__(self) -> str:
        return self.path


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
