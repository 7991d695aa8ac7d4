"""Jobs that bring endpoints in from S3, or out to it, as Pinpoint's CreateImportJob asked."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.models import Program
from config.models.installation import AccessKey
from contacts.models import Contact, Segment
from pinpoint.ids import new_id


class EndpointJob(models.Model):
    """One job, and how far it is. It goes on wherever it was when its worker died."""

    class Kind(models.TextChoices):
        """Which way endpoints go."""

        IMPORT = "IMPORT", _("import")
        EXPORT = "EXPORT", _("export")

    class Status(models.TextChoices):
        """Pinpoint's JobStatus, those of it that are used here."""

        CREATED = "CREATED", _("created")
        INITIALIZING = "INITIALIZING", _("looking for files")
        PROCESSING = "PROCESSING", _("going on")
        COMPLETING = "COMPLETING", _("completing")
        COMPLETED = "COMPLETED", _("completed")
        FAILED = "FAILED", _("failed")

    job_id = models.CharField(_("job ID"), max_length=32, unique=True, default=new_id)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    key = models.ForeignKey(
        AccessKey, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    # Stands in the evidence of who said no, or yes, in its files.
    request_id = models.CharField(max_length=36)
    # As it was asked for: an ImportJobRequest or an ExportJobRequest.
    definition: Any = models.JSONField()
    # The segment that it makes, changes or reads.
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+")
    # An export's segment as it was when the job was made; None: the application's endpoints.
    rules: Any = models.JSONField(null=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.CREATED)
    processed = models.BigIntegerField(_("lines done"), default=0)
    failed = models.BigIntegerField(_("lines not taken"), default=0)
    failures: Any = models.JSONField(default=list)  # in words, the first 100
    # The last row that an export has written.
    after = models.BigIntegerField(default=0)
    # How often in a row AWS did not answer.
    troubles = models.PositiveSmallIntegerField(default=0)
    worked_at = models.DateTimeField(_("last worked on"), null=True)
    # The same for every attempt of a client at one call.
    made_by_call = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    finished_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("endpoint job")
        verbose_name_plural = _("endpoint jobs")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["COMPLETED", "FAILED"], finished_at__isnull=False)
                | Q(~Q(status__in=["COMPLETED", "FAILED"]), finished_at=None),
                name="endpoint_job_ended_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["key", "made_by_call"],
                condition=~Q(made_by_call=""),
                name="one_endpoint_job_of_a_call",
            ),
        ]
        indexes = [
            # Which jobs are to go on? Hardly any, ever.
            models.Index(fields=["id"], name="endpoint_job_goes_on", condition=Q(finished_at=None)),
        ]

    def __str__(self) -> str:
        return self.job_id


class EndpointJobFile(models.Model):
    """A file in S3 that a job reads, and up to where it has; or one that it wrote."""

    job = models.ForeignKey(
        EndpointJob, on_delete=models.CASCADE, related_name="files", db_index=False
    )
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=1024)
    size = models.BigIntegerField()
    etag = models.CharField(max_length=100)
    # Bytes of what is in it (of a .gz: unpacked) that are done, and lines.
    offset = models.BigIntegerField(default=0)
    line = models.BigIntegerField(default=0)
    header: Any = models.JSONField(default=list)
    done = models.BooleanField(default=False)
    failed = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="one_file_of_a_number")
        ]

    def __str__(self) -> str:
        return self.key


class EndpointJobMember(models.Model):
    """Who stands in a job's files, until its segment is made."""

    job = models.ForeignKey(
        EndpointJob, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["job", "contact"], name="once_in_a_job")]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.job_id}"
