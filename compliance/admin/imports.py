"""The pages of an import. Bringing people in and saying how they said yes is one act."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from compliance.admin import import_columns
from compliance.admin.upload_form import UploadForm
from compliance.imports import begin, choose_columns, rejected_csv, take
from compliance.models import ImportAttestation, Program
from compliance.tasks import examine_import, run_import
from contacts import imports
from contacts.columns import NAMED, BadMapping
from contacts.dry_run import COUNTS
from contacts.models import Import

S = Import.Status
MOVING = {S.EXAMINING, S.QUEUED, S.RUNNING}
TITLES = {
    "created": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("Unchanged"),
    "duplicates": gettext_lazy("Duplicate"),
    "rejected": gettext_lazy("Rejected"),
}


@admin.register(Import)
class ImportAdmin(ModelAdmin):
    """Upload, look, choose columns, start, watch."""

    nothing_yet = gettext_lazy(
        "Upload a list of people; nothing is stored before you have seen what it would do."
    )
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
        label={
            "unmapped": "warning",
            "examining": "info",
            "queued": "info",
            "running": "info",
            "completed": "success",
            "failed": "danger",
        },
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
                job = take(
                    form.cleaned_data["file"],
                    country=form.cleaned_data["default_country"],
                    stated=form.statement(),
                    user=request.user,
                    then=examine_import.delay,
                )
            except imports.ImportRefused as refusal:
                form.add_error("file", str(refusal))
            else:
                page = "columns" if job.status == S.UNMAPPED else "change"
                return redirect(f"admin:contacts_import_{page}", job.pk)
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
            before = job.status in {S.UNMAPPED, S.EXAMINING, S.CHECKED}
            context |= self._panel(request, job) | {
                "columns": import_columns.columns_of(job.header, imports.targets_of(job)),
                "preview": import_columns.preview(job) if before else None,
                "attestation": ImportAttestation.objects.filter(job=job).first(),
                "may_choose": before and self.has_add_permission(request),
            }
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def _panel(self, request: HttpRequest, job: Import) -> dict[str, Any]:
        counted = {name: getattr(job, name) for name in COUNTS}
        before = job.status in {S.EXAMINING, S.CHECKED, S.UNMAPPED}
        shown = job.forecast if before else counted
        return {
            "job": job,
            "percent": imports.percent(job),
            "moving": job.status in MOVING,
            "may_start": job.status == S.CHECKED and self.has_add_permission(request),
            "counts": [(name, TITLES[name], shown[name]) for name in COUNTS if shown],
            "forecast_held": job.status == S.COMPLETED and job.forecast == counted,
            "forecast": [(TITLES[name], job.forecast[name]) for name in COUNTS if job.forecast],
            "rejected_lines": job.rejected_lines.order_by("number")[:50],
            "repeated_lines": job.repeated_lines.order_by("number")[:50],
        }

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' addresses, the mapping page, the polled part, and the rejected lines."""
        view = self.admin_site.admin_view
        pages = {
            "start": require_POST(self.start_view),
            "columns": self.columns_view,
            "progress": self.progress_view,
        }
        return [
            *(
                path(f"<int:job_id>/{name}/", view(page), name=f"contacts_import_{name}")
                for name, page in pages.items()
            ),
            path(
                "<int:job_id>/rejected.csv",
                view(require_POST(self.rejected_view)),
                name="contacts_import_rejected",
            ),
            *super().get_urls(),
        ]

    def columns_view(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """Let a person choose where columns are stored; HTMX asks for the preview only."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        job = get_object_or_404(Import, pk=job_id)
        targets, problem = imports.targets_of(job), ""
        if request.method == "POST":
            targets = import_columns.chosen(job, request.POST)
        try:
            if request.method == "POST" and "HX-Request" not in request.headers:
                return self._choose(request, job, targets)
            job.mapping = imports.checked_columns(job, targets)
        except BadMapping as bad:
            problem = str(bad)  # for a list without a known phone column it is why one is here
        context = {
            **self.admin_site.each_context(request),
            "title": _("Columns of %(file)s") % {"file": job.filename},
            "opts": self.opts,
            "job": job,
            "columns": import_columns.columns_of(job.header, targets, import_columns.samples(job)),
            "choices": import_columns.CHOICES,
            "named": NAMED,
            "problem": problem,
            "preview": None if problem else import_columns.preview(job),
        }
        part = "preview" if "HX-Request" in request.headers else "columns"
        return render(request, f"compliance/import_{part}.html", context)

    def _choose(self, request: HttpRequest, job: Import, targets: list[str]) -> HttpResponse:
        if choose_columns(job, targets, request.user, examine_import.delay):
            self.message_user(request, _("The columns are stored so now."), messages.SUCCESS)
        else:
            words = _("This import has begun; its columns cannot be changed any more.")
            self.message_user(request, words, messages.WARNING)
        return redirect("admin:contacts_import_change", job.pk)

    def start_view(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """Start a checked import; a second click finds it started."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        job = get_object_or_404(Import, pk=job_id)
        if begin(job, request.user, run_import.delay):
            self.message_user(request, _("The import has begun."), messages.SUCCESS)
        elif job.status in {S.UNMAPPED, S.EXAMINING}:
            words = _("The dry run is not done; start the import after it.")
            self.message_user(request, words, messages.WARNING)
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
        response = StreamingHttpResponse(
            rejected_csv(job, request.user), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="rejected-{job.pk}.csv"'
        return response
