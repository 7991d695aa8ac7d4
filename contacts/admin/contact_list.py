"""The pages of lists: make one from a file or a segment, look at it; let people come and go."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from contacts import lists, national
from contacts.models import ContactList, Segment

SAMPLE = 20


class ListForm(forms.ModelForm[ContactList]):
    """A name, and where the people come from: a file or a segment."""

    class Meta:
        model = ContactList
        fields = ("name", "description", "grows")
        widgets = {
            "name": UnfoldAdminTextInputWidget,
            "grows": UnfoldBooleanSwitchWidget,
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
        initial=national.COUNTRY,
        max_length=2,
        widget=UnfoldAdminTextInputWidget,
        validators=[RegexValidator("^[A-Za-z]{2}$", gettext_lazy("Two letters, such as US."))],
    )

    def clean(self) -> dict[str, Any] | None:
        """One source, not two; none for a list on which people come and go."""
        cleaned = super().clean() or self.cleaned_data
        sources = bool(cleaned.get("file")) + bool(cleaned.get("segment"))
        if (sources > 1 or not (sources or cleaned.get("grows"))) and not self.errors:
            self.add_error("segment", _("Choose a segment or a file, one of the two."))
        return cleaned


@admin.register(ContactList)
class ContactListAdmin(ModelAdmin):
    """Fixed lists are made once and looked at; onto the others people are put, and taken off."""

    nothing_yet = gettext_lazy(
        "Make one of a file of numbers, or of the people that a segment finds."
    )
    list_display = ("name", "grows", "origin", "people", "unknown", "created_by", "created_at")
    list_filter = ("grows",)
    list_select_related = ("created_by",)
    search_fields = ("name",)
    ordering = ("-created_at",)
    actions = None
    fields = (
        "name",
        "description",
        "grows",
        "origin",
        "people",
        "unknown",
        "created_by",
        "created_at",
    )
    change_form_outer_after_template = "contacts/list_people.html"

    def has_change_permission(self, request: HttpRequest, obj: ContactList | None = None) -> bool:
        """What a list is called is what it was made with."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add where a person is put on a list, or taken off."""
        view = self.admin_site.admin_view(require_POST(self.people_view))
        name = "contacts_contactlist_people"
        return [path("<int:list_id>/people/", view, name=name), *super().get_urls()]

    def people_view(self, request: HttpRequest, list_id: int) -> HttpResponse:
        """Put somebody on the list, or take them off."""
        on = "off" not in request.POST
        try:
            news = lists.change(list_id, request.POST.get("number", ""), request.user, on=on)
        except lists.ListRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, _told(on=on, news=news), messages.SUCCESS)
        return redirect("admin:contacts_contactlist_change", list_id)

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
            context["list_people"] = lists.some(int(object_id), SAMPLE)
        if object_id and object_id.isdigit() and self.has_add_permission(request):
            context["list_grows"] = ContactList.objects.filter(pk=object_id, grows=True).first()
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response


def _source(cleaned: dict[str, Any]) -> dict[str, Any]:
    if cleaned["segment"]:
        return {"segment": cleaned["segment"]}
    if not cleaned["file"]:
        return {}
    return {"file": cleaned["file"], "country": cleaned["default_country"].upper()}


def _told(*, on: bool, news: bool) -> str:
    if on:
        return _("Put on the list.") if news else _("This person was on the list already.")
    return _("Taken off the list.") if news else _("This person was not on the list.")


def _said(made: ContactList) -> str:
    if not made.people:
        return _("The list is made. Put people on it below, or by keyword rules.")
    if not made.unknown:
        return _("{:,} people are on the list.").format(made.people)
    return _("{:,} people are on the list; {:,} lines had no number of a contact.").format(
        made.people, made.unknown
    )
