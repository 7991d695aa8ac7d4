"""Import and export jobs of the interface, to be looked at: how far they are, what went wrong."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from campaigns.admin.records import RecordAdmin
from config.models import EndpointJob

Status = EndpointJob.Status


@admin.register(EndpointJob)
class EndpointJobAdmin(RecordAdmin):
    """Each job that a program asked for. Programs make them; they end by themselves."""

    nothing_yet = gettext_lazy(
        "Jobs appear here once a program calls CreateImportJob or CreateExportJob."
    )
    list_display = (
        *("job_id", "kind", "program", "key", "state", "processed", "failed"),
        *("created_at", "finished_at"),
    )
    list_filter = ("kind", "status", "program")
    list_select_related = ("program", "key")
    search_fields = ("job_id", "key__name")
    ordering = ("-pk",)
    fields = (
        *("job_id", "kind", "program", "key", "state", "address", "format", "segment"),
        *("processed", "failed", "read_files", "reasons"),
        *("created_at", "worked_at", "finished_at"),
    )

    @display(
        description=gettext_lazy("state"),
        ordering="status",
        label={Status.COMPLETED: "success", Status.FAILED: "danger", Status.PROCESSING: "info"},
    )
    def state(self, job: EndpointJob) -> tuple[str, str]:
        """Show how far it is as a coloured label."""
        return job.status, job.get_status_display()

    @display(description=gettext_lazy("files at"))
    def address(self, job: EndpointJob) -> str:
        """Say where it reads or writes."""
        return str(job.definition.get("S3Url") or job.definition.get("S3UrlPrefix", ""))

    @display(description=gettext_lazy("format"))
    def format(self, job: EndpointJob) -> str:
        """Say what it reads; an export is JSON always."""
        return str(job.definition.get("Format", "JSON"))

    @display(description=gettext_lazy("files"))
    def read_files(self, job: EndpointJob) -> str:
        """Say how many files are done."""
        found: dict[str, Any] = job.files.aggregate(
            all=Count("pk"), done=Count("pk", Q(done=True)), broken=Count("pk", Q(failed=True))
        )
        said = _("{done} of {all} done").format(**found)
        if broken := found["broken"]:
            said += ngettext(", {} could not be read", ", {} could not be read", broken).format(
                broken
            )
        return said

    @display(description=gettext_lazy("why lines were not taken"))
    def reasons(self, job: EndpointJob) -> SafeString | str:
        """List the first of them, by file and line."""
        return format_html_join("", "<div>{}</div>", ((one,) for one in job.failures)) or "-"
