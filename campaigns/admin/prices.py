"""The price list: what one message part to a country costs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from campaigns.models import Price
from contacts.admin.guarded import GuardedAdmin


@admin.register(Price)
class PriceAdmin(GuardedAdmin):
    """What a person enters stays; the rest follows the receipts."""

    nothing_yet = gettext_lazy(
        "Prices come with the first receipts; enter one to know costs before."
    )
    list_display = ("country", "per_part_usd", "carrier_fee_usd", "source", "updated_at")
    ordering = ("country",)

    def save_model(self, request: HttpRequest, obj: Price, form: Any, change: bool) -> None:
        """Note that a person says so."""
        obj.source = Price.Source.ENTERED
        super().save_model(request, obj, form, change)
