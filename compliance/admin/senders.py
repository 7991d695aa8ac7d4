"""Programs and originators: in whose name, and from which number."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from compliance.models import Originator, Program


@admin.register(Program)
class ProgramAdmin(ModelAdmin):
    """The named seller and purpose that people say yes to."""

    list_display = ("name", "brand", "window_start", "window_end")
    search_fields = ("name", "brand")


@admin.register(Originator)
class OriginatorAdmin(ModelAdmin):
    """Numbers, pools and sender IDs that exist in the AWS account."""

    list_display = ("identity", "label", "kind", "message_class", "parts_per_second", "active")
    list_filter = ("kind", "message_class", "active")
    search_fields = ("identity", "label")
