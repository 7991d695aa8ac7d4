"""The form that takes a list, and how the people on it opted in."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from compliance.imports import Statement
from compliance.models import ImportAttestation, MessageClass, Program
from contacts import national

GIVEN, NONE = "given", "none"


class UploadForm(forms.Form):
    """A file, and how the people on it opted in, if they did."""

    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_(
            "CSV with a header line, or JSON Lines. Files that Pinpoint exported, packed as .gz or "
            "not, load as they are."
        ),
    )
    default_country = forms.CharField(
        label=_("Country of numbers without a country code"),
        initial=national.COUNTRY,
        max_length=2,
        widget=UnfoldAdminTextInputWidget,
        validators=[RegexValidator("^[A-Za-z]{2}$", _("Two letters, such as US."))],
    )
    consent = forms.ChoiceField(
        label=_("Did these people agree to get texts?"),
        choices=[
            (GIVEN, _("Yes, and I vouch for it")),
            (NONE, _("No, or nobody knows: store them, and send them nothing")),
        ],
        initial=GIVEN,
        widget=UnfoldAdminSelectWidget(attrs={"x-model": "consent"}),
    )
    program = forms.ModelChoiceField(
        Program.objects.all(),
        required=False,
        label=_("They opted in to"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("One opt-in is for one named program only."),
    )
    message_class = forms.ChoiceField(
        choices=MessageClass.choices,
        required=False,
        label=_("For texts that are"),
        widget=UnfoldAdminSelectWidget,
    )
    basis = forms.ChoiceField(
        choices=ImportAttestation.Basis.choices,
        required=False,
        label=_("They opted in by"),
        widget=UnfoldAdminSelectWidget,
    )
    origin = forms.CharField(
        required=False,
        max_length=300,
        label=_("Where exactly"),
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The address of the form, the name of the shop or event."),
    )
    wording = forms.CharField(
        required=False,
        label=_("The words they agreed to"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_(
            "Exactly as they were shown. This is the proof if somebody asks. Where the list has a "
            "column with the date of each opt-in, it is kept as well."
        ),
    )

    def clean_default_country(self) -> str:
        """Country codes are written in capitals."""
        return str(self.cleaned_data["default_country"]).upper()

    def clean(self) -> dict[str, Any]:
        """Who vouches for an opt-in says to what, and to which words."""
        cleaned = super().clean() or {}
        if cleaned.get("consent") == GIVEN:
            for name in ("program", "message_class", "basis", "wording"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Say this, or choose that nobody agreed."))
            if cleaned.get("basis") == ImportAttestation.Basis.OTHER and not cleaned.get("origin"):
                self.add_error("origin", _("Describe how they opted in."))
        return cleaned

    def statement(self) -> Statement | None:
        """Return what the person vouches for, if anything."""
        said = self.cleaned_data
        if said["consent"] == NONE:
            return None
        return Statement(
            program=said["program"],
            message_class=said["message_class"],
            basis=said["basis"],
            origin=said["origin"],
            wording=said["wording"],
        )
