"""Lists of people by number: found by the whole of it, in any format, and by nothing less."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contacts.admin.big import BigAdmin
from contacts.search import numbers


class NumberAdmin(BigAdmin):
    """A list that holds a number in each row, in the field `number_field`.

    A part of a number finds nothing: it would read the whole table, and would tell those who may
    not see numbers what they are, digit by digit.
    """

    number_field = "phone"
    search_help_text = _("A phone number in any format")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Show the search box."""
        return (self.number_field,)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by the whole number."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(**{f"{self.number_field}__in": [term, *numbers(term)]}), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Let nobody ask by the address bar for numbers that begin with something either."""
        if lookup.partition("__")[0] == self.number_field and lookup != self.number_field:
            return False
        return bool(super().lookup_allowed(lookup, value, request))
