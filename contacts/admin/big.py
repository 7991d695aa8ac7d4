"""Lists of tables with millions of rows: nothing on them takes longer the more rows there are."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from contacts.admin.exported import ExportedAdmin

MOST = 10_000  # rows that anybody pages through; filters and search find the rest


class CappedPaginator(Paginator[Any]):
    """Counts and pages no further than `MOST`: beyond, a count and an OFFSET read every row."""

    template_name = "contacts/pagination.html"

    @cached_property
    def count(self) -> int:
        """Count up to the cap."""
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST].count())

    @property
    def is_capped(self) -> bool:
        """Tell whether there may be more."""
        return self.count == MOST


class BigAdmin(ExportedAdmin):
    """A list in the order of an index, which nobody sorts by columns that have none."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # a count per filter is a count of everything
    list_per_page = 50
    list_max_show_all = 0
    sortable_by: tuple[str, ...] = ()

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Act on all that match only where the page could count them."""
        if (
            request.POST.get("select_across") == "1"
            and queryset.order_by()[: MOST + 1].count() > MOST
        ):
            said = _("More than {:,} match. Narrow them down by filters first.").format(MOST)
            self.message_user(request, said, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        answer: HttpResponse | None = super().response_action(request, queryset)
        return answer
