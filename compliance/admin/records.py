"""The consent ledger and what is derived from it, to look at and never to edit."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from compliance import ledger
from compliance.admin import lookup
from compliance.models import Consent, LedgerCheck, LedgerEntry, Subject, Suppression
from contacts.phones import BadPhone, parse_phone


class ReadOnlyAdmin(ModelAdmin):
    """Nobody writes these by hand; the database refuses it as well."""

    show_full_result_count = False
    list_per_page = 50
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Acts of consent are recorded where they are done."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The past is not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The past is not deleted."""
        return False


def _e164(term: str) -> str:
    try:
        return parse_phone(term, "US").e164
    except BadPhone:
        return term


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Every act of consent, newest first; search takes a number in any format."""

    list_display = ("id", "number", "act", "scope", "program", "source", "happened_at")
    list_filter = ("act", "source")
    list_select_related = ("program",)
    search_fields = ("subject",)
    search_help_text = _("A phone number in any format")
    ordering = ("-pk",)

    def get_urls(self) -> list[URLPattern]:
        """Add the look-up of one number, with its evidence pack."""
        return [*lookup.urls(), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LedgerEntry], search_term: str
    ) -> tuple[QuerySet[LedgerEntry], bool]:
        """Find by number: the ledger itself holds only its keyed hash."""
        if not search_term:
            return queryset, False
        return queryset.filter(subject=ledger.subject_key(_e164(search_term))), False

    @admin.display(description=_("phone"))
    def number(self, entry: LedgerEntry) -> str:
        """Show the number, unless the person was erased."""
        subject = Subject.objects.filter(pk=entry.subject).first()
        return subject.phone if subject and subject.phone else _("erased")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Who may be texted now, per program."""

    list_display = ("phone", "program", "message_class", "state", "since")
    list_filter = ("state", "program")
    list_select_related = ("program",)
    search_fields = ("phone",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Consent], search_term: str
    ) -> tuple[QuerySet[Consent], bool]:
        """Find by number in any format."""
        if not search_term:
            return queryset, False
        return queryset.filter(Q(phone=search_term) | Q(phone=_e164(search_term))), False


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    """Who gets nothing at all."""

    list_display = ("phone", "since")
    search_fields = ("phone",)
    ordering = ("-since",)


@admin.register(LedgerCheck)
class LedgerCheckAdmin(ReadOnlyAdmin):
    """What each verification of the ledger found."""

    list_display = ("checked_at", "state", "entries", "problem")
    ordering = ("-checked_at",)

    @display(description=_("result"), label={"holds": "success", "broken": "danger"})
    def state(self, check: LedgerCheck) -> tuple[str, str]:
        """Show the result as a coloured label."""
        return ("broken", _("broken")) if check.problem else ("holds", _("holds"))
