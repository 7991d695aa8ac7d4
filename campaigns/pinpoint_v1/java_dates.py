"""Formats of Java's SimpleDateFormat, as Pinpoint's date helpers take them. Pure."""

import re

PIECE = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
# What Java's letters and Unicode's (Babel's) mean alike, with the longest run of each.
SHOWN = dict.fromkeys("dHkKhms", 2) | dict.fromkeys("yME", 4) | dict.fromkeys("zZX", 3) | {"a": 1}
READ = (
    {"yyyy": "%Y", "yy": "%y", "M": "%m", "MM": "%m", "MMM": "%b", "MMMM": "%B"}
    | {"d": "%d", "dd": "%d", "EEE": "%a", "EEEE": "%A", "a": "%p", "SSS": "%f"}
    | {"H": "%H", "HH": "%H", "h": "%I", "hh": "%I", "m": "%M", "mm": "%M"}
    | {"s": "%S", "ss": "%S", "Z": "%z", "X": "%z", "XX": "%z", "XXX": "%z"}
)


def can_be_shown(pattern: str) -> bool:
    """Whether a pattern is shown here as Java shows it."""
    pieces = list(PIECE.finditer(pattern))
    whole = "".join(piece[0] for piece in pieces) == pattern
    return whole and all(
        piece[2] is None or len(piece[0]) <= SHOWN.get(piece[2], 0) or piece[0] == "SSS"
        for piece in pieces
    )


def as_strptime(pattern: str) -> str | None:
    """Return what reads such dates in Python; None: nothing does."""
    found, spot = "", 0
    for piece in PIECE.finditer(pattern):
        if piece.start() != spot:
            return None
        spot = piece.end()
        if piece[2] is None:
            words = piece[0] if piece[1] is None else piece[1].replace("''", "'") or "'"
            found += words.replace("%", "%%")
        elif piece[0] in READ:
            found += READ[piece[0]]
        else:
            return None
    return found if spot == len(pattern) else None
