"""Files of endpoints as Pinpoint imported and exported them → EndpointRequests. Pure.

One endpoint a line, as JSON or as CSV with dotted names (aws-sms.md 10.2). It streams, and goes on
at any byte.
"""

import functools
from collections.abc import Iterator, Sequence
from typing import IO, Any, NamedTuple

from contacts.endpoints import NotTaken
from contacts.formats import MAX_LINE_BYTES, json_object, read_cells
from pinpoint.v1_api import reading
from pinpoint.v1_api.errors import BadRequest
from pinpoint.v1_api.model import service_model

CSV, JSON = "CSV", "JSON"
BOM = b"\xef\xbb\xbf"
# What an EndpointResponse has beyond what can be written; it means nothing here.
NOT_WRITTEN = frozenset({"ApplicationId", "CohortId", "CreationDate", "EffectiveDate"})
ONE_EACH = frozenset(
    {
        *("Address", "ChannelType", "EndpointStatus", "Id", "OptOut", "RequestId", "User.UserId"),
        *(f"Location.{name}" for name in ("City", "Country", "PostalCode", "Region")),
        *(
            f"Demographic.{name}"
            for name in ("AppVersion", "Locale", "Make", "Model", "ModelVersion", "Platform")
        ),
        *("Demographic.PlatformVersion", "Demographic.Timezone"),
    }
)
NUMBERS = frozenset({"Location.Latitude", "Location.Longitude"})
LISTS = ("Attributes.", "User.UserAttributes.")
METRICS = "Metrics."
Said = dict[str, Any]  # an EndpointBatchItem: an EndpointRequest with its Id


class Line(NamedTuple):
    """One line: its number in the file, the byte after it, and what it holds (None: too much)."""

    number: int
    end: int
    raw: bytes | None


def lines(file: IO[bytes], offset: int = 0, number: int = 0) -> Iterator[Line]:
    """Yield the lines of a file that is open at byte `offset`, after line `number`."""
    while piece := file.readline(MAX_LINE_BYTES):
        offset, number = offset + len(piece), number + 1
        raw: bytes | None = piece
        while not piece.endswith(b"\n") and (piece := file.readline(MAX_LINE_BYTES)):
            offset, raw = offset + len(piece), None
        yield Line(number, offset, raw)


def format_of(first: bytes) -> str:
    """Tell from its first line what a file is."""
    return JSON if first.removeprefix(BOM).lstrip().startswith((b"{", b"[")) else CSV


def header_of(first: bytes) -> list[str]:
    """Return the names of a CSV file's columns. Raises NotTaken."""
    header = _cells(first.removeprefix(BOM))
    for name in header:
        known = name in ONE_EACH | NUMBERS | NOT_WRITTEN or name.startswith((*LISTS, METRICS))
        if not known:
            raise NotTaken(
                f"the column “{name[:60]}” is not one of an endpoint's; write Attributes."
                f"{name[:60]} to keep it as an attribute"
            )
    if not {"Address", "Id", "User.UserId"} & set(header):
        raise NotTaken("the first line names no column Address, Id or User.UserId")
    return header


def said_on(line: Line, header: Sequence[str]) -> Said | None:
    """Return what a line says; None for an empty one. `header` is empty for JSON.

    Raises NotTaken, naming the member.
    """
    found = found_on(line, header)
    return None if found is None else said_of(found)


def found_on(line: Line, header: Sequence[str]) -> Said | None:
    """Return all that stands on a line, unchecked; None for an empty one. Raises NotTaken."""
    if line.raw is None:
        raise NotTaken("the line is longer than a megabyte")
    if not line.raw.strip(BOM + b" \r\n"):
        return None
    return _of_cells(header, _cells(line.raw)) if header else _of_json(line.raw)


def said_of(found: Said) -> Said:
    """Return what of an endpoint can be written. Raises NotTaken, naming the member."""
    said: Said = {name: value for name, value in found.items() if name not in NOT_WRITTEN}
    try:
        reading.check(_item(), said)
    except BadRequest as problem:
        raise NotTaken(str(problem)) from problem
    return said


@functools.cache
def _item() -> Any:
    return service_model().shape_for("EndpointBatchItem")


def _text(raw: bytes) -> str:
    try:
        return raw.removeprefix(BOM).decode().rstrip("\r\n")
    except UnicodeDecodeError as problem:
        raise NotTaken("the line is not UTF-8") from problem


def _of_json(raw: bytes) -> Said:
    found, problem = json_object(_text(raw).strip())
    if found is None:
        raise NotTaken(problem)
    return dict(reading.without_nulls(found))


def _cells(raw: bytes) -> list[str]:
    cells, problem = read_cells([_text(raw)], ",")
    if cells is None:
        raise NotTaken(problem)
    return cells


def _of_cells(header: Sequence[str], cells: Sequence[str]) -> Said:
    if len(cells) > len(header) and any(cells[len(header) :]):
        raise NotTaken(f"the line has {len(cells)} columns, the first line {len(header)}")
    said: Said = {}
    for name, cell in zip(header, cells, strict=False):
        if cell:
            _keep(said, name, cell)
    return said


def _keep(said: Said, name: str, cell: str) -> None:
    kind = next((prefix for prefix in (*LISTS, METRICS) if name.startswith(prefix)), "")
    *path, last = [*kind.split(".")[:-1], name.removeprefix(kind)] if kind else name.split(".")
    inside = said
    for member in path:
        inside = inside.setdefault(member, {})
    if kind in LISTS:
        inside.setdefault(last, []).append(cell)
    else:
        inside[last] = _number(name, cell) if kind or name in NUMBERS else cell


def _number(name: str, cell: str) -> float:
    try:
        found = float(cell)
    except ValueError as problem:
        raise NotTaken(f"{name}: must be a number") from problem
    if found != found or found in (float("inf"), float("-inf")):
        raise NotTaken(f"{name}: must be a number")
    return found
