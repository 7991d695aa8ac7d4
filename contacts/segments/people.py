"""Rules on what a contact's own row says: attributes, metrics, columns, dates, place."""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial, reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import ACos, Cos, Greatest, Least, Radians, Sin
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from contacts import national
from contacts.models import AttributeName, Contact
from contacts.phones import BadPhone
from contacts.segments import moments
from contacts.segments.conditions import Holds, like, quoted
from contacts.segments.fields import (
    AFTER,
    BEFORE,
    BETWEEN,
    EXISTS,
    IN_LAST,
    MISSING,
    NOT_IN_LAST,
    ON,
    Asked,
    Cost,
    Field,
    Fixed,
    Operator,
    Takes,
)

IS = Operator("is", _("is any of"), Takes.TEXTS)
IS_NOT = Operator("is_not", _("is none of"), Takes.TEXTS)
CONTAINS = Operator("contains", _("contains"), Takes.TEXTS)
STARTS_WITH = Operator("starts_with", _("starts with"), Takes.TEXTS)
TEXT = (IS, IS_NOT, CONTAINS, STARTS_WITH, EXISTS, MISSING)
NUMBER = (
    Operator("gt", _("is more than"), Takes.NUMBERS),
    Operator("gte", _("is at least"), Takes.NUMBERS),
    Operator("lt", _("is less than"), Takes.NUMBERS),
    Operator("lte", _("is at most"), Takes.NUMBERS),
    Operator("eq", _("equals"), Takes.NUMBERS),
    Operator("between", _("is between"), Takes.TWO_NUMBERS),
    EXISTS,
    MISSING,
)
SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "=="}
DATE = (IN_LAST, NOT_IN_LAST, BEFORE, AFTER, ON, BETWEEN)
EARTH_KM = 6371.0088  # mean radius (IUGG)
KM_PER_DEGREE = 111.0  # a little less than there are, so that the box is never too small

# What begins as an ISO 8601 date or instant is a date; other values are before and after none.
IS_DATE = r'@ like_regex "^\\d{4}-\\d\\d-\\d\\d([T ]|$)"'


class Named:
    """The fields of one JSON column: what the catalogue knows is offered, any name is found."""

    def __init__(
        self,
        column: str,
        group: Any,
        operators: tuple[Operator, ...],
        condition: Callable[[str, str, str, Sequence[str], Asked], Q],
    ) -> None:
        self.column, self.group, self.operators = column, group, operators
        self._condition = condition

    def find(self, name: str) -> Field | None:
        """Take any name below the column's."""
        column, _dot, key = name.partition(".")
        return self._field(key) if column == self.column and key else None

    def offered(self) -> Iterable[Field]:
        """Offer what the catalogue has, with the commonest values."""
        names = AttributeName.objects.filter(path__startswith=f"{self.column}.").order_by("path")
        for path, values in names.values_list("path", "common_values"):
            yield self._field(path.partition(".")[2], tuple(values))

    def _field(self, key: str, suggestions: tuple[str, ...] = ()) -> Field:
        return Field(
            name=f"{self.column}.{key}",
            label=key,
            group=self.group,
            operators=self.operators,
            condition=partial(self._condition, self.column, key),
            suggestions=suggestions,
            cost=Cost.DOCUMENT,
        )


def _has(column: str, name: str, op: str) -> Q:
    has = Q(**{f"{column}__has_key": name})
    return has if op == "exists" else ~has


def _attribute(column: str, name: str, op: str, values: Sequence[str], asked: Asked) -> Q:
    """Compare exactly, as Pinpoint does and as the index does; parts of a text in any case."""
    match op:
        case "exists" | "missing":
            return _has(column, name, op)
        case "is" | "is_not":
            # Containment, so that the GIN index answers.
            holds = reduce(or_, (Q(**{f"{column}__contains": {name: [v]}}) for v in values))
            return holds if op == "is" else ~holds
        case "contains" | "starts_with":
            tests = [like(value, anywhere=op == "contains") for value in values]
            return Q(Holds(column, name, tests))
    start, end = moments.written_span(op, values)
    test = " && ".join(
        [*([f"@ >= {quoted(start)}"] if start else []), f"@ < {quoted(end or '9999-99')}", IS_DATE]
    )
    return Q(Holds(column, name, [test]))


def _metric(column: str, name: str, op: str, values: Sequence[str], asked: Asked) -> Q:
    if op in {"exists", "missing"}:
        return _has(column, name, op)
    numbers = [repr(float(value)) for value in values]
    if op == "between":
        return Q(Holds(column, name, [f"@ >= {numbers[0]} && @ <= {numbers[1]}"]))
    return Q(Holds(column, name, [f"@ {SIGNS[op]} {number}" for number in numbers]))


def _caseless(column: str, op: str, values: Sequence[str], asked: Asked) -> Q:
    """Compare in any case: lists write NEW YORK."""
    match op:
        case "exists" | "missing":
            empty = Q(**{column: ""})
            return empty if op == "missing" else ~empty
        case "contains":
            return reduce(or_, (Q(**{f"{column}__icontains": value}) for value in values))
        case "starts_with":
            return reduce(or_, (Q(**{f"{column}__istartswith": value}) for value in values))
    holds = reduce(or_, (Q(**{f"{column}__iexact": value}) for value in values))
    return holds if op == "is" else ~holds


def _exact(column: str, op: str, values: Sequence[str], asked: Asked) -> Q:
    if op not in {"is", "is_not"}:
        return _caseless(column, op, values, asked)
    holds = Q(**{f"{column}__in": list(values)})
    return holds if op == "is" else ~holds


def _phone(op: str, values: Sequence[str], asked: Asked) -> Q:
    if op in {"is", "is_not"}:
        values = [_e164(value) for value in values]
    return _exact("phone", op, values, asked)


def _e164(value: str) -> str:
    """Return a number as it is stored; what is none is nobody's."""
    try:
        return national.read(value).e164
    except BadPhone:
        return value


def _moment(column: str, op: str, values: Sequence[str], asked: Asked) -> Q:
    known = Q(**{f"{column}__isnull": False})
    if op in {"exists", "missing"}:
        return known if op == "exists" else ~known
    start, end = moments.span(op, values, asked.now)
    after = Q(**{f"{column}__gte": start}) if start else known
    return after & Q(**{f"{column}__lt": end}) if end else after


def _near(op: str, values: Sequence[str], asked: Asked) -> Q:
    """Measure along the great circle; a box around the place lets the index answer first."""
    known = Q(latitude__isnull=False, longitude__isnull=False)
    if op in {"exists", "missing"}:
        return known if op == "exists" else ~known
    latitude, longitude, km = map(float, values)
    north = km / KM_PER_DEGREE
    box = known & Q(latitude__gte=latitude - north, latitude__lte=latitude + north)
    here, there = math.radians(latitude), Radians(F("latitude"))
    cosine = math.sin(here) * Sin(there) + math.cos(here) * Cos(there) * Cos(
        Radians(F("longitude")) - math.radians(longitude)
    )
    # Rounding may leave a cosine just beyond 1, for which there is no angle.
    angle = ACos(Least(Value(1.0), Greatest(Value(-1.0), cosine)))
    return box & Q(LessThanOrEqual(angle * EARTH_KM, km))


PLACE = _("Place")
ABOUT = _("About the person")


def _place(name: str, label: Any) -> Field:
    return Field(name, label, PLACE, TEXT, partial(_caseless, name))


KINDS = (
    Named("attributes", _("Attributes"), (*TEXT, BEFORE, AFTER, ON, BETWEEN), _attribute),
    Named("user_attributes", _("User attributes"), (*TEXT, BEFORE, AFTER, ON, BETWEEN), _attribute),
    Named("metrics", _("Metrics"), NUMBER, _metric),
    Fixed(
        _place("city", _("City")),
        _place("region", _("State or region")),
        _place("postal_code", _("Postal code")),
        _place("country", _("Country (two letters)")),
        _place("timezone", _("Time zone")),
        Field(
            "location",
            _("Distance from a point"),
            PLACE,
            (Operator("within", _("is within"), Takes.PLACE), EXISTS, MISSING),
            _near,
        ),
        Field("phone", _("Phone"), ABOUT, (IS, IS_NOT, CONTAINS, STARTS_WITH), _phone),
        Field(
            "line_type",
            _("Line type"),
            ABOUT,
            (
                Operator("is", _("is any of"), Takes.OPTIONS),
                Operator("is_not", _("is none of"), Takes.OPTIONS),
            ),
            partial(_exact, "line_type"),
            options=lambda: Contact.LineType.choices,
        ),
        Field("locale", _("Language"), ABOUT, TEXT, partial(_caseless, "locale")),
        Field("user_id", _("User ID"), ABOUT, TEXT, partial(_exact, "user_id")),
        Field("created_at", _("Date added"), ABOUT, DATE, partial(_moment, "created_at")),
        Field(
            "last_active_at",
            _("Last active"),
            ABOUT,
            (*DATE, EXISTS, MISSING),
            partial(_moment, "last_active_at"),
        ),
    ),
)
