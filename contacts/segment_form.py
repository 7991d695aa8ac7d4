"""The segment builder's form: what the page posts ↔ a tree of rules.

The page names every group and rule by its place in the tree ("0" is the whole, "0.2" the third
thing in it) and lists the places in `node`; a group posts `match-0`, a rule `field-0.2`, `op-0.2`
and `value-0.2`.
"""

import csv
import io
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from contacts import segments
from contacts.models import Segment
from contacts.segments import fields, saving
from contacts.segments.fields import Takes
from contacts.segments.tree import MATCHES, is_group

Tree = dict[str, Any]
BY_COMMAS = {Takes.TEXTS, Takes.NUMBERS}


def empty_rule() -> Tree:
    """Return a rule that asks for nothing yet."""
    return {"field": "", "op": "", "values": []}


class SegmentForm(forms.ModelForm[Segment]):
    """Reads the rules along with the model's own fields."""

    class Meta:
        model = Segment
        fields = ("name", "description")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "description" in self.fields:
            self.fields["description"].widget.attrs["rows"] = 2
        self.rules = posted(self.data) if isinstance(self.data, QueryDict) else self.instance.rules
        self.problem: segments.RuleError | None = None

    def clean(self) -> dict[str, Any] | None:
        """Compile the tree, so that a wrong one is met here and not when a campaign starts."""
        cleaned = super().clean()
        try:
            checked(self.rules, self.instance.pk)
        except segments.RuleError as problem:
            self.problem = problem
            self.add_error(None, str(problem))
        return cleaned

    def keep(self, user_id: int | None) -> Segment:
        """Store the segment with the rules that were posted."""
        return saving.save(self.instance, without_empty(self.rules), user_id)


def checked(rules: Tree, segment_id: int | None) -> Tree:
    """Return posted rules ready to be asked; a RuleError's path is then a place on the page."""
    places: dict[str, str] = {}
    full = without_empty(rules, places)
    try:
        segments.validate(full, segment_id)
    except segments.RuleError as problem:
        place = places.get(problem.path.replace("rules", "0", 1), "0")
        raise segments.RuleError(_explained(problem, place), place) from problem
    return full


def _explained(problem: segments.RuleError, place: str) -> str:
    if place == "0":
        return str(problem)
    return _("Rule {number}: {problem}").format(number=number_of(place), problem=problem)


def number_of(place: str) -> str:
    """Return a place as people count: "0.1.0" is rule 2.1."""
    return ".".join(str(int(step) + 1) for step in place.split(".")[1:])


def without_empty(rules: Tree, places: dict[str, str] | None = None) -> Tree:
    """Leave out the rules that ask for nothing; note in `places` where the others were."""

    def walk(group: Tree, new: str, old: str) -> Tree:
        kept: list[Tree] = []
        notes[new] = old
        for n, node in enumerate(group["rules"]):
            here, there = f"{new}.{len(kept)}", f"{old}.{n}"
            if is_group(node):
                kept.append(walk(node, here, there))
            elif node["field"]:
                notes[here] = there
                kept.append(node)
        return {**group, "rules": kept}

    notes = {} if places is None else places
    return walk(rules, "0", "0")


def posted(data: QueryDict) -> Tree:
    """Build the tree that the inputs describe, empty rules included."""
    nodes: dict[str, Tree] = {}
    for place in data.getlist("node"):
        is_rule = f"match-{place}" not in data
        node = _rule(data, place) if is_rule else _group(data, place)
        parent = place.rpartition(".")[0]
        if parent in nodes and is_group(nodes[parent]):
            nodes[parent]["rules"].append(node)
        if place == "0" or parent in nodes:
            nodes[place] = node
    root = nodes.get("0")
    return root if is_group(root) and root else {"match": "all", "rules": []}


def _group(data: QueryDict, place: str) -> Tree:
    match = data[f"match-{place}"]
    return {"match": match if match in MATCHES else "all", "rules": []}


def _rule(data: QueryDict, place: str) -> Tree:
    name = data.get(f"field-{place}", "")
    field, code = fields.find(name), data.get(f"op-{place}", "")
    if field is None:
        return {"field": name, "op": code, "values": values_of(data.get(f"value-{place}", ""))}
    # Another field may not take the operator of the one before; it begins with its first.
    operator = field.operator(code) or field.operators[0]
    given = data.getlist(f"value-{place}")
    if operator.takes is Takes.NOTHING:
        values = []
    elif operator.takes in BY_COMMAS:
        values = [value for text in given for value in values_of(text)]
    else:
        values = [value.strip() for value in given if value.strip()]
    return {"field": name, "op": operator.code, "values": values}


def edited(rules: Tree, what: str) -> tuple[Tree, str]:
    """Do what a button of the page says, such as "add-rule:0.1"; return where the focus goes."""
    action, _colon, place = what.partition(":")
    group, inside = _at(rules, place)
    match action:
        case "add-rule" | "add-group" if inside is not None and is_group(inside):
            new = {"match": "any", "rules": [empty_rule()]} if action == "add-group" else None
            inside["rules"].append(new or empty_rule())
            return rules, f"{place}.{len(inside['rules']) - 1}" + (".0" if new else "")
        case "remove" if group is not None:
            del group["rules"][int(place.rpartition(".")[2])]
            return rules, f"add:{place.rpartition('.')[0]}"
    return rules, ""


def _at(rules: Tree, place: str) -> tuple[Tree | None, Tree | None]:
    """Return the group that holds a place, and what is there."""
    holder, found = None, rules
    for step in place.split(".")[1:]:
        if not is_group(found) or not step.isdecimal() or int(step) >= len(found["rules"]):
            return None, None
        holder, found = found, found["rules"][int(step)]
    return holder, found


def values_of(text: str) -> list[str]:
    """Split at commas; a value that holds one stands in quotes: "Washington, DC", Boston."""
    cells = next(csv.reader([" ".join(text.split())], skipinitialspace=True), [])
    return [cell.strip() for cell in cells if cell.strip()]


def text_of(values: list[Any]) -> str:
    """Write values as `values_of` reads them."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([str(value) for value in values])
    return out.getvalue().replace("\r", " ").replace("\n", " ")
