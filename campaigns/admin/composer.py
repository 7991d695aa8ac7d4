"""The text's own field on a campaign's page: merge fields to insert, and a phone that shows it."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns import composing
from campaigns.models import Campaign
from contacts import attributes
from contacts.models import Segment

SAVED = "sendpoint-saved"  # a cookie that config/composer.js reads


class TextWidget(UnfoldAdminTextareaWidget):
    """A text with its merge fields and its preview."""

    template_name = "campaigns/text_widget.html"

    class Media:
        js = ("config/composer.js",)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Offer the fields of the catalogue, those that people fill in first."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        paths = attributes.merge_field_paths()
        own = sorted(path for path in paths if path not in attributes.FIXED_FIELDS)
        context["merge_fields"] = [*own, *sorted(attributes.FIXED_FIELDS)]
        return context


def urls(model_admin: "ModelAdmin[Campaign]") -> list[URLPattern]:
    """Return the address of the preview."""

    def preview(request: HttpRequest) -> HttpResponse:
        if not model_admin.has_add_permission(request):
            raise PermissionDenied
        return render(request, "campaigns/phone.html", _context(request))

    view = model_admin.admin_site.admin_view(require_POST(preview))
    return [path("preview/", view, name="campaigns_campaign_preview")]


def _context(request: HttpRequest) -> dict[str, Any]:
    body, chosen = request.POST.get("body", ""), request.POST.get("segment", "")
    if not body.strip():
        return {"hint": _("Write the text, and see here what people get.")}
    segment = Segment.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
    if segment is None:
        return {"hint": _("Choose a segment, and see here what its people get.")}
    return {"preview": composing.preview(body, segment.rules), "segment": segment}
