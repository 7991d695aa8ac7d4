"""The rows in which a campaign's page says which events of a kind it answers.

A row posts `event_rules-0-asks` (where and how: `attributes.is`), `-name` and `-value`. What the
interface stored and nobody touched stays as it is, also where a row cannot show it to the letter.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.pinpoint_v1.segments import ATTRIBUTE_OPS, METRIC_OPS
from contacts.segment_form import text_of, values_of
from contacts.segments import RuleError, fields, validate
from contacts.segments.tree import MAX_RULES

Rule = dict[str, Any]
PREFIX = "event_rules"
METRICS = "metrics"
# What an EventFilter can ask, and nothing else: GetCampaign answers with what is written here.
ASKED = (
    ("attributes", gettext_lazy("Attribute, a text"), tuple(ATTRIBUTE_OPS.values())),
    (METRICS, gettext_lazy("Metric, a number"), tuple(METRIC_OPS.values())),
)
KNOWN = frozenset(f"{column}.{op}" for column, _label, ops in ASKED for op in ops)
FIRST = "attributes.is"


@dataclass(frozen=True, slots=True)
class Row:
    """One rule as it is on the page."""

    asks: str = FIRST
    name: str = ""
    value: str = ""

    @property
    def field(self) -> str:
        """What it asks about, as rules name it."""
        return f"{self.asks.partition('.')[0]}.{self.name}"

    @property
    def op(self) -> str:
        """How it compares."""
        return self.asks.partition(".")[2]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed into it."""
        return not self.name.strip() and not self.value.strip()


def rows_of(rules: Mapping[str, Any]) -> list[Row]:
    """Return stored rules as rows."""
    return [_row(rule) for rule in rules.get("rules", ())]


def _row(rule: Rule) -> Row:
    column, _dot, name = rule["field"].partition(".")
    value = _number_in_words(rule["values"][0]) if column == METRICS else text_of(rule["values"])
    return Row(f"{column}.{rule['op']}", name, value)


def _number_in_words(value: str) -> str:
    """Return 50 for the 50.0 that is stored."""
    return value.removesuffix(".0")


def posted(data: Mapping[str, Any]) -> list[Row] | None:
    """Return the rows that a page sent; None where it had none at all."""
    places = takewhile(lambda place: f"{PREFIX}-{place}-asks" in data, range(MAX_RULES))
    return [_typed(data, f"{PREFIX}-{place}") for place in places] or None


def _typed(data: Mapping[str, Any], row: str) -> Row:
    asks, name, value = (data.get(f"{row}-{part}", "") for part in ("asks", "name", "value"))
    # No browser sends a zero byte, and no database keeps one.
    return Row(asks if asks in KNOWN else FIRST, name.replace("\0", ""), value.replace("\0", ""))


def rules_of(rows: Sequence[Row], stored: Mapping[str, Any]) -> tuple[Rule, dict[int, str]]:
    """Return what rows ask for, and what is wrong with which of them, by its place."""
    untouched = {_as_typed(_row(rule)): rule for rule in stored.get("rules", ())}
    rules: list[Rule] = []
    problems: dict[int, str] = {}
    for place, row in enumerate(rows):
        if row.is_blank:
            continue
        rule = untouched.get(_as_typed(row))
        try:
            rule = rule or _rule(row)
            if any(one["field"] == rule["field"] for one in rules):
                raise RuleError(_twice(row))
        except RuleError as problem:
            problems[place] = str(problem)
        else:
            rules.append(rule)
    return ({"match": "all", "rules": rules} if rules else {}), problems


def _as_typed(row: Row) -> tuple[str, str, tuple[str, ...]]:
    return row.asks, row.name, tuple(values_of(row.value))


def _rule(row: Row) -> Rule:
    row = Row(row.asks, row.name.strip(), row.value)
    if not row.name:
        raise RuleError(_("Write the name of the attribute or metric."))
    values = [row.value.strip()] if row.field.startswith(f"{METRICS}.") else values_of(row.value)
    rule = {"field": row.field, "op": row.op, "values": values}
    validate({"match": "all", "rules": [rule]})
    if row.asks.startswith(METRICS):
        rule["values"] = [repr(float(values[0]))]
    return rule


def _twice(row: Row) -> str:
    message = _("There is a rule on “{}” already, and each is asked about once.")
    said = message.format(row.name.strip())
    return said if row.asks.startswith(METRICS) else f"{said} {_('A rule may have many values.')}"


class Rows(forms.Widget):
    """The rows, with a button that adds one and one that removes each."""

    template_name = "campaigns/event_rules_widget.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Show what was posted with what is wrong in it, else what is stored."""
        context = super().get_context(name, None, attrs)
        if isinstance(value, list):
            return context | shown(value, rules_of(value, {})[1])
        return context | shown(rows_of(value or {}))

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return the rows."""
        return posted(data)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Tell a page without rows from one whose rows are blank."""
        return posted(data) is None

    def id_for_label(self, id_: str) -> str:
        """Lead from the label to the first row."""
        return f"id_{PREFIX}-0-asks"


class EventRulesField(forms.Field):
    """Rules on what comes with an event; `stored` are those that the page began with."""

    widget = Rows

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.stored: Mapping[str, Any] = {}

    def clean(self, value: list[Row] | None) -> Any:
        """Return the rules. What is wrong in which row, the widget says."""
        if value is None:
            return self.stored
        rules, problems = rules_of(value, self.stored)
        if problems:
            raise forms.ValidationError(_("A rule is not complete, or wrong: see beneath it."))
        return rules

    def has_changed(self, initial: Any, data: list[Row] | None) -> bool:
        """Compare what is asked for, not how it is written."""
        if data is None:
            return False
        rules, problems = rules_of(data, self.stored)
        return bool(problems) or rules != self.stored


def edited(request: HttpRequest) -> dict[str, Any]:
    """Return the rows after a button did what it says, such as "remove:1"."""
    rows = posted(request.POST) or []
    action, _colon, place = request.POST.get("do", "").partition(":")
    if action == "add" and len(rows) < MAX_RULES:
        return shown([*rows, Row()], focus=len(rows))
    if action == "remove" and place.isdecimal() and int(place) < len(rows):
        del rows[int(place)]
        return shown(rows, focus=max(0, min(int(place), len(rows) - 1)))
    return shown(rows)


def shown(
    rows: Sequence[Row], problems: Mapping[int, str] | None = None, focus: int | None = None
) -> dict[str, Any]:
    """Return what the template shows; where there is no row, a blank one to begin with."""
    said = problems or {}
    return {
        "event_rows": [(row, said.get(place, "")) for place, row in enumerate(rows or [Row()])],
        "asked": list(_choices()),
        "focus": focus,
    }


def _choices() -> Iterator[tuple[Any, list[tuple[str, Any]]]]:
    """Yield each heading with its comparisons, called as those of segments are."""
    for column, heading, ops in ASKED:
        operators = getattr(fields.find(f"{column}.any"), "operators", ())
        labels = {one.code: one.label for one in operators}
        yield heading, [(f"{column}.{op}", labels[op]) for op in ops]
