"""The segment pages: build rules, see whom they find."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from contacts import rooms, segments
from contacts.admin.guarded import GuardedAdmin
from contacts.models import Segment
from contacts.segment_form import SegmentForm, checked, edited, posted
from contacts.segment_page import shown
from contacts.segments import words

SAMPLE = 10
VERSIONS = 50


@admin.register(Segment)
class SegmentAdmin(GuardedAdmin):
    """Rules in groups; the count beside them is live, and every saved change is a version."""

    nothing_yet = gettext_lazy(
        "A segment finds people by rules. Import people first, then say whom you want."
    )
    form = SegmentForm
    list_display = ("name", "description", "version", "updated_at")
    search_fields = ("name",)
    search_help_text = gettext_lazy("A part of the name")
    change_form_template = "contacts/segment_form.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Hand the page the rules: what was posted, else what is stored."""
        form, segment = context["adminform"].form, kwargs.get("obj")
        may_edit = self.has_change_permission(request, segment) if segment else True
        rules = getattr(form, "rules", None) or (segment and segment.rules)
        if may_edit and rules:
            context |= shown(rules, problem=getattr(form, "problem", None))
        elif rules:
            context["rules_in_words"] = list(words.lines(rules))
        context["panels"] = rooms.segment_panels()
        context["versions"] = [
            (version, list(words.lines(version.rules)))
            for version in (
                segment.versions.select_related("saved_by").order_by("-number")[:VERSIONS]
                if segment
                else []
            )
        ]
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add the rules as the page changes them, and the live count."""
        view = self.admin_site.admin_view
        return [
            path("rules/", view(require_POST(self.rules_view)), name="contacts_segment_rules"),
            path("count/", view(require_POST(self.count_view)), name="contacts_segment_count"),
            *super().get_urls(),
        ]

    def save_model(
        self, request: HttpRequest, obj: Segment, form: SegmentForm, change: bool
    ) -> None:
        """Keep it with its rules, and a new one with who made it."""
        if not change:
            obj.created_by_id = request.user.pk
        form.keep(request.user.pk)

    def rules_view(self, request: HttpRequest) -> HttpResponse:
        """Show the rules again after a button or another field changed what belongs there."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rules, focus = edited(posted(request.POST), request.POST.get("do", ""))
        response = render(request, "contacts/segment_rules.html", shown(rules, focus))
        response["HX-Trigger-After-Settle"] = "rules-changed"
        return response

    def count_view(self, request: HttpRequest) -> HttpResponse:
        """Count the people that the rules on the page find now, and show some of them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context: dict[str, Any] = {}
        try:
            rules = checked(posted(request.POST), None)
            context = {"count": segments.count(rules)}
            if request.user.has_perm("contacts.view_contact"):
                context["sample"] = segments.matching(rules)[:SAMPLE]
        except segments.RuleError as problem:
            context = {"problem": str(problem)}
        return render(request, "contacts/segment_count.html", context)
