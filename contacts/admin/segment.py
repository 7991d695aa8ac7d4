"""The segment pages: build rules, see whom they find."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from contacts import segments
from contacts.models import Segment
from contacts.segment_form import SegmentForm, explained, rows_of

SAMPLE = 10


@admin.register(Segment)
class SegmentAdmin(ModelAdmin):
    """Rules are rows of field, operator and values; the count beside them is live."""

    form = SegmentForm
    list_display = ("name", "description", "updated_at")
    search_fields = ("name",)
    change_form_template = "contacts/segment_form.html"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Hand the page the rows to show: what was typed, else what is stored."""
        segment = Segment.objects.filter(pk=object_id).first() if object_id else None
        rows, nested = rows_of(request.POST or None, segment)
        context = {
            **(extra_context or {}),
            "rule_rows": rows,
            "nested": nested,
            "match": request.POST.get("match")
            or (segment.rules.get("match") if segment else "all"),
            "field_choices": _choices_with(row["field"] for row in rows),
            "op_choices": segments.OP_LABELS,
        }
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add the live count."""
        return [
            path(
                "count/",
                self.admin_site.admin_view(self.count_view),
                name="contacts_segment_count",
            ),
            *super().get_urls(),
        ]

    def save_model(
        self, request: HttpRequest, obj: Segment, form: SegmentForm, change: bool
    ) -> None:
        """Note who made it."""
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)

    def count_view(self, request: HttpRequest) -> HttpResponse:
        """Count the people that the rows on the page find now, and show some of them."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        # The stored segment holds the groups that the rows on the page do not.
        number = request.GET.get("segment", "")
        stored = Segment.objects.filter(pk=int(number)).first() if number.isdigit() else None
        tree = SegmentForm(request.POST, instance=stored).tree()
        context: dict[str, Any] = {}
        try:
            segments.validate(tree)
            found = segments.matching(tree)
            context = {"count": found.count()}
            if request.user.has_perm("contacts.view_contact"):
                context["sample"] = list(found.order_by("pk")[:SAMPLE])
        except segments.RuleError as problem:
            context = {"problem": explained(problem)}
        context["title"] = _("Matches now")
        return render(request, "contacts/segment_count.html", context)


def _choices_with(fields: Iterable[str]) -> list[tuple[str, str]]:
    """Offer also what stored rules ask for and no contact has any more; else saving drops it."""
    choices = segments.field_choices()
    known = {"", *(value for value, _label in choices)}
    return [*choices, *((field, field) for field in dict.fromkeys(fields) if field not in known)]
