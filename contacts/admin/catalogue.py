"""The attribute catalogue, to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from contacts.models import AttributeName


@admin.register(AttributeName)
class AttributeNameAdmin(ModelAdmin):
    """The names in use; kept up by the imports."""

    nothing_yet = gettext_lazy(
        "Names appear here a minute after an import has brought people with attributes."
    )
    list_display = ("path", "kind", "contacts", "common")
    list_filter = ("kind",)
    search_fields = ("path",)
    ordering = ("-contacts",)
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Counted, not written."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Counted, not written."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Counted, not written."""
        return False

    @admin.display(description=gettext_lazy("commonest values"))
    def common(self, name: AttributeName) -> str:
        """Show some values; the segment builder suggests more."""
        return ", ".join(name.common_values[:5])
