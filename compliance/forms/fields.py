"""What a visitor of a public page fills in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.phones import BadPhone, Phone, parse_phone


class VisitorForm(forms.Form):
    """A number, the signed token, and a field that only machines fill in."""

    use_required_attribute = True
    phone = forms.CharField(
        label=gettext_lazy("Your mobile number"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    website = forms.CharField(
        label=gettext_lazy("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, country: str = "US", **kwargs: Any) -> None:
        self.country = country
        self.number: Phone | None = None
        super().__init__(*args, **kwargs)

    def clean_phone(self) -> str:
        """Read the number in any format; national ones belong to the page's country."""
        try:
            self.number = parse_phone(self.cleaned_data["phone"], self.country)
        except BadPhone as problem:
            raise forms.ValidationError(str(problem)) from problem
        return self.number.e164

    def clean_website(self) -> str:
        """Refuse machines, in words that help a person whose browser filled it in."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave the last field empty, then send it again."))
        return ""


class SignUpForm(VisitorForm):
    """The number and the box. The box is never ticked beforehand, not even after an error."""

    agree = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick the box if you want these texts.")}
    )


class OptOutForm(VisitorForm):
    """The number, and how far the no goes; everything, where nothing is chosen."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Stop"), required=False, widget=forms.RadioSelect, initial="all"
    )

    def __init__(self, *args: Any, program: str = "", brand: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if program:
            self.fields["scope"].choices = [  # type: ignore[attr-defined]
                ("all", _("all texts from {}").format(brand)),
                ("program", _("only “{}”").format(program)),
            ]
        else:
            del self.fields["scope"]
