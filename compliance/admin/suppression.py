"""The suppression list: look a number up, put numbers on it, take them off."""

import io
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from compliance import ledger, suppression
from compliance.admin.records import ReadOnlyAdmin, e164
from compliance.models import SuppressedNumber
from contacts import national

MOST_BYTES = 8 * 1024**2  # some half a million numbers; more at the command line
REASONS = [choice for choice in SuppressedNumber.Reason.choices if choice[0] != "erased"]


class ListForm(forms.Form):
    """Numbers, typed or in a file, and why they are not texted."""

    numbers = forms.CharField(
        label=gettext_lazy("Numbers"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line, in any format."),
    )
    file = forms.FileField(
        label=gettext_lazy("or a file"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy(
            "Text or CSV, one number a line, 8 MB at most. For more there is "
            "manage.py suppress_numbers."
        ),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why they are not texted"),
        choices=REASONS,
        widget=UnfoldAdminSelectWidget,
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Where the numbers come from: the list, and its date."),
    )
    country = forms.RegexField(
        "^[A-Za-z]{2}$",
        label=gettext_lazy("Country of numbers without a country code"),
        initial=national.COUNTRY,
        widget=UnfoldAdminTextInputWidget,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two, not larger than a request may be."""
        fields: dict[str, Any] = super().clean() or {}
        file = fields.get("file")
        if bool(file) == bool(fields.get("numbers", "").strip()):
            raise forms.ValidationError(_("Type the numbers, or choose a file: one of the two."))
        if file and file.size > MOST_BYTES:
            self.add_error("file", _("The file is larger than 8 MB. Split it."))
        return fields


@admin.register(SuppressedNumber)
class SuppressedNumberAdmin(ReadOnlyAdmin):
    """Numbers that are not texted whatever they said. Only their keyed hash is kept."""

    nothing_yet = gettext_lazy("Put numbers here that must not be texted whatever anybody said.")
    list_display = ("shown", "why", "source", "added_at", "added_by")
    list_filter = ("reason",)
    export_columns = ("key", "reason", "source", "added_at", "added_by__username")
    list_select_related = ("added_by",)
    search_fields = ("key",)
    search_help_text = gettext_lazy("A phone number in any format: is it on the list?")
    ordering = ("-pk",)
    fields = ("key", "reason", "source", "added_at", "added_by")
    list_before_template = "compliance/suppression_buttons.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Compliance staff may."""
        return request.user.has_perm("compliance.add_suppressednumber")

    def has_delete_permission(
        self, request: HttpRequest, obj: SuppressedNumber | None = None
    ) -> bool:
        """Compliance staff may, but never an erased person."""
        erased = obj is not None and obj.reason == SuppressedNumber.Reason.ERASED
        return not erased and request.user.has_perm("compliance.delete_suppressednumber")

    def delete_model(self, request: HttpRequest, obj: SuppressedNumber) -> None:
        """Take the number off the list."""
        suppression.remove(obj.pk, request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SuppressedNumber], search_term: str
    ) -> tuple[QuerySet[SuppressedNumber], bool]:
        """Find by number; the list holds only hashes, so a part of one finds nothing."""
        if not search_term:
            return queryset, False
        return queryset.filter(key=ledger.subject_key(e164(search_term))), False

    @admin.display(description=gettext_lazy("number (hashed)"))
    def shown(self, number: SuppressedNumber) -> str:
        """Show the beginning of the hash."""
        return f"{number.key[:12]}…"

    @display(
        description=gettext_lazy("reason"),
        label={
            "erased": "info",
            "do_not_call": "warning",
            "litigator": "danger",
            "reassigned": "info",
            "other": "info",
        },
    )
    def why(self, number: SuppressedNumber) -> tuple[str, str]:
        """Show the reason as a label."""
        return number.reason, number.get_reason_display()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Put numbers on the list; say what became of every line."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ListForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            self._take(request, form.cleaned_data)
            return redirect("admin:compliance_suppressednumber_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Suppress numbers"),
            "form": form,
            "button": _("Suppress them"),
            "back": reverse("admin:compliance_suppressednumber_changelist"),
        }
        return render(request, "compliance/form.html", context)

    def _take(self, request: HttpRequest, fields: dict[str, Any]) -> None:
        upload = fields["file"]
        lines = (
            io.TextIOWrapper(upload.file, encoding="utf-8", errors="replace")
            if upload
            else io.StringIO(fields["numbers"])
        )
        taken = suppression.take(
            lines,
            country=fields["country"].upper(),
            reason=fields["reason"],
            source=fields["source"],
            user=request.user,
            now=timezone.now(),
        )
        said = ngettext(
            "{} number added, {} known before.", "{} numbers added, {} known before.", taken.added
        ).format(taken.added, taken.known)
        messages.success(request, said)
        if taken.refused:
            first = "; ".join(f"{line}: {why}" for line, why in taken.rejected)
            said = _("{} lines were refused, by line: {}").format(taken.refused, first)
            messages.warning(request, said)
