"""The contact pages: find a person, look at them, change them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from contacts import search
from contacts.contact_form import ContactForm
from contacts.models import Contact


@admin.register(Contact)
class ContactAdmin(ModelAdmin):
    """People; search takes a number in any format, a user ID, or an attribute's value."""

    form = ContactForm
    list_display = ("phone", "city", "country", "timezone", "line_type", "created_at")
    list_filter = ("line_type",)
    search_fields = ("phone", "user_id")
    search_help_text = gettext_lazy(
        "A phone number in any format, a user ID, or the value of an attribute"
    )
    show_full_result_count = False
    ordering = ("-pk",)
    readonly_fields = ("line_type", "created_at", "updated_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contact], search_term: str
    ) -> tuple[QuerySet[Contact], bool]:
        """Look the term up as a number, a user ID and an attribute's value, all by index."""
        if not search_term:
            return queryset, False
        found = search.find(search_term)
        if len(found) >= search.MOST:
            said = _("Many people match; these are some of them. A segment finds all.")
            messages.info(request, said)
        return queryset.filter(pk__in=found), False
