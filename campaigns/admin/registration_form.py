"""A form made of what AWS asks: its sections, choices and patterns."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns import registration_sync
from campaigns.actions.registering import numbers_for, others_for
from campaigns.models import Registration, RegistrationForm
from pinpoint.registration_fields import requirement

LONG = 255  # above it a text has a box of several lines
BRAND, NUMBERS = "_brand", "_numbers"


class FilledIn(forms.Form):
    """A draft may have gaps, so no field is required here; handing in asks for what is missing."""

    def __init__(self, row: Registration, asked: RegistrationForm, data: Any = None) -> None:
        super().__init__(data)
        self.row, self.asked = row, asked
        for field in asked.fields:
            if field["FieldType"] != "ATTACHMENT":
                self.fields[field["FieldPath"]] = _field(field, row.values)
        self._add_associations()

    def _add_associations(self) -> None:
        kinds = {
            one["ResourceType"]
            for one in self.asked.associations
            if one["AssociationBehavior"] == "ASSOCIATE_BEFORE_SUBMIT"
        }
        if "registration" in kinds:
            is_brand = self.row.kind in registration_sync.US_KINDS
            self.fields[BRAND] = forms.ModelChoiceField(
                others_for(self.row),
                label=_("Registered brand") if is_brand else _("Registration that it belongs to"),
                required=False,
                initial=self.row.brand_id,
                widget=UnfoldAdminSelectWidget,
                help_text=_("Only approved ones can be chosen."),
            )
        if "phone-number" in kinds:
            self.fields[NUMBERS] = forms.ModelMultipleChoiceField(
                numbers_for(self.asked),
                label=_("Number"),
                required=False,
                initial=list(self.row.numbers.values_list("pk", flat=True)),
                widget=UnfoldAdminSelectMultipleWidget,
            )

    def values(self) -> dict[str, Any]:
        """Return what was written, by field path; files stay as they are."""
        said = {
            path: value for path, value in self.cleaned_data.items() if not path.startswith("_")
        }
        many = {f["FieldPath"] for f in self.asked.fields if f["FieldType"] == "SELECT"}
        written = {
            path: ([value] if isinstance(value, str) and value else value)
            if path in many
            else value.replace("\r\n", "\n").strip()
            for path, value in said.items()
        }
        files = [f["FieldPath"] for f in self.asked.fields if f["FieldType"] == "ATTACHMENT"]
        return {**written, **{path: self.row.values.get(path, "") for path in files}}

    def sections(self, wrong: dict[str, str], doubts: dict[str, list[str]]) -> list[dict[str, Any]]:
        """Return AWS's sections with their fields, for the page."""
        found = []
        for section in self.asked.sections:
            fields = [
                self._line(field, wrong, doubts)
                for field in self.asked.fields
                if field["SectionPath"] == section["SectionPath"]
            ]
            found.append({"hints": section["DisplayHints"], "fields": fields})
        return found

    def _line(
        self, field: dict[str, Any], wrong: dict[str, str], doubts: dict[str, list[str]]
    ) -> dict[str, Any]:
        path = field["FieldPath"]
        is_file = field["FieldType"] == "ATTACHMENT"
        value = self.row.values.get(path, "")
        return {
            "path": path,
            "field": None if is_file else self[path],
            "file": self.row.files.get(value, value) if is_file else "",
            "hints": field["DisplayHints"],
            "need": requirement(field, self.row.values),
            "only_if": _condition(field, self.asked),
            "wrong": wrong.get(path, ""),
            "doubts": doubts.get(path, []),
            "trouble": self.row.troubles.get(path, ""),
        }


def _field(field: dict[str, Any], values: dict[str, Any]) -> forms.Field:
    hints, value = field["DisplayHints"], values.get(field["FieldPath"], "")
    common: dict[str, Any] = {"label": hints["Title"], "required": False, "initial": value}
    if field["FieldType"] == "TEXT":
        rule = field.get("TextValidation") or {}
        long = rule.get("MaxLength", 0) > LONG
        widget = UnfoldAdminTextareaWidget if long else UnfoldAdminTextInputWidget
        attrs = {"placeholder": hints.get("ExampleTextValue", ""), "rows": 4}
        return forms.CharField(widget=widget(attrs=attrs), **common)
    rule = field["SelectValidation"]
    titles = {
        one["Option"]: one.get("Title") or one["Option"]
        for one in hints.get("SelectOptionDescriptions", [])
    }
    choices = [(one, titles.get(one, one)) for one in rule["Options"]]
    if rule["MaxChoices"] > 1:
        return forms.MultipleChoiceField(
            choices=choices, widget=UnfoldAdminSelectMultipleWidget, **common
        )
    common["initial"] = value[0] if isinstance(value, list) and value else value
    return forms.ChoiceField(
        choices=[("", "—"), *choices], widget=UnfoldAdminSelectWidget, **common
    )


def _condition(field: dict[str, Any], asked: RegistrationForm) -> str:
    """Say when a field is asked for at all."""
    rules = (field.get("ConditionalBehavior") or {}).get("Rules") or []
    titles = {one["FieldPath"]: one["DisplayHints"]["Title"] for one in asked.fields}
    found = []
    for rule in rules:
        if rule["RuleBehavior"] == "DISALLOWED":
            continue
        for one in rule["Conditions"]:
            name = titles.get(one["DependsOnFieldPath"], one["DependsOnFieldPath"])
            if values := one.get("Values"):
                found.append(_("{} is {}").format(name, ", ".join(values)))
    return "; ".join(dict.fromkeys(found))
