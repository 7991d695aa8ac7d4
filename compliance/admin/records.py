"""The consent ledger and what is derived from it, to look at and never to edit."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.decorators import display

from compliance import corrections, evidence, ledger, operators
from compliance.admin import lookup
from compliance.admin.operators import ToldForm
from compliance.models import Attachment, Consent, LedgerCheck, LedgerEntry, Subject, Suppression
from contacts import national
from contacts.admin.big import BigAdmin
from contacts.admin.numbers import NumberAdmin
from contacts.phones import BadPhone


class ReadOnlyAdmin(BigAdmin):
    """Nobody writes these by hand; the database refuses it as well."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Acts of consent are recorded where they are done."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The past is not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The past is not deleted."""
        return False


def e164(term: str) -> str:
    """Read a search term as a number; what is none is left as it is."""
    try:
        return national.read(term).e164
    except BadPhone:
        return term


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Every act of consent, newest first, each with what proves it and what is missing."""

    nothing_yet = gettext_lazy(
        "Each yes and no of a person is recorded here: by imports, forms, texts, or by hand."
    )
    list_display = ("id", "number", "act", "scope", "program", "source", "happened_at")
    list_filter = ("act", "source")
    export_columns = (
        *("id", "phone", "act", "program__name", "message_class", "scope", "source"),
        *("happened_at", "recorded_at", "recorded_by", "basis", "expires_at", "evidence"),
        *("corrects", "hash"),
    )
    list_select_related = ("program",)
    search_fields = ("subject",)
    search_help_text = _("A phone number in any format")
    ordering = ("-pk",)
    change_form_outer_after_template = "compliance/entry_panel.html"
    fields = (
        *("id", "number", "act", "program", "message_class", "scope", "source"),
        *("happened_at", "recorded_at", "recorded_by", "basis", "expires_at"),
    )
    readonly_fields = ("number",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        """Fetch each number with its entry: a list of fifty is one query."""
        phone = Subject.objects.filter(pk=OuterRef("subject")).values("phone")
        return LedgerEntry.objects.annotate(phone=Subquery(phone))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LedgerEntry], search_term: str
    ) -> tuple[QuerySet[LedgerEntry], bool]:
        """Find by number: the ledger itself holds only its keyed hash."""
        if not search_term:
            return queryset, False
        return queryset.filter(subject=ledger.subject_key(e164(search_term))), False

    @admin.display(description=_("phone"))
    def number(self, entry: LedgerEntry) -> str:
        """Show the number, unless the person was erased."""
        return getattr(entry, "phone", None) or _("erased")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add the evidence, and what was said of the record later."""
        entry = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if entry and self.has_view_permission(request, entry):
            context |= {
                "pieces": evidence.pieces(entry),
                "corrects": entry.corrects_id,
                "corrections": list(entry.corrections.order_by("pk")),
                "may_correct": request.user.has_perm(corrections.PERMISSION),
            }
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add the look-up of one number, the correction, and the attached file."""
        view = self.admin_site.admin_view
        return [
            *lookup.urls(),
            path(
                "<int:entry_id>/correct/",
                view(require_POST(self.correct_view)),
                name="compliance_ledgerentry_correct",
            ),
            path(
                "<int:entry_id>/file/",
                view(self.file_view),
                name="compliance_ledgerentry_file",
            ),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a person said on paper or on the phone has no other way in."""
        return request.user.has_perm(operators.PERMISSION)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Record what a person said."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ToldForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                operators.record(form.told(), request.user)
            except operators.NotPossible as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, _("Recorded."))
                return redirect("admin:compliance_ledgerentry_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Record what a person said"),
            "form": form,
            "button": _("Record it"),
            "back": reverse("admin:compliance_ledgerentry_changelist"),
        }
        return render(request, "compliance/form.html", context)

    def correct_view(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Record that an entry is wrong."""
        try:
            number = corrections.correct(entry_id, request.POST.get("note", ""), request.user)
        except corrections.NotPossible as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("Recorded as entry {}.").format(number))
        return redirect("admin:compliance_ledgerentry_change", entry_id)

    def file_view(self, request: HttpRequest, entry_id: int) -> HttpResponseBase:
        """Download the file that proves an act."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        entry = get_object_or_404(LedgerEntry, pk=entry_id)
        attachment = get_object_or_404(Attachment, pk=entry.attachment_sha256)
        return FileResponse(
            attachment.file.open("rb"), as_attachment=True, filename=attachment.filename
        )


@admin.register(Consent)
class ConsentAdmin(NumberAdmin, ReadOnlyAdmin):
    """Who may be texted now, per program."""

    nothing_yet = gettext_lazy(
        "People appear here once they have said yes to a program: by import, form or text."
    )
    list_display = ("phone", "program", "message_class", "state", "since", "expires_at")
    list_filter = ("state", "program")
    export_columns = (
        *("phone", "program__name", "message_class", "state", "since", "expires_at", "entry"),
    )
    list_select_related = ("program",)


@admin.register(Suppression)
class SuppressionAdmin(NumberAdmin, ReadOnlyAdmin):
    """Who gets nothing at all."""

    nothing_yet = gettext_lazy("Nobody has said no to everything. Whoever texts STOP appears here.")
    list_display = ("phone", "scope", "since")
    export_columns = ("phone", "scope", "since", "entry")
    ordering = ("-entry_id",)  # the newest record first: that has an index
    place_field = "entry_id"  # a row's key is the phone number

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """The address of a row is its number: no link for whoever may not see it."""
        return ("phone",) if request.user.has_perm("contacts.see_numbers") else None


@admin.register(LedgerCheck)
class LedgerCheckAdmin(ReadOnlyAdmin):
    """What each verification of the ledger found."""

    nothing_yet = gettext_lazy(
        "The ledger is verified every night; manage.py verify_ledger does it at once."
    )
    list_display = ("checked_at", "state", "entries", "problem")
    ordering = ("-checked_at",)

    @display(description=_("result"), label={"holds": "success", "broken": "danger"})
    def state(self, check: LedgerCheck) -> tuple[str, str]:
        """Show the result as a coloured label."""
        return ("broken", _("broken")) if check.problem else ("holds", _("holds"))
