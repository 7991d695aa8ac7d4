"""What a person typed as a rule's values → what the rule compares with."""

import math
from typing import Any

from django.utils.translation import gettext as _

from contacts.segments import moments
from contacts.segments.fields import Field, Operator, Takes
from contacts.segments.problems import RuleError

MOST_VALUES = 1000
MOST_DAYS = 36_500
HOW_MANY = {
    Takes.TWO_NUMBERS: 2,
    Takes.DATE: 1,
    Takes.TWO_DATES: 2,
    Takes.DAYS: 1,
    Takes.PLACE: 3,
}


def clean(given: Any, field: Field, operator: Operator, path: str) -> list[str]:
    """Return the values as texts, checked; raises RuleError in words."""
    if operator.takes is Takes.NOTHING:
        return []
    if not isinstance(given or [], list):
        raise RuleError(_("The values of a rule are a list."), path)
    found = [cleaned for value in given or [] if (cleaned := text(value, path).strip())]
    _check_count(found, field, operator, path)
    try:
        match operator.takes:
            case Takes.NUMBERS | Takes.TWO_NUMBERS:
                return _ordered([_number(value) for value in found], operator, float)
            case Takes.DATE | Takes.TWO_DATES:
                return _ordered([moments.check_date(value) for value in found], operator, str)
            case Takes.DAYS:
                return [_days(found[0])]
            case Takes.PLACE:
                return _place(found)
            case Takes.OPTIONS:
                _check_options(found, field)
    except ValueError as problem:
        raise RuleError(str(problem), path) from problem
    return found


def text(value: Any, path: str) -> str:
    """Return a text that PostgreSQL can hold."""
    found = str(value).replace("\0", "")
    try:
        found.encode()
    except UnicodeEncodeError as error:
        raise RuleError(_("A value holds half a character."), path) from error
    return found


def _check_count(found: list[str], field: Field, operator: Operator, path: str) -> None:
    wanted = HOW_MANY.get(operator.takes)
    if not found:
        raise RuleError(_("The rule on {} needs a value.").format(field.label), path)
    if len(found) > MOST_VALUES:
        message = _("A rule has at most {} values; put more people than that into a list.")
        raise RuleError(message.format(MOST_VALUES), path)
    if operator.takes is Takes.PLACE and len(found) != wanted:
        message = _("Give the latitude, the longitude and the distance in kilometres.")
        raise RuleError(message, path)
    if wanted and len(found) != wanted:
        message = (
            _("“{operator}” needs two values.")
            if wanted == 2
            else _("“{operator}” takes one value.")
        )
        raise RuleError(message.format(operator=operator.label), path)


def _ordered(found: list[str], operator: Operator, key: Any) -> list[str]:
    """Let a person write the two ends of a span in either order."""
    between = operator.takes in {Takes.TWO_NUMBERS, Takes.TWO_DATES}
    return sorted(found, key=key) if between else found


def _number(value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(_("“{}” is not a number.").format(value))
    return value


def _days(value: str) -> str:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= MOST_DAYS):
        raise ValueError(_("“{}” is not a number of days, such as 30.").format(value))
    return str(int(value))


def _place(found: list[str]) -> list[str]:
    latitude, longitude, km = (float(_number(value)) for value in found)
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 < km <= 20_100):
        message = _("A latitude is at most 90, a longitude 180, and a distance more than 0 km.")
        raise ValueError(message)
    return found


def _check_options(found: list[str], field: Field) -> None:
    known = {value for value, _label in field.options()}
    for value in found:
        if value not in known:
            message = _("“{value}” is not something that {field} can be.")
            raise ValueError(message.format(value=value, field=field.label))
