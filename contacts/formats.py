"""Reading an uploaded file: its encoding, its delimiter, its lines. Pure.

Everything streams; no more of a file than a chunk or a line is in memory.
"""

import codecs
import csv
import gzip
import io
import json
import re
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, NamedTuple, cast

SNIFF_BYTES = 64 * 1024
CHUNK = 1024 * 1024
MAX_LINE_BYTES = 1024 * 1024
# A quoted cell may hold line breaks; one that is still open so much later was never closed.
MAX_LINES_PER_RECORD = 20
MAX_PLAIN = 131_072  # the csv module's limit for a cell
NOT_CLOSED = "A quotation mark is opened and not closed."
SAVE_AS = "Save the list as CSV (UTF-8) and upload that."
DELIMITERS = ",;\t|"
GZIP = b"\x1f\x8b"
BINARY_SIGNS = {
    b"PK\x03\x04": "an Excel workbook or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
}


class FileRefused(ValueError):  # noqa: N818 - it is shown to a person
    """Why a whole file cannot be read, in words."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is to be read. `delimiter` is empty for JSON Lines."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]


class Line(NamedTuple):
    """One line: its number in the file, its cells by column, or what is wrong with it.

    Of JSON Lines it has the object instead of cells.
    """

    number: int
    raw: str
    cells: tuple[str, ...] = ()
    problem: str = ""
    found: dict[str, Any] | None = None


def opened(file: IO[bytes]) -> IO[bytes]:
    """Return the file itself, or what is packed in it (Pinpoint exports .gz)."""
    file.seek(0)
    packed = file.read(2) == GZIP
    file.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file


def recognise(file: IO[bytes], most_bytes: int = 1024**4) -> Format:
    """Look through an opened file and tell how to read it; raises FileRefused."""
    try:
        return _recognised(file, most_bytes)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileRefused(f"The .gz archive is damaged. {SAVE_AS}") from error


def _recognised(file: IO[bytes], most_bytes: int) -> Format:
    file.seek(0)
    start = file.read(SNIFF_BYTES)
    if not start.strip():
        raise FileRefused("The file is empty.")
    for sign, name in BINARY_SIGNS.items():
        if start.startswith(sign):
            raise FileRefused(f"This is {name}. {SAVE_AS}")
    _refuse_what_is_too_long(file, most_bytes)
    encoding = _encoding(file, start)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        return _format(text, encoding)
    finally:
        text.detach()


def _format(text: IO[str], encoding: str) -> Format:
    first = next((line for line in text if line.strip("\ufeff \t\r\n")), "").strip("\ufeff\r\n")
    if not first:
        raise FileRefused("The file is empty.")
    if first.lstrip().startswith("["):
        raise FileRefused("This is a JSON array; Sendpoint reads JSON Lines, one object per line.")
    if first.lstrip().startswith("{"):
        return Format(encoding, "", ())
    delimiter = max(DELIMITERS, key=re.sub('"[^"]*"', "", first).count)
    cells, problem = read_cells([first], delimiter)
    if cells is None:
        raise FileRefused(f"The line with the column names cannot be read: {problem}")
    return Format(encoding, delimiter, tuple(cell.strip() for cell in cells))


def _refuse_what_is_too_long(file: IO[bytes], most_bytes: int) -> None:
    """Refuse what would not fit in memory as one line, such as a video named list.csv.

    What is packed may be a thousand times as large as its archive; so its bytes are counted here.
    """
    file.seek(0)
    line, length, total = 1, 0, 0
    # A limited readline never holds more than a chunk, however long the line.
    while piece := file.readline(CHUNK):
        total += len(piece)
        if total > most_bytes:
            megabytes = most_bytes // 1024**2
            raise FileRefused(f"The file is larger than {megabytes:,} MB. Split it into parts.")
        # A lone CR ends a line as well, in files from old Macs.
        length = len(piece) - piece.rindex(b"\r") if b"\r" in piece else length + len(piece)
        if length > MAX_LINE_BYTES:
            raise FileRefused(f"Line {line:,} is longer than a list's lines can be. {SAVE_AS}")
        if piece.endswith(b"\n"):
            line, length = line + 1, 0


def _encoding(file: IO[bytes], start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _verified(file, "utf-16")
    if b"\x00" in start:
        raise FileRefused(f"This is not a text file. {SAVE_AS}")
    bad_line, mixed = _first_bad_line(file, "utf-8-sig")
    if bad_line is None:
        return "utf-8-sig"
    if mixed or start.startswith(codecs.BOM_UTF8):
        raise FileRefused(f"Line {bad_line:,} is not UTF-8, though the file begins so. {SAVE_AS}")
    return _verified(file, "cp1252")  # spreadsheets on Windows save so


def _verified(file: IO[bytes], encoding: str) -> str:
    bad_line, _ = _first_bad_line(file, encoding)
    if bad_line is None:
        return encoding
    what = "neither UTF-8 nor Windows-1252" if encoding == "cp1252" else "not UTF-16"
    raise FileRefused(f"The text of line {bad_line:,} is {what}. {SAVE_AS}")


def _first_bad_line(file: IO[bytes], encoding: str) -> tuple[int | None, bool]:
    """Return the first line that does not decode, and whether lines before it went past ASCII."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line, past_ascii, chunk = 1, False, b"-"
    while chunk:
        chunk = file.read(CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            good = error.object[: error.start]
            return line + good.count(b"\n"), past_ascii or not good.isascii()
        line += text.count("\n")
        past_ascii = past_ascii or not text.isascii()
    return None, past_ascii


def lines(file: IO[bytes], form: Format, *, after: int = 0) -> Iterator[Line]:
    """Yield the file's data lines whose number is above `after` (the header is line 1)."""
    file.seek(0)
    text = io.TextIOWrapper(file, form.encoding, newline="")
    try:
        yield from _json_lines(text, after) if not form.delimiter else _csv(text, form, after)
    finally:
        if not file.closed:
            text.detach()  # the caller's file is the caller's to close


def _csv(text: IO[str], form: Format, after: int) -> Iterator[Line]:
    records = _records(text, form.delimiter)
    next(records, None)  # the header
    for number, raw, cells, problem in records:
        if number <= after:
            continue
        if cells is None or problem or "\x00" in raw:
            problem = problem or "The line holds a NUL character."
            yield Line(number, raw.replace("\x00", "\ufffd"), problem=problem)
        elif any(cells):
            yield _csv_line(number, raw, cells, form)


def _csv_line(number: int, raw: str, cells: list[str], form: Format) -> Line:
    width = len(form.header)
    # Empty cells beyond the header are what spreadsheets leave behind, and no one's data.
    if len(cells) < width or any(cells[width:]):
        problem = f"The line has {len(cells)} columns; the header has {width}."
        return Line(number, raw, problem=problem)
    return Line(number, raw, tuple(cells[:width]) if len(cells) > width else tuple(cells))


def _records(text: IO[str], delimiter: str) -> Iterator[tuple[int, str, list[str] | None, str]]:
    """Yield (number of its first line, raw text, cells, problem) of each record.

    A cell in quotes may go on over several lines. Where a quote is never closed only its own line
    is lost: the lines that were read in search of its end are read again.
    """
    waiting: deque[str] = deque()
    number = 0
    while (line := waiting.popleft() if waiting else next(text, None)) is not None:
        number += 1
        if '"' not in line and len(line) < MAX_PLAIN:
            # Where no cell is in quotes a split is what the csv module does, three times faster.
            if line.strip("\r\n\ufeff"):
                raw = line.rstrip("\r\n")
                yield number, raw, [cell.strip() for cell in raw.split(delimiter)], ""
            continue
        parts = [line]
        cells, problem = read_cells(parts, delimiter)
        if problem == NOT_CLOSED:
            cells = _continued(parts, text, waiting, delimiter)
            problem = problem if cells is None else ""
        raw = "".join(parts).strip("\r\n\ufeff")
        if raw.strip():
            yield number, raw, cells, problem
        number += len(parts) - 1


def _continued(
    parts: list[str], text: IO[str], waiting: deque[str], delimiter: str
) -> list[str] | None:
    """Read on until a quote closes; if none does, hand the lines back and leave `parts` alone."""
    cells, problem = None, NOT_CLOSED
    while problem == NOT_CLOSED and len(parts) < MAX_LINES_PER_RECORD:
        if (more := waiting.popleft() if waiting else next(text, None)) is None:
            break
        parts.append(more)
        cells, problem = read_cells(parts, delimiter)
    if not problem:
        return cells
    waiting.extendleft(reversed(parts[1:]))
    del parts[1:]
    return None


def read_cells(parts: list[str], delimiter: str) -> tuple[list[str] | None, str]:
    """Return the cells of a record, which may go on over several lines, or what is wrong."""
    try:
        return [
            cell.strip()
            for row in csv.reader(parts, delimiter=delimiter, strict=True)
            for cell in row
        ], ""
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None, NOT_CLOSED
        if "field limit" in str(error):
            return None, "A cell is longer than 131,072 characters."
        return None, "A quotation mark stands inside a cell in quotes; it must be doubled there."


def _json_lines(text: IO[str], after: int) -> Iterator[Line]:
    for number, raw in enumerate(text, start=1):
        stripped = raw.strip("\r\n\ufeff ")
        if not stripped or number <= after:
            continue
        found, problem = json_object(stripped)
        yield Line(number, stripped.replace("\x00", "\ufffd"), problem=problem, found=found)


def json_object(text: str) -> tuple[dict[str, Any] | None, str]:
    """Return the object that a line of JSON is, or what is wrong with it."""
    try:
        found = json.loads(text)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return None, "A value holds half a character (a lone surrogate)."
    except json.JSONDecodeError as error:
        return None, f"The line is not JSON: {error.msg} at character {error.pos + 1}."
    except (ValueError, RecursionError):
        return None, "The line is not JSON that can be read."
    if isinstance(found, dict):
        return found, ""
    return None, "The line is not a JSON object."


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
