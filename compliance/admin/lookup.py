"""Look up a number: its consent, every text, and the evidence pack. For compliance staff.

The number travels in the body of a POST and never in an address, which servers log.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from compliance import erasure, evidence, history, ledger
from compliance.models import Consent, LedgerEntry, Subject, SuppressedNumber, Suppression
from compliance.packs import making
from contacts import countries, national, timeline
from contacts.people import by_number
from contacts.phones import BadPhone, country_of


class LookupForm(forms.Form):
    """A number in any format."""

    number = forms.CharField(
        label=gettext_lazy("Phone number"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=national.HELP,
    )

    def clean_number(self) -> str:
        """Read it into E.164."""
        try:
            return national.read(self.cleaned_data["number"]).e164
        except BadPhone as problem:
            raise forms.ValidationError(str(problem)) from problem


class PackForm(LookupForm):
    """What an evidence pack is for; it stands in the pack and in the audit log."""

    why = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=gettext_lazy("It stands in the pack and in the audit log: “Complaint 4711”."),
    )


def urls() -> list[URLPattern]:
    """Return where the pages are."""
    view = admin.site.admin_view
    return [
        path("lookup/", view(lookup), name="compliance_lookup"),
        path("lookup/older/", view(require_POST(older)), name="compliance_lookup_older"),
        path("lookup/pack/", view(require_POST(pack)), name="compliance_lookup_pack"),
        path("lookup/erase/", view(require_POST(erase)), name="compliance_lookup_erase"),
    ]


def lookup(request: HttpRequest) -> HttpResponse:
    """Ask for a number; show all that is known of it."""
    _check(request)
    form = LookupForm(request.POST or None)
    context: dict[str, Any] = {}
    if form.is_valid():
        context = _about(request, form.cleaned_data["number"])
    return _page(request, form, context)


def older(request: HttpRequest) -> HttpResponse:
    """Show the next entries of a number's timeline."""
    _check(request)
    form = LookupForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    entries = _entries(request, form.cleaned_data["number"])
    return render(request, "compliance/lookup_timeline.html", entries)


def pack(request: HttpRequest) -> HttpResponse:
    """Hand out the evidence pack of a number."""
    _check(request)
    form = PackForm(request.POST)
    if form.is_valid():
        number = form.cleaned_data["number"]
        made = making.make(number, request.user, form.cleaned_data["why"])
        response = HttpResponse(made.archive(), content_type="application/zip")
        response["Content-Disposition"] = (
            f'attachment; filename="evidence-{made.checksum[:12]}.zip"'
        )
        return response
    number = form.cleaned_data.get("number")
    context = (_about(request, number) if number else {}) | {"pack_form": form}
    return _page(request, LookupForm(request.POST), context)


def erase(request: HttpRequest) -> HttpResponse:
    """Say what erasing does and what remains; do it when that was answered with yes."""
    if not request.user.has_perm(erasure.PERMISSION):
        raise PermissionDenied
    form = LookupForm(request.POST)
    if not form.is_valid():
        return _page(request, form, {})
    number = form.cleaned_data["number"]
    if "confirmed" in request.POST:
        entry = erasure.erase(number, request.user)
        said = _("The person was erased. Entry {} of the ledger records it.").format(entry)
        messages.success(request, said)
        return redirect("admin:compliance_lookup")
    context = {
        **admin.site.each_context(request),
        "title": _("Erase a person"),
        "number": number,
        "acts": LedgerEntry.objects.filter(subject=ledger.subject_key(number)).count(),
    }
    return render(request, "compliance/erase.html", context)


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("compliance.view_ledgerentry"):
        raise PermissionDenied


def _page(request: HttpRequest, form: LookupForm, context: dict[str, Any]) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Look up a number"),
        "form": form,
        **context,
    }
    return render(request, "compliance/lookup.html", context)


def _about(request: HttpRequest, number: str) -> dict[str, Any]:
    key = ledger.subject_key(number)
    acts = LedgerEntry.objects.filter(subject=key).order_by("-pk")
    return {
        "number": number,
        "country": countries.in_words(country_of(number)),
        "person": by_number(number),
        "subject": key,
        "erased": Subject.objects.filter(pk=key, phone=None).exists(),
        "consents": Consent.objects.filter(phone=number).select_related("program"),
        "suppression": Suppression.objects.filter(phone=number).first(),
        "listed": SuppressedNumber.objects.filter(key=key),
        "acts": [
            (entry, history.in_words(entry), evidence.pieces(entry))
            for entry in acts.select_related("program", "wording", "personal")
        ],
        "may_export": request.user.has_perm(making.PERMISSION),
        "may_erase": request.user.has_perm(erasure.PERMISSION),
        "pack_form": PackForm(),
        **_entries(request, number),
    }


def _entries(request: HttpRequest, number: str) -> dict[str, Any]:
    before = timeline.Place.read(request.POST.get("before", ""))
    entries = timeline.page(by_number(number), before)
    return {
        "number": number,
        "entries": timeline.followable(entries, request.user.has_perm),
        "older": str(entries[-1].place) if len(entries) == timeline.PAGE else "",
    }
