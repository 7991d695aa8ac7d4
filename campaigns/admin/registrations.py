"""Registrations with carriers as a guided flow: begin, write, check, hand in, and wait."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.decorators import action, display

from campaigns.actions import Refused, registering
from campaigns.admin.records import RecordAdmin
from campaigns.admin.registration_form import BRAND, NUMBERS, FilledIn
from campaigns.models import AwsIdentity, Registration, RegistrationForm
from campaigns.registration_guide import GUIDES, LOOK_YOURSELF, STATUSES, guide_of

LIST = "admin:campaigns_registration_changelist"
PAGE = "admin:campaigns_registration_change"
AGAIN = frozenset({"REQUIRES_UPDATES", "COMPLETE"})  # a new version is possible
WRITE = "admin:campaigns_registration_write"


@admin.register(Registration)
class RegistrationAdmin(RecordAdmin):
    """Drafts, and what AWS and the carriers say of what was handed in."""

    nothing_yet = gettext_lazy(
        "US numbers must be registered before they can send: begin a registration above."
    )
    list_display = ("label", "kind", "state", "checked_at", "created_by")
    list_filter = ("kind", "status")
    list_select_related = ("created_by",)
    search_fields = ("label", "aws_id")
    fields = ("label", "kind", "state", "aws_id", "brand", "checked_at", "created_by")
    readonly_fields = fields
    change_form_outer_before_template = "campaigns/registration.html"
    actions_list = ("begin",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        """Load the brand beside each."""
        found: QuerySet[Registration] = super().get_queryset(request)
        return found.select_related("brand")

    @display(
        description=gettext_lazy("status"),
        label={"good": "success", "bad": "danger", "open": "info", "you": "warning"},
    )
    def state(self, row: Registration) -> tuple[str, Any]:
        """Say where it is, and whose turn it is."""
        if row.step != Registration.Step.AT_AWS:
            return ("you" if row.editable else "open"), row.get_step_display()
        kinds = {
            "COMPLETE": "good",
            "REQUIRES_UPDATES": "bad",
            "CLOSED": "bad",
            "REQUIRES_AUTHENTICATION": "you",
        }
        return kinds.get(row.status, "open"), STATUSES.get(row.status, row.status)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """Only some may write registrations."""
        return request.user.has_perm("campaigns.manage_registration")

    @action(description=gettext_lazy("Begin a registration"), permissions=["manage"])
    def begin(self, request: HttpRequest) -> HttpResponse:
        """Go to the page that asks which."""
        return redirect("admin:campaigns_registration_start")

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of the flow."""
        view = self.admin_site.admin_view
        found: list[URLPattern] = super().get_urls()
        return [
            path("start/", view(start), name="campaigns_registration_start"),
            path("<int:pk>/write/", view(write), name="campaigns_registration_write"),
            *(
                path(
                    f"<int:pk>/{name}/",
                    view(require_POST(button)),
                    name=f"campaigns_registration_{name}",
                )
                for name, button in BUTTONS.items()
            ),
            *found,
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Give the page its history and its buttons."""
        pk = int(object_id) if object_id.isdecimal() else 0
        row = Registration.objects.select_related("brand").filter(pk=pk).first()
        context = _shown(row, request) if row else {}
        answer: HttpResponse = super().change_view(request, object_id, form_url, context)
        return answer


def _shown(row: Registration, request: HttpRequest) -> dict[str, Any]:
    asked = RegistrationForm.objects.filter(kind=row.kind).first()
    is_open = row.status == "COMPLETE" and asked is not None
    free: Any = ()
    if asked is not None and is_open and registering.takes_numbers(asked, registering.AFTER):
        free = registering.numbers_for(asked).filter(registration_id="")
    titles = {
        one["FieldPath"]: one["DisplayHints"]["Title"] for one in (asked.fields if asked else [])
    }
    return {
        "row": row,
        "may_manage": request.user.has_perm("campaigns.manage_registration"),
        "guide": guide_of(row.kind),
        "status_words": STATUSES.get(row.status, row.status),
        "versions": list(reversed(row.versions)),
        "troubles": [(titles.get(where, where), says) for where, says in row.troubles.items()],
        "numbers": row.numbers.select_related("originator"),
        "free": free,
        "may_discard": row.editable and (not row.aws_id or row.status in AGAIN),
        "may_rewrite": row.step == "at_aws" and row.status in AGAIN,
    }


def start(request: HttpRequest) -> HttpResponse:
    """Choose what is registered."""
    registering.check_may(request.user)
    if request.method == "POST":
        said = request.POST
        try:
            row = registering.begin(said.get("kind", ""), said.get("label", ""), request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            return redirect(WRITE, row.pk)
    order = list(GUIDES)
    found = sorted(
        RegistrationForm.objects.all(),
        key=lambda one: (order.index(one.kind) if one.kind in order else len(order), one.title),
    )
    context = {
        **admin.site.each_context(request),
        "title": _("Begin a registration"),
        "kinds": [(one, guide_of(one.kind)) for one in found],
    }
    return render(request, "campaigns/registration_start.html", context)


def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a draft; keep it, check it, or hand it in."""
    registering.check_may(request.user)
    row = get_object_or_404(Registration.objects.select_related("brand"), pk=pk)
    asked = get_object_or_404(RegistrationForm, kind=row.kind)
    if not row.editable:
        return redirect(PAGE, pk)
    checking = "check" in request.GET
    form = FilledIn(row, asked, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if _keep(request, form):
            return redirect(f"{reverse(WRITE, args=[pk])}{_next(request)}")
        row.refresh_from_db()
    wrong = registering.wrong_with(row) if checking else {}
    doubts = registering.doubts_of(row) if checking else []
    by_path: dict[str, list[str]] = {}
    for doubt in doubts:
        by_path.setdefault(doubt.path, []).append(f"{doubt.code}: {doubt.says}")
    context = {
        **admin.site.each_context(request),
        "title": row.label,
        "row": row,
        "asked": asked,
        "guide": guide_of(row.kind),
        "sections": form.sections(wrong, by_path),
        "belongs": [form[name] for name in (BRAND, NUMBERS) if name in form.fields],
        "checking": checking,
        "wrong": wrong,
        "whole": wrong.get("", ""),
        "doubts": doubts,
        "look": LOOK_YOURSELF if row.kind in GUIDES else (),
    }
    return render(request, "campaigns/registration_form.html", context)


def _next(request: HttpRequest) -> str:
    return "?check" if "check" in request.POST else ""


def _keep(request: HttpRequest, form: FilledIn) -> bool:
    said, row = form.cleaned_data, form.row
    try:
        for field in form.asked.fields:
            upload = request.FILES.get(field["FieldPath"])
            if field["FieldType"] == "ATTACHMENT" and upload:
                where, name = field["FieldPath"], upload.name or ""
                found = registering.attach(row.pk, where, name, upload.read(), request.user)
                row.values[where] = found
        brand = said.get(BRAND)
        numbers = [one.pk for one in said.get(NUMBERS) or ()]
        registering.write(row.pk, form.values(), brand.pk if brand else None, numbers, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, _("Kept as a draft."))
    return True


def _submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, with the price, then hand in."""
    registering.check_may(request.user)
    row = get_object_or_404(Registration, pk=pk)
    guide = guide_of(row.kind)
    try:
        if request.POST.get("confirmed") == "yes":
            registering.submit(pk, request.user)
            messages.success(request, _("It is being handed in. This page shows how it goes on."))
            return redirect(PAGE, pk)
        if registering.wrong_with(row):
            return redirect(f"{reverse(WRITE, args=[pk])}?check")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(PAGE, pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Hand it in?"),
        "question": _("Hand “{}” in?").format(row),
        "lines": [guide.takes, *_warnings(row)],
        "price": guide.price,
        "button": _("Yes, hand it in"),
        "address": request.path,
        "fields": (),
        "back": reverse(WRITE, args=[pk]),
    }
    return render(request, "campaigns/confirm.html", context)


def _warnings(row: Registration) -> list[str]:
    count = len(registering.doubts_of(row))
    if not count:
        return []
    return [_("Reviewers may well decline it: {} points are in doubt.").format(count)]


def _rewrite(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        registering.rewrite(pk, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(PAGE, pk)
    return redirect(WRITE, pk)


def _discard(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        stays = registering.discard(pk, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(PAGE, pk)
    messages.success(request, _("The draft is gone."))
    return redirect(PAGE, pk) if stays else redirect(LIST)


def _associate(request: HttpRequest, pk: int) -> HttpResponse:
    number = request.POST.get("number", "")
    try:
        registering.associate(pk, int(number) if number.isdecimal() else 0, request.user)
        messages.success(request, _("Carriers need about two weeks until the number may send."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    except AwsIdentity.DoesNotExist:
        messages.error(request, _("Choose a number."))
    return redirect(PAGE, pk)


BUTTONS = {
    "submit": _submit,
    "rewrite": _rewrite,
    "discard": _discard,
    "associate": _associate,
}
