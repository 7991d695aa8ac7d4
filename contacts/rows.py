"""One line of a file → a contact as it would be stored. Pure."""

import json
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from contacts import columns, countries
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


class BadRow(ValueError):  # noqa: N818 - it is what the operator reads: a bad row
    """Why a line is not a contact, in words."""


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


def read(line: Line, targets: Sequence[str], default_country: str) -> Row:
    """Read one line; raises BadRow with the reason."""
    if line.problem:
        raise BadRow(line.problem)
    if targets:
        pairs = list(zip(targets, line.cells, strict=True))
    else:
        pairs = _endpoint_pairs(line.cells[0])
    phone_text = next((cell for target, cell in pairs if target == "phone"), "")
    try:
        phone = parse_phone(phone_text, default_country)
    except BadPhone as problem:
        raise BadRow(str(problem)) from problem
    row = Row(line.number, phone.e164, phone.country, phone.line_type)
    for target, cell in pairs:
        if cell:
            _store(row, target, cell)
        elif target == "opt_in":
            row.opt_in = False  # silence is no yes
    return row


def declines(line: Line, targets: Sequence[str]) -> bool:
    """Tell whether a line says no, or nothing, where it is asked for the opt-in. Cheap."""
    if line.problem:
        return False
    try:
        pairs = zip(targets, line.cells, strict=True) if targets else _endpoint_pairs(line.cells[0])
        return any(target == "opt_in" and cell.casefold() in FALSE for target, cell in pairs)
    except BadRow:
        return False


def _endpoint_pairs(text: str) -> list[tuple[str, str]]:
    cells = endpoint_cells(json.loads(text))
    try:
        targets = _targets(tuple(cells))
    except columns.NoPhoneColumn as problem:
        raise BadRow("The line has no Address.") from problem
    return [
        (target, value)
        for target, values in zip(targets, cells.values(), strict=True)
        for value in values
    ]


@lru_cache(maxsize=256)  # the objects of an export have few shapes
def _targets(names: tuple[str, ...]) -> list[str]:
    return columns.guess(names)


def _store(row: Row, target: str, cell: str) -> None:
    kind, _, name = target.partition(".")
    match kind:
        case "attributes" | "user_attributes":
            values = getattr(row, kind).setdefault(name, [])
            if cell not in values:
                values.append(_short(cell, name, MAX_VALUE))
        case "metrics":
            row.metrics[name] = _number(cell, name)
        case "opt_in":
            # Asked twice, a person must have said yes twice.
            row.opt_in = _yes_or_no(cell, "opt-in") and row.opt_in is not False
        case "opt_out":
            row.opt_out = _yes_or_no(cell, "opt-out") or row.opt_out
        case "channel":
            if cell.upper() not in {"SMS", "VOICE"}:
                raise BadRow(f"The channel is {cell[:20]}, not SMS.")
        case "status":
            if cell.upper() == "INACTIVE":
                raise BadRow("The endpoint is inactive in Pinpoint.")
        case "timezone":
            if cell not in zones():
                raise BadRow(f"“{cell[:40]}” is not a time zone such as America/Chicago.")
            row.fields["timezone"] = cell
        case "country":
            if not (code := countries.code_of(cell)):
                raise BadRow(f"“{cell[:40]}” is not a country.")
            row.fields["country"] = code
        case "city" | "region" | "postal_code" | "user_id" | "endpoint_id" | "locale":
            row.fields[kind] = _short(cell, kind, MAX_LENGTH[kind])


@cache
def zones() -> frozenset[str]:
    """Return every time zone there is."""
    return frozenset(zoneinfo.available_timezones())


def _short(cell: str, name: str, longest: int) -> str:
    # Cut off, it would be a different value; so the line is given back instead.
    if len(cell) > longest:
        raise BadRow(f"The value of {name} is longer than {longest:,} characters.")
    return cell


def _number(cell: str, name: str) -> float:
    try:
        number = float(cell)
    except ValueError as error:
        raise BadRow(f"“{cell[:40]}” in {name} is not a number.") from error
    if number != number or number in (float("inf"), float("-inf")):
        raise BadRow(f"“{cell[:40]}” in {name} is not a number.")
    return number


def _yes_or_no(cell: str, what: str) -> bool:
    folded = cell.casefold()
    if folded in TRUE:
        return True
    if folded in FALSE:
        return False
    raise BadRow(f"“{cell[:40]}” in the {what} column is neither yes nor no.")
