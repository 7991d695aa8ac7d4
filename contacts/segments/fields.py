"""What rules may ask about: fields, the operators they take, and who offers them.

A kind offers a family of fields (`attributes.*`, `created_at`, ...). This room has its own; a
higher room registers what only it knows of (consent, engagement) when it is loaded.
"""

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
MAX_DEPTH = 10  # of groups in groups, and of segments in segments


class Takes(enum.Enum):
    """What values an operator takes."""

    NOTHING = "nothing"
    TEXTS = "texts"  # one or more; any of them will do
    OPTIONS = "options"  # one or more of those that the field offers
    NUMBERS = "numbers"  # one or more; any of them will do
    TWO_NUMBERS = "two numbers"
    DATE = "date"
    TWO_DATES = "two dates"
    DAYS = "days"
    PLACE = "place"  # latitude, longitude, kilometres


class Cost(enum.IntEnum):
    """How dear it is to ask one contact."""

    COLUMN = 0
    DOCUMENT = 1  # inside a JSON column
    ROWS = 2  # in another table
    GROUP = 3


@dataclass(frozen=True, slots=True)
class Operator:
    """How a rule compares: `code` is stored, `label` is shown."""

    code: str
    label: Words
    takes: Takes


class Budget:
    """How many more rules one query may have, those of other segments included."""

    def __init__(self, rules: int = 2000) -> None:
        self.left = rules


@dataclass(frozen=True, slots=True)
class Asked:
    """When a tree is asked, and from within which segments (their ids, outermost first)."""

    now: datetime
    within: tuple[int, ...] = ()
    deepest: int = MAX_DEPTH
    budget: Budget = field(default_factory=Budget)


# The operator's code and the cleaned values -> a condition that is true or false, never NULL.
Condition = Callable[[str, Sequence[str], Asked], Q]
Options = Callable[[], Sequence[tuple[str, Words]]]


def no_options() -> Sequence[tuple[str, Words]]:
    """Offer nothing: the values are free."""
    return ()


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that rules may ask about."""

    name: str
    label: Words
    group: Words  # the heading it stands under in the builder
    operators: tuple[Operator, ...]
    condition: Condition
    options: Options = no_options
    suggestions: tuple[str, ...] = ()
    cost: Cost = Cost.COLUMN

    def operator(self, code: str) -> Operator | None:
        """Return the operator with this code, if the field takes it."""
        return next((one for one in self.operators if one.code == code), None)


class Kind(Protocol):
    """A family of fields."""

    def find(self, name: str) -> Field | None:
        """Return the field of this name if it is of this kind, whether or not it is offered."""

    def offered(self) -> Iterable[Field]:
        """Return the fields to choose from, in the order in which the page shows them."""


class Fixed:
    """A kind whose fields are known beforehand."""

    def __init__(self, *fields: Field) -> None:
        self._fields = {one.name: one for one in fields}

    def find(self, name: str) -> Field | None:
        """Look it up."""
        return self._fields.get(name)

    def offered(self) -> Iterable[Field]:
        """Offer all."""
        return self._fields.values()


_kinds: list[Kind] = []


def register(*kinds: Kind) -> None:
    """Let rules ask about more."""
    _kinds.extend(kinds)


def find(name: str) -> Field | None:
    """Return the field of this name, or None if nothing is called so."""
    return next((found for kind in _kinds if (found := kind.find(name))), None)


def offered() -> list[Field]:
    """Return every field there is to choose from. A few small queries."""
    return [one for kind in _kinds for one in kind.offered()]


EXISTS = Operator("exists", _("is known"), Takes.NOTHING)
MISSING = Operator("missing", _("is not known"), Takes.NOTHING)
BEFORE = Operator("before", _("is before"), Takes.DATE)
AFTER = Operator("after", _("is after"), Takes.DATE)
ON = Operator("on", _("is on"), Takes.DATE)
BETWEEN = Operator("between", _("is between"), Takes.TWO_DATES)
IN_LAST = Operator("in_last", _("is in the last … days"), Takes.DAYS)
NOT_IN_LAST = Operator("not_in_last", _("is longer ago than … days"), Takes.DAYS)
