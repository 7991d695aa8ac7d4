"""Reading an uploaded file: its encoding, its delimiter, its lines. Pure, in one pass."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

SNIFF_BYTES = 64 * 1024
DELIMITERS = ",;\t|"
BINARY_SIGNS = {
    b"PK\x03\x04": "an Excel workbook or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\x1f\x8b": "a gzip archive",
}


class FileRefused(ValueError):  # noqa: N818 - it is shown to a person
    """Why a whole file cannot be read, in words."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is to be read. `delimiter` is empty for JSON Lines."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file, its cells by column, or what is wrong with it."""

    number: int
    raw: str
    cells: tuple[str, ...] = ()
    problem: str = ""


def recognise(file: IO[bytes]) -> Format:
    """Look at the beginning of a file and tell how to read it; raises FileRefused."""
    file.seek(0)
    start = file.read(SNIFF_BYTES)
    if not start.strip():
        raise FileRefused("The file is empty.")
    for sign, name in BINARY_SIGNS.items():
        if start.startswith(sign):
            raise FileRefused(f"This is {name}. Save the list as CSV (UTF-8) and upload that.")
    encoding = _encoding(file, start)
    text = start.decode(encoding, errors="ignore")
    if text.lstrip("\ufeff \r\n\t").startswith("{"):
        return Format(encoding, "", ())
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    header = tuple(cell.strip() for cell in next(csv.reader([first], delimiter=delimiter)))
    return Format(encoding, delimiter, header)


def _encoding(file: IO[bytes], start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in start:
        raise FileRefused("This is not a text file. Save the list as CSV (UTF-8) and upload that.")
    file.seek(0)
    decoder = io.TextIOWrapper(file, "utf-8-sig")
    try:
        while decoder.read(1024 * 1024):
            continue
    except UnicodeDecodeError:
        # Spreadsheets on Windows save so; every byte sequence is valid in it but five.
        return "cp1252"
    finally:
        decoder.detach()
    return "utf-8-sig"


def lines(file: IO[bytes], form: Format, *, after: int = 0) -> Iterator[Line]:
    """Yield the file's data lines whose number is above `after` (the header is line 1)."""
    file.seek(0)
    text = io.TextIOWrapper(file, form.encoding, errors="replace", newline="")
    try:
        yield from _json_lines(text, after) if not form.delimiter else _csv(text, form, after)
    finally:
        if not file.closed:
            text.detach()  # the caller's file is the caller's to close


def _csv(text: IO[str], form: Format, after: int) -> Iterator[Line]:
    """Read line by line, so that one bad quote spoils one line and not the rest."""
    seen_header = False
    for number, raw in enumerate(text, start=1):
        stripped = raw.strip("\r\n\ufeff")
        if not stripped.strip():
            continue
        if not seen_header:
            seen_header = True
            continue
        if number > after:
            yield _csv_line(number, stripped, form)


def _csv_line(number: int, raw: str, form: Format) -> Line:
    if "\x00" in raw:
        return Line(
            number, raw.replace("\x00", "\ufffd"), problem="The line holds a NUL character."
        )
    try:
        (cells,) = csv.reader([raw], delimiter=form.delimiter, strict=True)
    except csv.Error:
        return Line(number, raw, problem="A quotation mark is not closed, or stands inside a cell.")
    if len(cells) != len(form.header):
        return Line(
            number,
            raw,
            problem=f"The line has {len(cells)} columns; the header has {len(form.header)}.",
        )
    return Line(number, raw, tuple(cell.strip() for cell in cells))


def _json_lines(text: IO[str], after: int) -> Iterator[Line]:
    for number, raw in enumerate(text, start=1):
        stripped = raw.strip("\r\n\ufeff ")
        if not stripped or number <= after:
            continue
        problem = ""
        try:
            if not isinstance(json.loads(stripped), dict):
                problem = "The line is not a JSON object."
        except (ValueError, RecursionError):
            problem = "The line is not JSON."
        yield Line(number, stripped.replace("\x00", "\ufffd"), (stripped,), problem)


def endpoint_cells(endpoint: dict[str, Any]) -> dict[str, list[str]]:
    """Flatten one Pinpoint endpoint to its CSV column names (aws-sms.md 10.2)."""
    found: dict[str, list[str]] = {}

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{path}.{key}" if path else str(key))
        elif isinstance(value, list):
            found.setdefault(path, []).extend(_text(item) for item in value)
        elif value is not None:
            found.setdefault(path, []).append(_text(value))

    walk(endpoint, "")
    return found


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\x00", "\ufffd").strip()
