"""The form a contact is written in by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from contacts import countries, national, rows
from contacts.models import Contact
from contacts.phones import BadPhone, Phone, parse_phone

HELP = {
    "phone": national.HELP,
    "user_attributes": gettext_lazy('Values by name: {"FirstName": ["Ana"]}'),
    "attributes": gettext_lazy('Values by name: {"Plan": ["premium"]}'),
    "metrics": gettext_lazy('Numbers by name: {"orders": 4}'),
    "country": gettext_lazy("A name or two letters, such as US. Blank: the number tells."),
    "timezone": gettext_lazy("Such as America/Chicago. Blank: the number tells."),
}


class ContactForm(forms.ModelForm[Contact]):
    """Takes a number in any format, and stores values as the imports do."""

    class Meta:
        model = Contact
        fields = (
            *("phone", "user_id", "endpoint_id", "user_attributes", "attributes", "metrics"),
            *("city", "region", "postal_code", "country", "timezone", "locale"),
            *("latitude", "longitude"),
        )
        # The history below is what most look for: a few attributes do not push it off the screen.
        widgets = dict.fromkeys(
            ("user_attributes", "attributes", "metrics"),
            UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        )
        help_texts = HELP

    number: Phone | None = None

    def clean_phone(self) -> str:
        """Store the number in E.164."""
        country = str(self.data.get("country") or national.COUNTRY).upper()
        try:
            self.number = parse_phone(self.cleaned_data["phone"], country)
        except BadPhone as problem:
            raise forms.ValidationError(str(problem)) from problem
        return self.number.e164

    def clean_country(self) -> str:
        """Take a code or a name; without either, the number tells."""
        text = self.cleaned_data["country"]
        code = countries.code_of(text)
        if text and not code:
            raise forms.ValidationError(_("This is not a country."))
        return code or (self.number.country if self.number else "")

    def clean_timezone(self) -> str:
        """Refuse what is no zone: it decides at what hour the person may be texted."""
        zone: str = self.cleaned_data["timezone"]
        if zone and zone not in rows.zones():
            raise forms.ValidationError(_("This is not a time zone such as America/Chicago."))
        return zone

    def clean(self) -> dict[str, Any] | None:
        """A place is both numbers, each within its bounds."""
        cleaned = super().clean() or self.cleaned_data
        for name, most in (("latitude", 90), ("longitude", 180)):
            if (number := cleaned.get(name)) is not None and not abs(number) <= most:
                self.add_error(name, _("Degrees are between -{0} and {0}.").format(most))
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", _("A place needs both, a latitude and a longitude."))
        return cleaned

    def clean_attributes(self) -> dict[str, list[str]]:
        """Store every value as a list of texts."""
        return _lists(self.cleaned_data["attributes"])

    def clean_user_attributes(self) -> dict[str, list[str]]:
        """Store every value as a list of texts."""
        return _lists(self.cleaned_data["user_attributes"])

    def clean_metrics(self) -> dict[str, float]:
        """Metrics are numbers by name."""
        metrics = self.cleaned_data["metrics"] or {}
        if not isinstance(metrics, dict) or not all(map(_is_number, metrics.values())):
            raise forms.ValidationError(_('Write numbers by name: {"orders": 4}'))
        return metrics

    def save(self, commit: bool = True) -> Contact:
        """Note what kind of line the number is."""
        if self.number:
            self.instance.line_type = self.number.line_type
        return super().save(commit)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _lists(found: Any) -> dict[str, list[str]]:
    if not isinstance(found or {}, dict):
        raise forms.ValidationError(_('Write values by name: {"Plan": ["premium"]}'))
    listed = {
        name: value if isinstance(value, list) else [value] for name, value in (found or {}).items()
    }
    texts = [text for values in listed.values() for text in values]
    if not all(map(_is_text, (*listed, *texts))):
        raise forms.ValidationError(_('Write values by name: {"Plan": ["premium"]}'))
    return {name: [str(text) for text in values] for name, values in listed.items() if values}


def _is_text(value: Any) -> bool:
    """Tell whether it can be stored as a text: PostgreSQL has no NUL and no half characters."""
    text = str(value)
    if not isinstance(value, str) and not _is_number(value):
        return False
    return "\0" not in text and text.encode(errors="ignore").decode() == text
