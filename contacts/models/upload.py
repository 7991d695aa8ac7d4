"""An uploaded list, and what became of its lines."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact


class Import(models.Model):
    """One uploaded list of contacts and what became of each of its lines."""

    class Status(models.TextChoices):
        """Where the import is."""

        UNMAPPED = "unmapped", _("waiting for the phone column")
        EXAMINING = "examining", _("dry run is going on")
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
    # Per column where it is stored ("phone", "city", "attributes.Plan", "" = not stored). Empty for
    # JSON Lines, whose names speak for themselves unless somebody chose otherwise.
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.EXAMINING)
    # The dry run reads the file to its end, counts its lines, and what would become of them.
    size = models.BigIntegerField(_("bytes"), default=0)
    read_bytes = models.BigIntegerField(default=0)
    forecast = models.JSONField(default=dict)
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


class RepeatedLine(models.Model):
    """A line about a number that an earlier line of the file is about; the dry run finds them."""

    job = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="repeated_lines", db_index=False
    )
    number = models.IntegerField(_("line"))
    repeats = models.IntegerField(_("repeats line"), null=True)  # None: found before this was kept

    class Meta:
        constraints = [
            # Serves the import: which lines of the next batch are to be passed over?
            models.UniqueConstraint(fields=["job", "number"], name="one_repetition_per_line")
        ]

    def __str__(self) -> str:
        return f"{self.number} repeats {self.repeats}"


class Refusal(models.Model):
    """A number that some line of a file says no for; the dry run finds them.

    A no counts wherever it stands, and the line with the yes may come before it.
    """

    job = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="refusals", db_index=False
    )
    phone = models.CharField(max_length=20)
    line = models.IntegerField(_("line"))
    opt_out = models.BooleanField()  # or else only no opt-in

    class Meta:
        constraints = [
            # Serves the import: who of the next batch says no?
            models.UniqueConstraint(fields=["job", "phone"], name="one_refusal_per_phone")
        ]

    def __str__(self) -> str:
        return f"line {self.line}"


class ImportMember(models.Model):
    """A contact that an import's file names."""

    # No constraints of the database's: an import writes a member beside its contact, and a member
    # whose contact or import is gone is found by nobody. To check both costs an import a tenth.
    job = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="members",
        db_constraint=False,
        db_index=False,
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, db_constraint=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "contact"], name="one_member_per_import")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.job_id}"
