"""An uploaded list, and what became of its lines."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact


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
