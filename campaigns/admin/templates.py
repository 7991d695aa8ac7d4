"""Templates: texts kept ready, to be put into a campaign or sent by name."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from campaigns import actions, templating
from campaigns.models import MessageTemplate, TemplateVersion
from contacts import attributes
from contacts.admin.guarded import GuardedAdmin


class TemplateForm(forms.ModelForm[MessageTemplate]):
    """Checks the text as a campaign's."""

    class Meta:
        model = MessageTemplate
        fields = ("name", "description", "body")

    def clean_body(self) -> str:
        """Parse the text and look its fields up in the catalogue."""
        body: str = self.cleaned_data["body"]
        try:
            templating.check(body, attributes.merge_field_paths(), own=True)
        except templating.TemplateProblem as problem:
            raise forms.ValidationError(str(problem)) from problem
        return body


class VersionInline(TabularInline):
    """What it said before."""

    model = TemplateVersion
    fields = readonly_fields = ("number", "body", "description", "saved_by", "saved_at")
    ordering = ("-number",)
    extra = 0
    can_delete = False
    verbose_name_plural = _("versions")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They come by themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They stay as they are."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who sees the template sees them."""
        return request.user.has_perm("campaigns.view_messagetemplate")


@admin.register(MessageTemplate)
class MessageTemplateAdmin(GuardedAdmin):
    """Each save is a new version, and that is the one in use."""

    nothing_yet = _("Keep a text ready that several campaigns use.")
    form = TemplateForm
    list_display = ("name", "description", "active_version", "updated_at")
    search_fields = ("name", "description")
    inlines = (VersionInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A name stays: programs send by it."""
        return ("name",) if obj else ()

    def save_model(
        self, request: HttpRequest, obj: MessageTemplate, form: TemplateForm, change: bool
    ) -> None:
        """Write it through the action."""
        words = actions.Words(obj.body, obj.description)
        if not change:
            actions.write_template(obj, words, request.user)
        elif form.changed_data:
            actions.rewrite_template(obj.pk, words, request.user, new=True, active=True)

    def delete_model(self, request: HttpRequest, obj: MessageTemplate) -> None:
        """Delete it through the action."""
        actions.delete_template(obj.pk, request.user)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The action has said so."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The action has said so."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The action has said so."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Templates are deleted one by one."""
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        return found
