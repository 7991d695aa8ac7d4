"""Rules on lists and on other segments."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import ContactList, ListMember, Segment
from contacts.segments import tree
from contacts.segments.fields import MAX_DEPTH, Asked, Cost, Field, Fixed, Operator, Takes
from contacts.segments.problems import RuleError

IN = (
    Operator("is", gettext_lazy("is any of"), Takes.OPTIONS),
    Operator("is_not", gettext_lazy("is none of"), Takes.OPTIONS),
)


def _lists() -> list[tuple[str, str]]:
    return _named(ContactList)


def _segments() -> list[tuple[str, str]]:
    return _named(Segment)


def _named(model: Any) -> list[tuple[str, str]]:
    return [
        (str(pk), name) for pk, name in model.objects.order_by("name").values_list("pk", "name")
    ]


def _on_list(op: str, values: Sequence[str], asked: Asked) -> Q:
    """As of the moment asked about: on a list that grows people come and go."""
    members = ListMember.objects.at(asked.now).filter(
        contact=OuterRef("pk"), list__in=list(map(int, values))
    )
    holds = Q(Exists(members))
    return holds if op == "is" else ~holds


def _in_segment(op: str, values: Sequence[str], asked: Asked) -> Q:
    found = reduce(or_, (_inlined(int(value), asked) for value in values))
    return found if op == "is" else ~found


def _inlined(segment_id: int, asked: Asked) -> Q:
    segment = Segment.objects.get(pk=segment_id)
    if segment_id in asked.within:
        raise RuleError(_("The segment “{}” would be asked for within itself.").format(segment))
    if len(asked.within) > MAX_DEPTH:
        raise RuleError(_("Segments ask for segments more than {} deep.").format(MAX_DEPTH))
    try:
        return tree.condition(segment.rules, replace(asked, within=(*asked.within, segment_id)))
    except RuleError as problem:
        message = _("In the segment “{segment}”: {problem}")
        raise RuleError(message.format(segment=segment, problem=problem)) from problem


GROUP = gettext_lazy("Lists and segments")
KINDS = (
    Fixed(
        Field("list", gettext_lazy("List"), GROUP, IN, _on_list, options=_lists, cost=Cost.ROWS),
        Field(
            "segment",
            gettext_lazy("Segment"),
            GROUP,
            IN,
            _in_segment,
            options=_segments,
            cost=Cost.GROUP,
        ),
    ),
)
