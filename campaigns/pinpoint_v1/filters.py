"""What Pinpoint's helpers do, as Liquid filters; campaigns/pinpoint_v1/handlebars.py writes them.

Each takes and gives what a template has: texts, numbers, truth values, lists, or nothing.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from django.utils import timezone
from liquid import Undefined
from liquid.exceptions import FilterArgumentError

from contacts.attributes import Values

WIDEST = 1600  # signs: a text has no more
TAGS = re.compile(r"<[^>]*>")
NUMBER = re.compile(r"\s*-?\d+(\.\d+)?\s*")
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
NAMED_FORMATS = ("full", "long", "medium", "short")


def is_empty(value: Any) -> bool:
    """Whether Handlebars takes a value for false: nothing, no text, 0, no list, false."""
    return value is None or isinstance(value, Undefined) or value in ("", 0, False) or value == []


def text(value: Any) -> str:
    """Return a value as a template prints it."""
    if value is None or isinstance(value, Undefined):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(text, value))
    return str(value)


def otherwise(value: Any, *alternatives: Any) -> Any:
    """Return the value, or the first of the alternatives that is there; nothing where none is."""
    for one in (value, *alternatives):
        if one is not None and not isinstance(one, Undefined) and one != "":
            return one
    return ""


def items(value: Any) -> list[Any]:
    """Return the values of an attribute, one by one."""
    if isinstance(value, Values):
        return list(value.values)
    if isinstance(value, list):
        return value
    return [] if is_empty(value) else [value]


def item(value: Any, place: int) -> Any:
    """Return one of an attribute's values, counted from 0."""
    found = items(value)
    return found[place] if 0 <= place < len(found) else None


def _number(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return float(value) if isinstance(value, str) and NUMBER.fullmatch(value) else None


def equal(one: Any, other: Any) -> bool:
    """Whether two are the same; a number is the same as its digits, 02134 not the same as 2134."""
    one, other = (None if isinstance(each, Undefined) else each for each in (one, other))
    if isinstance(one, str) == isinstance(other, str) or one is None or other is None:
        return bool(one == other)
    numbers = _number(one), _number(other)
    return numbers[0] == numbers[1] if None not in numbers else text(one) == text(other)


def _compared(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Compare as numbers where both are, else by their signs; nothing is never more or less."""

    def compare(one: Any, other: Any) -> bool:
        if text(one) == "" or text(other) == "":
            return False
        numbers = _number(one), _number(other)
        return holds(*numbers) if None not in numbers else holds(text(one), text(other))

    return compare


def pick(value: Any, yes: Any = True, no: Any = False) -> Any:
    """Return one of two, as an inline condition does."""
    return no if is_empty(value) else yes


def yesno(value: Any, yes: str = "yes", no: str = "no", maybe: str = "maybe") -> str:
    """Return a word for true, one for false, and one for nothing."""
    said = text(value).strip().casefold()
    return {"true": yes, "false": no}.get(said, maybe)


def capitalize(value: Any) -> str:
    """Begin each word with a capital; the rest stays."""
    return re.sub(r"(^|\s)(\S)", lambda found: found[1] + found[2].upper(), text(value))


def capitalize_first(value: Any) -> str:
    """Begin with a capital."""
    said = text(value)
    return said[:1].upper() + said[1:]


def _places(number: Any) -> int:
    """Return a number of signs, given as one or in digits."""
    return min(int(float(text(number) or 0)), WIDEST)


def abbreviate(value: Any, width: Any) -> str:
    """Shorten to a width, the three dots included."""
    said, width = text(value), _places(width)
    return said if len(said) <= width else said[: max(0, width - 3)] + "..."


def join(value: Any, between: str, prefix: str = "", suffix: str = "") -> str:
    """Put an attribute's values together, with words before and after them all."""
    return text(prefix) + text(between).join(map(text, items(value))) + text(suffix)


def slugify(value: Any) -> str:
    """Keep letters, digits and hyphens, in lower case."""
    plain = unicodedata.normalize("NFKD", text(value)).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def substring(value: Any, start: Any, end: Any = None) -> str:
    """Return the signs from one place to before another, counted from 0."""
    last = None if end is None else max(0, _places(end))
    return text(value)[max(0, _places(start)) : last]


def inflect(value: Any, one: str, more: str, includeCount: Any = False) -> str:  # noqa: N803 - Pinpoint's name
    """Return the word for one, or that for more, with the number before it if asked."""
    count = _number(value)
    word = one if count == 1 else more
    return word if is_empty(includeCount) else f"{text(value)} {word}"


def ordinalize(value: Any) -> str:
    """Return 1st for 1."""
    said = text(value)
    last = int(said) if said.isdecimal() else None
    if last is None:
        return said
    special = 10 <= last % 100 <= 20
    return said + ("th" if special else {1: "st", 2: "nd", 3: "rd"}.get(last % 10, "th"))


def date(value: Any, reads: str = "", shows: str = "medium", zone: str = "UTC") -> str:
    """Show a date or an instant; `reads` is strptime's, `shows` Java's or one of four names."""
    said = text(value).strip()
    if not said:
        return ""
    if DAY.fullmatch(said) and not reads:  # a day is that day everywhere
        return _shown(datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(zone)), shows)
    try:
        moment = datetime.strptime(said, reads) if reads else datetime.fromisoformat(said)  # noqa: DTZ007 - beneath
    except ValueError as error:
        raise FilterArgumentError("this is no date that can be read", token=None) from error
    if moment.tzinfo is None and reads:
        return _shown(moment.replace(tzinfo=ZoneInfo(zone)), shows)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _shown(aware.astimezone(ZoneInfo(zone)), shows)


def now(shows: str = "medium", zone: str = "UTC") -> str:
    """Show the present day or hour."""
    return _shown(timezone.now().astimezone(ZoneInfo(zone)), shows)


def _shown(moment: datetime, shows: str) -> str:
    if shows in NAMED_FORMATS:
        return str(format_date(moment, shows, locale="en_US"))
    return str(format_datetime(moment, shows, tzinfo=moment.tzinfo, locale="en_US"))


def _of_text(change: Callable[..., str]) -> Callable[..., str]:
    return lambda value, *given: change(text(value), *given)


def _safe(change: Callable[..., Any]) -> Callable[..., Any]:
    """Let whatever a filter cannot work with be a fault of the text, for that person alone."""

    def changed(*given: Any, **named: Any) -> Any:
        try:
            return change(*given, **named)
        except (ValueError, LookupError, AttributeError, ArithmeticError) as error:
            raise FilterArgumentError(str(error), token=None) from error

    return changed


_FILTERS: dict[str, Callable[..., Any]] = {
    "otherwise": otherwise,
    "hb_items": items,
    "hb_item": item,
    "hb_true": lambda value: not is_empty(value),
    "hb_not": is_empty,
    "hb_and": lambda *values: not any(map(is_empty, values)),
    "hb_or": lambda *values: not all(map(is_empty, values)),
    "hb_eq": equal,
    "hb_neq": lambda one, other: not equal(one, other),
    "hb_gt": _compared(lambda one, other: one > other),
    "hb_gte": _compared(lambda one, other: one >= other),
    "hb_lt": _compared(lambda one, other: one < other),
    "hb_lte": _compared(lambda one, other: one <= other),
    "hb_pick": pick,
    "hb_yesno": yesno,
    "hb_upper": _of_text(str.upper),
    "hb_lower": _of_text(str.lower),
    "hb_capitalize": capitalize,
    "hb_capitalizeFirst": capitalize_first,
    "hb_abbreviate": abbreviate,
    "hb_center": lambda value, size, pad=" ": _centered(text(value), _places(size), pad),
    "hb_cut": lambda value, what=" ": text(value).replace(what, ""),
    "hb_inflect": inflect,
    "hb_join": join,
    "hb_ljust": lambda value, size, pad=" ": text(value).ljust(_places(size), pad),
    "hb_rjust": lambda value, size, pad=" ": text(value).rjust(_places(size), pad),
    "hb_ordinalize": ordinalize,
    "hb_replace": lambda value, old, new: text(value).replace(text(old), text(new)),
    "hb_slugify": slugify,
    "hb_stripTags": lambda value: TAGS.sub("", text(value)),
    "hb_substring": substring,
    "hb_date": date,
    "hb_now": now,
}


def _centered(said: str, size: int, pad: str) -> str:
    """Pad both sides, the right one more where they cannot be alike (Java's StringUtils)."""
    left = max(0, size - len(said)) // 2
    return (pad * left + said).ljust(size, pad)


FILTERS = {name: _safe(change) for name, change in _FILTERS.items()}
