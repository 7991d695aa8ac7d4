"""The page on which staff record what a person said on paper, by mail or on the phone."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from compliance.models import LedgerEntry, MessageClass, Program
from compliance.operators import Told
from contacts import national
from contacts.phones import BadPhone

ACTS = [
    (LedgerEntry.Act.OPT_OUT, _("they want no more texts")),
    (LedgerEntry.Act.OPT_IN, _("they said yes to texts")),
]
SOURCES = [
    (LedgerEntry.Source.OPERATOR, _("by phone, mail or in person")),
    (LedgerEntry.Source.PAPER, _("on a paper form")),
]
MOST_BYTES = 20 * 1024**2


class ToldForm(forms.Form):
    """Who said what, when and how, and what proves it."""

    phone = forms.CharField(
        label=_("Phone number"),
        widget=UnfoldAdminTextInputWidget,
        help_text=national.HELP,
    )
    act = forms.ChoiceField(label=_("What they said"), choices=ACTS, widget=UnfoldAdminSelectWidget)
    program = forms.ModelChoiceField(
        Program.objects.all(),
        label=_("Program"),
        required=False,
        empty_label=_("everything we send"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("A yes is always to one program. A no that names none is to everything."),
    )
    message_class = forms.ChoiceField(
        label=_("For texts that are"), choices=MessageClass.choices, widget=UnfoldAdminSelectWidget
    )
    source = forms.ChoiceField(label=_("How"), choices=SOURCES, widget=UnfoldAdminSelectWidget)
    happened_at = forms.DateTimeField(
        label=_("When"),
        initial=lambda: timezone.now().replace(second=0, microsecond=0),
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "2026-11-25 14:30"}),
    )
    basis = forms.ChoiceField(
        label=_("A yes rests on"),
        choices=LedgerEntry.Basis.choices,
        widget=UnfoldAdminSelectWidget,
    )
    wording = forms.CharField(
        label=_("The words they agreed to"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Exactly as they stood on the form. Empty is shown as missing."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    file = forms.FileField(
        label=_("Scan or letter"), required=False, widget=UnfoldAdminFileFieldWidget
    )

    def clean_phone(self) -> str:
        """Read the number in any format."""
        try:
            return national.read(self.cleaned_data["phone"]).e164
        except BadPhone as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean_file(self) -> Any:
        """Refuse what nobody needs to prove a signature."""
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return file

    def told(self) -> Told:
        """Return what was filled in."""
        return Told(**self.cleaned_data)
