"""The contact pages: find a person, look at them, change them."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from contacts.contact_form import ContactForm
from contacts.models import Contact
from contacts.phones import BadPhone, parse_phone


@admin.register(Contact)
class ContactAdmin(ModelAdmin):
    """People; search takes a number in any format, or a user ID."""

    form = ContactForm
    list_display = ("phone", "city", "country", "timezone", "line_type", "created_at")
    list_filter = ("line_type",)
    search_fields = ("phone", "user_id")
    search_help_text = gettext_lazy("A phone number in any format, or a user ID")
    show_full_result_count = False
    ordering = ("-pk",)
    readonly_fields = ("line_type", "created_at", "updated_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contact], search_term: str
    ) -> tuple[QuerySet[Contact], bool]:
        """Look the term up as a number and as a user ID, both by index."""
        if not search_term:
            return queryset, False
        try:
            phone = parse_phone(search_term, "US").e164
        except BadPhone:
            phone = search_term
        return queryset.filter(Q(phone=phone) | Q(user_id=search_term)), False
