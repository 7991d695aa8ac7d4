"""One line of a file → a contact as it would be stored. Pure."""

import re
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import NamedTuple

from contacts import columns, countries, dates
from contacts.formats import Line, endpoint_cells
from contacts.phones import BadPhone, parse_phone

TRUE = frozenset({"true", "yes", "y", "1", "t", "x", "on", "opted in", "opted-in", "all"})
FALSE = frozenset({"false", "no", "n", "0", "f", "off", "none", "opted out", "opted-out", ""})
MAX_LENGTH = {
    "user_id": 200,
    "endpoint_id": 200,
    "city": 100,
    "region": 100,
    "postal_code": 20,
    "locale": 20,
}
MAX_VALUE = 1000
LIST = re.compile(r"[;|\n]")


@dataclass(slots=True)
class Row:
    """A contact read from one line."""

    line: int
    phone: str
    country: str
    line_type: str
    fields: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    user_attributes: dict[str, list[str]] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    opt_in: bool | None = None
    opt_out: bool = False
    opted_in_at: datetime | None = None
    last_active_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


class BadRow(ValueError):  # noqa: N818 - it is what the operator reads: a bad row
    """Why a line is not a contact, in words; `row` holds what was read before, if there is a phone.

    A line may be bad and still say no.
    """

    def __init__(self, reason: str, row: Row | None = None) -> None:
        super().__init__(reason)
        self.row = row


class Reading(NamedTuple):
    """How the lines of a file are to be understood.

    `targets` names per column of `header` where it is stored; without it, names speak for
    themselves. A moment without a zone is in `zone`; opt-ins after `now` are mistakes.
    """

    header: tuple[str, ...]
    targets: tuple[str, ...]
    country: str
    zone: str = "UTC"
    now: datetime = datetime.max.replace(tzinfo=UTC)


Keep = Callable[[Row, str, str, Reading], None]  # (row, cell, name of the attribute, reading)
Step = tuple[int, Keep, str]  # which cell, what to do with it, under which name


class Plan(NamedTuple):
    """What to do with the cells of a line: the phone, then consent, then the rest."""

    channel: int | None
    phone: int | None
    consent: list[Step]
    rest: list[Step]


def read(line: Line, reading: Reading) -> Row:
    """Read one line; raises BadRow with the reason."""
    if line.problem:
        raise BadRow(line.problem)
    if line.found is None:
        cells: Sequence[str] = line.cells
        plan = _plan(reading.targets)
    else:
        cells, plan = _of_object(endpoint_cells(line.found), reading)
    row = _somebody(line.number, cells, plan, reading)
    try:
        for index, keep, name in plan.consent:
            keep(row, cells[index], name, reading)
        for index, keep, name in plan.rest:
            if cell := cells[index]:
                keep(row, cell, name, reading)
        if (row.latitude is None) != (row.longitude is None):
            raise BadRow("The line has a latitude or a longitude without the other.")
    except BadRow as problem:
        raise BadRow(str(problem), row) from problem
    return row


def _somebody(number: int, cells: Sequence[str], plan: Plan, reading: Reading) -> Row:
    channel = cells[plan.channel] if plan.channel is not None else ""
    if channel and channel.upper() not in {"SMS", "VOICE"}:
        raise BadRow(f"The channel is {channel[:20]}, not SMS.")
    if plan.phone is None:
        raise BadRow("The line has no phone number.")
    try:
        phone = parse_phone(cells[plan.phone], reading.country)
    except BadPhone as problem:
        raise BadRow(str(problem)) from problem
    return Row(number, *phone)


def _of_object(found: dict[str, list[str]], reading: Reading) -> tuple[list[str], Plan]:
    """Return the cells of a JSON object, those of one name one after the other, and their plan."""
    names = tuple(name for name, values in found.items() for _ in values)
    cells = [value for values in found.values() for value in values]
    return cells, _plan(_targets(names, reading.header if reading.targets else (), reading.targets))


@lru_cache(maxsize=1024)  # the objects of an export have few shapes
def _targets(
    names: tuple[str, ...], known: tuple[str, ...], stored: tuple[str, ...]
) -> tuple[str, ...]:
    chosen = dict(zip(known, stored, strict=True))
    try:
        return tuple(columns.guess(names, chosen))
    except columns.NoPhoneColumn as problem:
        raise BadRow("The line has no Address.") from problem


@lru_cache(maxsize=1024)
def _plan(targets: tuple[str, ...]) -> Plan:
    channel = phone = None
    outs, ins, rest = [], [], []
    for index, target in enumerate(targets):
        kind, _, name = target.partition(".")
        match kind:
            case "channel":
                channel = index
            case "phone":
                phone = index
            case "opt_out":
                outs.append((index, _opt_out, kind))
            case "opt_in":
                ins.append((index, _opt_in, kind))
            case _ if kind in KEEP:
                rest.append((index, KEEP[kind], name or kind))
    return Plan(channel, phone, [*outs, *ins], rest)


def _opt_out(row: Row, cell: str, name: str, reading: Reading) -> None:
    row.opt_out = _yes_or_no(row, cell, "opt-out") or row.opt_out


def _opt_in(row: Row, cell: str, name: str, reading: Reading) -> None:
    # Asked twice, a person must have said yes twice; and silence is no yes.
    row.opt_in = _yes_or_no(row, cell, "opt-in") and row.opt_in is not False


def _yes_or_no(row: Row, cell: str, what: str) -> bool:
    folded = cell.casefold()
    if folded in TRUE:
        return True
    if folded in FALSE:
        return False
    row.opt_in = False  # whatever it was meant to say, it is no yes
    raise BadRow(f"“{cell[:40]}” in the {what} column is neither yes nor no.")


def _attribute(row: Row, cell: str, name: str, reading: Reading) -> None:
    _add(row.attributes, cell, name)


def _user_attribute(row: Row, cell: str, name: str, reading: Reading) -> None:
    _add(row.user_attributes, cell, name)


def _attribute_list(row: Row, cell: str, name: str, reading: Reading) -> None:
    for item in LIST.split(cell):
        if item := item.strip():
            _add(row.attributes, item, name)


def _user_attribute_list(row: Row, cell: str, name: str, reading: Reading) -> None:
    for item in LIST.split(cell):
        if item := item.strip():
            _add(row.user_attributes, item, name)


def _attribute_date(row: Row, cell: str, name: str, reading: Reading) -> None:
    _add(row.attributes, dates.as_text(_date(cell, name, reading)), name)


def _user_attribute_date(row: Row, cell: str, name: str, reading: Reading) -> None:
    _add(row.user_attributes, dates.as_text(_date(cell, name, reading)), name)


def _add(attributes: dict[str, list[str]], cell: str, name: str) -> None:
    values = attributes.get(name)
    if values is None:
        attributes[name] = [_short(cell, name, MAX_VALUE)]
    elif cell not in values:
        values.append(_short(cell, name, MAX_VALUE))


def _metric(row: Row, cell: str, name: str, reading: Reading) -> None:
    row.metrics[name] = _number(cell, name)


def _number(cell: str, name: str) -> float:
    try:
        number = float(cell)
    except ValueError as error:
        raise BadRow(f"“{cell[:40]}” in {name} is not a number.") from error
    if number != number or number in (float("inf"), float("-inf")):
        raise BadRow(f"“{cell[:40]}” in {name} is not a number.")
    return number


def _latitude(row: Row, cell: str, name: str, reading: Reading) -> None:
    row.latitude = _degrees(cell, name, 90)


def _longitude(row: Row, cell: str, name: str, reading: Reading) -> None:
    row.longitude = _degrees(cell, name, 180)


def _degrees(cell: str, name: str, most: int) -> float:
    number = _number(cell, name)
    if abs(number) > most:
        raise BadRow(f"No {name} is {cell[:40]}; it lies between -{most} and {most}.")
    return number


def _date(cell: str, name: str, reading: Reading) -> dates.Found:
    try:
        return dates.parse_date(cell, reading.country)
    except dates.BadDate as problem:
        raise BadRow(f"{problem} It stands in {name}.") from problem


def _opted_in_at(row: Row, cell: str, name: str, reading: Reading) -> None:
    row.opted_in_at = _past(cell, "the date of the opt-in", reading)


def _last_active_at(row: Row, cell: str, name: str, reading: Reading) -> None:
    row.last_active_at = _past(cell, "the date of the last activity", reading)


def _past(cell: str, name: str, reading: Reading) -> datetime:
    moment = dates.moment(_date(cell, name, reading), zoneinfo.ZoneInfo(reading.zone))
    if moment > reading.now:
        raise BadRow(f"{name.capitalize()}, {cell[:40]}, lies in the future.")
    return moment


def _status(row: Row, cell: str, name: str, reading: Reading) -> None:
    if cell.upper() == "INACTIVE":
        raise BadRow("The endpoint is inactive in Pinpoint.")


def _timezone(row: Row, cell: str, name: str, reading: Reading) -> None:
    if cell not in zones():
        raise BadRow(f"“{cell[:40]}” is not a time zone such as America/Chicago.")
    row.fields["timezone"] = cell


def _country(row: Row, cell: str, name: str, reading: Reading) -> None:
    if not (code := countries.code_of(cell)):
        raise BadRow(f"“{cell[:40]}” is not a country.")
    row.fields["country"] = code


def _field(row: Row, cell: str, name: str, reading: Reading) -> None:
    row.fields[name] = _short(cell, name, MAX_LENGTH[name])


@cache
def zones() -> frozenset[str]:
    """Return every time zone there is."""
    return frozenset(zoneinfo.available_timezones())


def _short(cell: str, name: str, longest: int) -> str:
    # Cut off, it would be a different value; so the line is given back instead.
    if len(cell) > longest:
        raise BadRow(f"The value of {name} is longer than {longest:,} characters.")
    return cell


KEEP: dict[str, Keep] = {
    "attributes": _attribute,
    "attributes[list]": _attribute_list,
    "attributes[date]": _attribute_date,
    "user_attributes": _user_attribute,
    "user_attributes[list]": _user_attribute_list,
    "user_attributes[date]": _user_attribute_date,
    "metrics": _metric,
    "opted_in_at": _opted_in_at,
    "last_active_at": _last_active_at,
    "latitude": _latitude,
    "longitude": _longitude,
    "status": _status,
    "timezone": _timezone,
    "country": _country,
    **dict.fromkeys(MAX_LENGTH, _field),
}
