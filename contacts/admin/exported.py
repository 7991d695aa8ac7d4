"""Lists that are handed out as CSV by a button, with the search and the filters of the page."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import BinaryField, QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from contacts.list_export import hand_out

AFTER = "after"  # a row: what comes before it is left out (contacts/admin/big.py)
PLACES = ("p", AFTER)
IS_WHOLE = "is_whole_list"  # said of a request: every row is wanted, not those of a page


class ExportedAdmin(ModelAdmin):
    """A list with the button *Export CSV*.

    `export_columns` are lookups such as `campaign__name`; without any, all columns of the table
    that hold no bytes, which may be a secret.
    """

    export_columns: tuple[str, ...] = ()
    is_exported = True  # False: there is no list, but a page in its place

    @property
    def export_address(self) -> str:
        """Where the button of the list posts to."""
        return reverse(self._export_list_name(f"{self.admin_site.name}:"))

    def get_urls(self) -> list[URLPattern]:
        """Add the export."""
        if not self.is_exported:
            return list(super().get_urls())
        view = self.admin_site.admin_view(require_POST(self.export_list_view))
        return [path("export/", view, name=self._export_list_name()), *super().get_urls()]

    def export_list_view(self, request: HttpRequest) -> HttpResponseBase:
        """Hand out what the list shows, all pages of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found, wanted = self.exported(request)
        except IncorrectLookupParameters:
            return redirect(f"{self.admin_site.name}:{self._list_name()}")
        columns = self.export_columns or self._columns()
        zone = timezone.get_current_timezone()
        rows = hand_out(found, columns, user=request.user, wanted=wanted, zone=zone)
        response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
        name = f"{slugify(self.opts.verbose_name_plural)}-{timezone.localdate()}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def exported(self, request: HttpRequest) -> tuple[QuerySet[Any], str]:
        """Return the rows that search and filters leave, and both in words for the audit log."""
        query = request.GET.copy()
        for place in PLACES:
            query.pop(place, None)
        request.GET = query  # type: ignore[assignment]  # the list reads it there
        setattr(request, IS_WHOLE, True)
        page = self.get_changelist_instance(request)
        asked = [("search", [page.query])] if page.query else []
        asked += sorted(page.get_filters_params().items())
        said = (f"{name} is {', '.join(map(str, values))}" for name, values in asked)
        return page.queryset, "; ".join(said)

    def _columns(self) -> list[str]:
        fields = self.opts.concrete_fields
        return [field.name for field in fields if not isinstance(field, BinaryField)]

    def _list_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_changelist"

    def _export_list_name(self, before: str = "") -> str:
        return f"{before}{self.opts.app_label}_{self.opts.model_name}_export_list"
