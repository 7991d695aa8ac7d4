"""The pages of fixed lists: make one from a file or a segment, look at it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from contacts import lists
from contacts.models import ContactList, Segment

SAMPLE = 20


class ListForm(forms.ModelForm[ContactList]):
    """A name, and where the people come from: a file or a segment."""

    class Meta:
        model = ContactList
        fields = ("name", "description")
        widgets = {
            "name": UnfoldAdminTextInputWidget,
            "description": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        }

    segment = forms.ModelChoiceField(
        Segment.objects.order_by("name"),
        required=False,
        label=gettext_lazy("The people that a segment finds now"),
        widget=UnfoldAdminSelectWidget,
    )
    file = forms.FileField(
        required=False,
        label=gettext_lazy("Or a file of phone numbers"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy(
            "One number on each line, or a CSV file with a column of them. Only people who are "
            "contacts already come onto the list."
        ),
    )
    default_country = forms.CharField(
        label=gettext_lazy("Country of numbers without a country code"),
        initial="US",
        max_length=2,
        widget=UnfoldAdminTextInputWidget,
        validators=[RegexValidator("^[A-Za-z]{2}$", gettext_lazy("Two letters, such as US."))],
    )

    def clean(self) -> dict[str, Any] | None:
        """One source, not none and not two."""
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("file")) == bool(cleaned.get("segment")) and not self.errors:
            self.add_error("segment", _("Choose a segment or a file, one of the two."))
        return cleaned


@admin.register(ContactList)
class ContactListAdmin(ModelAdmin):
    """Lists are made once and looked at; other people make another list."""

    list_display = ("name", "origin", "people", "unknown", "created_by", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("name",)
    ordering = ("-created_at",)
    actions = None
    fields = ("name", "description", "origin", "people", "unknown", "created_by", "created_at")
    change_form_outer_after_template = "contacts/list_people.html"

    def has_change_permission(self, request: HttpRequest, obj: ContactList | None = None) -> bool:
        """What a list holds is what it was made with."""
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form; what no list can be made of is said beside its field."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ListForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = lists.make(form.instance, request.user, **_source(form.cleaned_data))
            except lists.ListRefused as refusal:
                form.add_error("file" if form.cleaned_data["file"] else "segment", str(refusal))
            else:
                self.message_user(request, _said(made), messages.SUCCESS)
                return redirect("admin:contacts_contactlist_change", made.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Make a list"),
            "opts": self.opts,
            "form": form,
        }
        return render(request, "contacts/list_form.html", context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add some of the people to the page."""
        context = dict(extra_context or {})
        if object_id and object_id.isdigit() and request.user.has_perm("contacts.view_contact"):
            members = lists.some(int(object_id), SAMPLE)
            context["list_people"] = members
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response


def _source(cleaned: dict[str, Any]) -> dict[str, Any]:
    if cleaned["segment"]:
        return {"segment": cleaned["segment"]}
    return {"file": cleaned["file"], "country": cleaned["default_country"].upper()}


def _said(made: ContactList) -> str:
    if not made.unknown:
        return _("{:,} people are on the list.").format(made.people)
    return _("{:,} people are on the list; {:,} lines had no number of a contact.").format(
        made.people, made.unknown
    )
