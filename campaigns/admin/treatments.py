"""The treatments of a campaign, on its page."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.admin import StackedInline

from campaigns import templating
from campaigns.models import EDITABLE, Campaign, Treatment
from contacts import attributes


class TreatmentForm(forms.ModelForm[Treatment]):
    """One more text for a share of the people."""

    class Meta:
        model = Treatment
        fields = ("name", "percent", "body", "india_template")

    def clean_body(self) -> str:
        """Parse the text and look its fields up in the catalogue."""
        body: str = self.cleaned_data["body"]
        try:
            templating.check(body, attributes.merge_field_paths())
        except templating.TemplateProblem as problem:
            raise forms.ValidationError(str(problem)) from problem
        return body


class Treatments(BaseInlineFormSet[Treatment, Campaign, TreatmentForm]):
    """All treatments of a campaign; together with the hold-out they leave somebody over."""

    def clean(self) -> None:
        """Refuse shares that are more than all."""
        super().clean()
        shares = [
            form.cleaned_data.get("percent") or 0
            for form in self.forms
            if hasattr(form, "cleaned_data") and not form.cleaned_data.get("DELETE")
        ]
        total = sum(shares) + (self.instance.holdout_percent or 0)
        if shares and total > 100:
            raise forms.ValidationError(
                _("Treatments and hold-out come to {} %. They are at most 100 %.").format(total)
            )


class TreatmentInline(StackedInline):
    """Editable as the campaign is."""

    model = Treatment
    form = TreatmentForm
    formset = Treatments
    extra = 0
    verbose_name = _("treatment")
    verbose_name_plural = _("Treatments: other texts for a share of the people")

    def has_view_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Who sees the campaign sees them."""
        return request.user.has_perm("campaigns.view_campaign")

    def has_add_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """As the campaign."""
        return _may_edit(request.user, obj)

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """As the campaign."""
        return _may_edit(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """As the campaign."""
        return _may_edit(request.user, obj)


def _may_edit(user: User | AnonymousUser, campaign: Campaign | None) -> bool:
    editable: Any = campaign is None or campaign.status in EDITABLE
    return bool(editable and user.has_perm("campaigns.change_campaign"))
