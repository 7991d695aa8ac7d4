"""The contact pages: find a person, look at them, change them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from contacts import changes, export, rooms, search, timeline
from contacts.admin.big import CUT_AT
from contacts.admin.exported import AFTER, IS_WHOLE
from contacts.admin.guarded import GuardedAdmin
from contacts.admin.numbers import NumberAdmin
from contacts.contact_form import ContactForm
from contacts.models import Contact
from contacts.names import name_of
from contacts.origins import lists_of, segments_of
from contacts.timeline import Person


@admin.register(Contact)
class ContactAdmin(GuardedAdmin, NumberAdmin):
    """People; search takes a number in any format, a user ID, or an attribute's value."""

    nothing_yet = gettext_lazy("Import a list of people, or add one by hand.")
    unguarded_fields = ("last_active_at", "updated_at")
    form = ContactForm
    list_display = ("phone", "called", "city", "country", "timezone", "line_type", "created_at")
    list_filter = ("line_type",)
    export_columns = (
        *("id", "phone", "line_type", "user_id", "endpoint_id", "city", "region", "postal_code"),
        *("country", "timezone", "locale", "latitude", "longitude", "attributes"),
        *("user_attributes", "metrics", "created_at", "updated_at", "last_active_at"),
    )
    search_help_text = gettext_lazy(
        "A phone number in any format, a user ID, or the value of an attribute"
    )
    ordering = ("-pk",)
    readonly_fields = ("line_type", "created_at", "updated_at")
    change_form_outer_after_template = "contacts/contact_panel.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contact], search_term: str
    ) -> tuple[QuerySet[Contact], bool]:
        """Look the term up as a number, a user ID and an attribute's value, all by index."""
        if not search_term:
            return queryset, False
        if getattr(request, IS_WHOLE, False):
            return queryset.filter(pk__in=search.everybody(search_term)), False
        after = request.GET.get(AFTER, "")
        found = search.find(search_term, int(after) if after.isdecimal() else None)
        if found.is_cut:
            setattr(request, CUT_AT, found.ids[-1])
        return queryset.filter(pk__in=found.ids), False

    @admin.display(description=gettext_lazy("name"))
    def called(self, contact: Contact) -> str:
        """Show what the person is called."""
        return name_of(contact.user_attributes, contact.attributes)

    def get_readonly_fields(self, request: HttpRequest, obj: Contact | None = None) -> Any:
        """Whoever sees a number masked would save it masked."""
        hidden = obj is not None and not request.user.has_perm("contacts.see_numbers")
        return (*self.readonly_fields, *(["phone"] if hidden else []))

    def save_model(
        self, request: HttpRequest, obj: Contact, form: ContactForm, change: bool
    ) -> None:
        """Tell who answers changes of attributes."""
        before = Contact.objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        changes.tell(obj, changes.values(before) if before else {})

    def has_delete_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        """People are erased, which keeps the promise not to text them; not just deleted."""
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add the timeline, the segments, and what can be done with the person."""
        context = dict(extra_context or {})
        contact = self.get_object(request, object_id) if object_id else None
        if contact and self.has_view_permission(request, contact):
            context |= _timeline(request, contact) | {
                "segments": segments_of(contact),
                "lists": lists_of(contact.pk),
                "may_export": request.user.has_perm("contacts.export_person"),
                "button_templates": rooms.contact_buttons(),
            }
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add older pages of the timeline, and the export."""
        view = self.admin_site.admin_view
        return [
            path(
                "<int:contact_id>/timeline/",
                view(self.timeline_view),
                name="contacts_contact_timeline",
            ),
            path(
                "<int:contact_id>/export/",
                view(require_POST(self.export_view)),
                name="contacts_contact_export",
            ),
            *super().get_urls(),
        ]

    def timeline_view(self, request: HttpRequest, contact_id: int) -> HttpResponse:
        """Show the entries of the timeline before a place."""
        contact = get_object_or_404(Contact, pk=contact_id)
        if not self.has_view_permission(request, contact):
            raise PermissionDenied
        return render(request, "contacts/timeline_page.html", _timeline(request, contact))

    def export_view(self, request: HttpRequest, contact_id: int) -> HttpResponse:
        """Hand out everything held about a person, as a file."""
        contact = get_object_or_404(Contact, pk=contact_id)
        found = export.everything(Person(contact.phone, contact.pk), request.user)
        response = HttpResponse(export.as_json(found), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="person-{contact.pk}.json"'
        return response


def _timeline(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Return one page of the timeline; links are kept for those who may follow them."""
    person = Person(contact.phone, contact.pk)
    before = timeline.Place.read(request.GET.get("before", ""))
    entries = timeline.page(person, before)
    return {
        "person": person,
        "before": before,
        "entries": timeline.followable(entries, request.user.has_perm),
        "older": str(entries[-1].place) if len(entries) == timeline.PAGE else "",
        "older_url": reverse("admin:contacts_contact_timeline", args=[contact.pk]),
    }
