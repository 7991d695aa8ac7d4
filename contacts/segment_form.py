"""The segment builder's form: rows of field, operator and values ↔ a rule tree."""

from typing import Any

from django import forms
from django.http import QueryDict

from contacts import segments
from contacts.models import Segment

EMPTY_ROW = {"field": "", "op": "is", "values": ""}


class SegmentForm(forms.ModelForm[Segment]):
    """Reads the repeated inputs `field`, `op`, `values`; values are separated by commas."""

    class Meta:
        model = Segment
        fields = ("name", "description")

    def tree(self) -> dict[str, Any]:
        """Build the rule tree that the inputs describe. Rows without a field are left out."""
        data = self.data if isinstance(self.data, QueryDict) else QueryDict()
        rules: list[dict[str, Any]] = [
            {
                "field": row["field"],
                "op": row["op"],
                "values": [value.strip() for value in row["values"].split(",") if value.strip()],
            }
            for row in _typed(data)
            if row["field"]
        ]
        # Groups that were made elsewhere are kept as they are; the page shows them.
        nested = [rule for rule in (self.instance.rules or {}).get("rules", []) if "rules" in rule]
        return {"match": data.get("match", "all"), "rules": [*rules, *nested]}

    def clean(self) -> dict[str, Any] | None:
        """Compile the tree, so that a wrong one is met here and not when a campaign starts."""
        cleaned = super().clean()
        tree = self.tree()
        try:
            segments.validate(tree)
        except segments.RuleError as problem:
            self.add_error(None, str(problem))
        else:
            self.instance.rules = tree
        return cleaned


def _typed(data: QueryDict) -> list[dict[str, str]]:
    return [
        {"field": field, "op": op, "values": values}
        for field, op, values in zip(
            data.getlist("field"), data.getlist("op"), data.getlist("values"), strict=False
        )
    ]


def rows_of(
    data: QueryDict | None, segment: Segment | None
) -> tuple[list[dict[str, str]], list[str]]:
    """Return the rows the page shows, and the nested groups that it can only describe."""
    stored = (segment.rules if segment else {}).get("rules", [])
    nested = [_described(rule) for rule in stored if "rules" in rule]
    if data is not None:
        return _typed(data) or [EMPTY_ROW], nested
    rows = [
        {"field": rule["field"], "op": rule["op"], "values": ", ".join(rule.get("values") or [])}
        for rule in stored
        if "rules" not in rule
    ]
    return rows or [EMPTY_ROW], nested


def _described(rule: dict[str, Any]) -> str:
    if "rules" in rule:
        return f"{rule['match']} of (" + "; ".join(map(_described, rule["rules"])) + ")"
    values = ", ".join(rule.get("values") or [])
    return f"{rule['field']} {rule['op']} {values}".strip()
