"""The upload page. Bringing people in and saying how they said yes is one act."""

import csv
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from compliance.imports import begin, take
from compliance.models import ImportAttestation, MessageClass, Program
from compliance.tasks import run_import
from contacts import imports
from contacts.models import Import


class UploadForm(forms.Form):
    """A file, and how the people on it opted in."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy("CSV with a header line, or JSON Lines as Pinpoint exports them."),
    )
    default_country = forms.CharField(
        label=gettext_lazy("Country of numbers without a country code"),
        initial="US",
        max_length=2,
        widget=UnfoldAdminTextInputWidget,
        validators=[RegexValidator("^[A-Za-z]{2}$", gettext_lazy("Two letters, such as US."))],
    )
    program = forms.ModelChoiceField(
        Program.objects.all(),
        label=gettext_lazy("They opted in to"),
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("One opt-in is for one named program only."),
    )
    message_class = forms.ChoiceField(
        choices=MessageClass.choices,
        label=gettext_lazy("For texts that are"),
        widget=UnfoldAdminSelectWidget,
    )
    basis = forms.ChoiceField(
        choices=ImportAttestation.Basis.choices,
        label=gettext_lazy("They opted in by"),
        widget=UnfoldAdminSelectWidget,
    )
    wording = forms.CharField(
        label=gettext_lazy("The words they agreed to"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=gettext_lazy("Exactly as they were shown. This is the proof if somebody asks."),
    )

    def clean_default_country(self) -> str:
        """Country codes are written in capitals."""
        return str(self.cleaned_data["default_country"]).upper()


@admin.register(Import)
class ImportAdmin(ModelAdmin):
    """Upload, look, start, watch."""

    list_display = (
        "filename",
        "state",
        "lines",
        "created",
        "changed",
        "unchanged",
        "duplicates",
        "rejected",
        "created_at",
    )
    ordering = ("-created_at",)
    actions = None
    change_form_outer_before_template = "compliance/import_panel.html"
    fields = ("filename", "encoding", "default_country", "created_by", "created_at")

    @display(
        description=gettext_lazy("State"),
        label={"running": "info", "queued": "info", "completed": "success", "failed": "danger"},
    )
    def state(self, job: Import) -> tuple[str, str]:
        """Show the state as a coloured label."""
        return job.status, job.get_status_display()

    def has_change_permission(self, request: HttpRequest, obj: Import | None = None) -> bool:
        """What was imported is on record."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Import | None = None) -> bool:
        """What was imported is on record."""
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the upload form; a file that cannot be taken is refused beside its field."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                job = take(form.cleaned_data["file"], form.cleaned_data, request.user)
            except imports.ImportRefused as refusal:
                form.add_error("file", str(refusal))
            else:
                return redirect("admin:contacts_import_change", job.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import contacts"),
            "opts": self.opts,
            "form": form,
            "has_programs": Program.objects.exists(),
        }
        return render(request, "compliance/import_upload.html", context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add what the file holds and how far the import is."""
        context = dict(extra_context or {})
        job = Import.objects.filter(pk=object_id).first() if object_id else None
        if job:
            context |= self._panel(request, job)
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def _panel(self, request: HttpRequest, job: Import) -> dict[str, Any]:
        counted = job.created + job.changed + job.unchanged + job.duplicates + job.rejected
        return {
            "job": job,
            "counted": counted,
            "percent": round(100 * counted / job.lines) if job.lines else 0,
            "moving": job.status in {Import.Status.QUEUED, Import.Status.RUNNING},
            "may_start": job.status == Import.Status.CHECKED and self.has_add_permission(request),
            "columns": list(zip(job.header, job.mapping, strict=False)),
            "preview": imports.preview(job) if job.status == Import.Status.CHECKED else [],
            "rejected_lines": job.rejected_lines.order_by("number")[:50],
        }

    def get_urls(self) -> list[URLPattern]:
        """Add the button's address, the polled fragment, and the rejected lines."""
        view = self.admin_site.admin_view
        return [
            path(
                "<int:job_id>/start/",
                view(require_POST(self.start_view)),
                name="contacts_import_start",
            ),
            path(
                "<int:job_id>/progress/", view(self.progress_view), name="contacts_import_progress"
            ),
            path(
                "<int:job_id>/rejected.csv",
                view(self.rejected_view),
                name="contacts_import_rejected",
            ),
            *super().get_urls(),
        ]

    def start_view(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """Start a checked import; a second click finds it started."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        job = get_object_or_404(Import, pk=job_id)
        if begin(job, request.user, run_import.delay):
            self.message_user(request, _("The import has begun."), messages.SUCCESS)
        else:
            self.message_user(request, _("This import was started before."), messages.WARNING)
        return redirect("admin:contacts_import_change", job_id)

    def progress_view(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """Show how far the import is; the page asks every second while it runs."""
        job = get_object_or_404(Import, pk=job_id)
        if not self.has_view_permission(request, job):
            raise PermissionDenied
        return render(request, "compliance/import_progress.html", self._panel(request, job))

    def rejected_view(self, request: HttpRequest, job_id: int) -> HttpResponseBase:
        """Hand out the rejected lines, each with its number and reason."""
        job = get_object_or_404(Import, pk=job_id)
        if not self.has_view_permission(request, job):
            raise PermissionDenied
        writer = csv.writer(_Echo())
        response = StreamingHttpResponse(
            (writer.writerow(row) for row in _rejected(job)), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="rejected-{job.pk}.csv"'
        return response


class _Echo:
    """A file that hands back what is written, for streaming CSV."""

    def write(self, value: str) -> str:
        return value


def _rejected(job: Import) -> Iterator[list[str]]:
    yield [_("line"), _("reason"), _("as it stood")]
    for line in job.rejected_lines.order_by("number").iterator():
        # A leading quote keeps spreadsheets from running a cell as a formula.
        raw = f"'{line.raw}" if line.raw[:1] in "=+-@\t" else line.raw
        yield [str(line.number), line.reason, raw]
