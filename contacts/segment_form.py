"""The segment builder's form: rows of field, operator and values ↔ a rule tree."""

import csv
import io
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

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
            {"field": row["field"], "op": row["op"], "values": values_of(row["values"])}
            for row in _typed(data)
            if row["field"]
        ]
        # Groups that were made elsewhere are kept as they are; the page shows them.
        nested = [rule for rule in _stored(self.instance) if "rules" in rule]
        return {"match": data.get("match", "all"), "rules": [*rules, *nested]}

    def clean(self) -> dict[str, Any] | None:
        """Compile the tree, so that a wrong one is met here and not when a campaign starts."""
        cleaned = super().clean()
        tree = self.tree()
        try:
            segments.validate(tree)
        except segments.RuleError as problem:
            self.add_error(None, explained(problem))
        else:
            self.instance.rules = tree
        return cleaned


def explained(problem: segments.RuleError) -> str:
    """Say which rule it is that is wrong, counted as the page shows them."""
    position = problem.path.split(".")[1:2]
    if not position:
        return str(problem)
    return _("Rule {number}: {problem}").format(number=int(position[0]) + 1, problem=problem)


def values_of(text: str) -> list[str]:
    """Split at commas; a value that holds one stands in quotes: "Washington, DC", Boston."""
    cells = next(csv.reader([" ".join(text.split())], skipinitialspace=True), [])
    return [cell.strip() for cell in cells if cell.strip()]


def text_of(values: list[Any]) -> str:
    """Write values as `values_of` reads them."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([str(value) for value in values])
    return out.getvalue().replace("\r", " ").replace("\n", " ")


def _typed(data: QueryDict) -> list[dict[str, str]]:
    return [
        {"field": field, "op": op, "values": values}
        for field, op, values in zip(
            data.getlist("field"), data.getlist("op"), data.getlist("values"), strict=False
        )
    ]


def _stored(segment: Segment | None) -> list[dict[str, Any]]:
    return (segment.rules or {}).get("rules", []) if segment else []


def rows_of(
    data: QueryDict | None, segment: Segment | None
) -> tuple[list[dict[str, str]], list[str]]:
    """Return the rows the page shows, and the nested groups that it can only describe."""
    stored = _stored(segment)
    nested = [_described(rule) for rule in stored if "rules" in rule]
    if data is not None:
        return _typed(data) or [EMPTY_ROW], nested
    rows = [
        {"field": rule["field"], "op": rule["op"], "values": text_of(rule.get("values") or [])}
        for rule in stored
        if "rules" not in rule
    ]
    return rows or [EMPTY_ROW], nested


def _described(rule: dict[str, Any]) -> str:
    if "rules" in rule:
        return _("{match} of ({rules})").format(
            match=rule["match"], rules="; ".join(map(_described, rule["rules"]))
        )
    operator = dict(segments.OP_LABELS).get(rule["op"], rule["op"])
    return f"{rule['field']} {operator} {text_of(rule.get('values') or [])}".strip()
