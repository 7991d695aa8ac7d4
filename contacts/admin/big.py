"""Lists of tables with millions of rows: nothing on them takes longer the more rows there are."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR
from django.core.paginator import Paginator
from django.db.models import ForeignKey, IntegerField, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from contacts.admin.exported import AFTER, ExportedAdmin

MOST = 10_000  # rows that are counted and paged through from any one place
CUT_AT = "search_is_cut_at"  # said of a request: the last row up to which a search has looked


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


class BigList(ChangeList):
    """Goes on behind a row, by the list's own index, where paging ends; sorted in no other way."""

    cut_at: int | None = None

    def get_filters_params(self, params: Any = None) -> Any:
        """The place in the list is no filter."""
        found = super().get_filters_params(params)
        found.pop(AFTER, None)
        return found

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Take no wish from the address: there is no index for it."""
        self.params.pop(ORDER_VAR, None)
        return super().get_ordering(request, queryset)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Leave out what comes before the place that the address names."""
        found: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        self.cut_at = getattr(request, CUT_AT, None)
        asked = str(self.params.get(AFTER, ""))
        if not asked:
            return found
        named = {self.model_admin.place_field: asked}
        row = self.root_queryset.filter(**named).first() if asked.isdecimal() else None
        ordering = self.get_ordering(request, found)
        if row is None or not self._has_places(ordering):
            raise IncorrectLookupParameters
        return found.filter(_behind(row, ordering))

    def get_results(self, request: HttpRequest) -> None:
        """Offer to show all only to who sees less: how many there are in all is not counted."""
        super().get_results(request)
        if not self.query and not self.get_filters_params():
            self.full_result_count = self.result_count

    @property
    def is_capped(self) -> bool:
        """Tell whether there may be more than was counted."""
        return self.cut_at is not None or bool(self.paginator.is_capped)

    @property
    def further(self) -> str:
        """The address of what comes after the last page; "" where this is not it, or is all."""
        last_page = self.page_num == self.paginator.num_pages
        ordering = self.queryset.query.order_by
        if not (self.is_capped and last_page and self._has_places(ordering)):
            return ""
        if self.cut_at is not None:
            return str(self.get_query_string({AFTER: self.cut_at}))
        place = getattr(list(self.result_list)[-1], self.model_admin.place_field)
        return str(self.get_query_string({AFTER: place}))

    @property
    def newest(self) -> str:
        """The address of where the list begins, for who is further on."""
        return str(self.get_query_string(remove=[AFTER])) if self.params.get(AFTER) else ""

    def _has_places(self, ordering: Any) -> bool:
        """Rows are named by a number, never by a phone number; what orders them is there."""
        fields = [
            self.opts.pk if name in {"pk", "-pk"} else self.opts.get_field(name.lstrip("-"))
            for name in ordering
        ]
        return self.model_admin.names_places() and not any(one.null for one in fields)


def _behind(row: Model, ordering: Any) -> Q:
    """Return the condition of what comes after a row in an order."""
    found, same = Q(), dict[str, Any]()
    for name in ordering:
        field = name.lstrip("-")
        value, then = getattr(row, field), "lt" if name.startswith("-") else "gt"
        found |= Q(**same, **{f"{field}__{then}": value})
        same[field] = value
    # The same once more, for the planner: alternatives alone are no range of an index.
    field, then = ordering[0].lstrip("-"), "lte" if ordering[0].startswith("-") else "gte"
    return Q(**{f"{field}__{then}": getattr(row, field)}) & found


class BigAdmin(ExportedAdmin):
    """A list in the order of an index, which nobody sorts by columns that have none."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # a count per filter is a count of everything
    list_per_page = 50
    list_max_show_all = 0
    sortable_by: tuple[str, ...] = ()
    place_field = "pk"  # what names a row in an address: a whole number, of that row alone

    def names_places(self) -> bool:
        """Tell whether rows have a number that says nothing to who reads the address."""
        name = self.place_field
        field = self.opts.pk if name == "pk" else self.opts.get_field(name)
        return isinstance(field, IntegerField | ForeignKey)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Page through it as through a big one."""
        return BigList

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
