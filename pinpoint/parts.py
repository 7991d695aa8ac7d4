"""How many parts AWS makes of a text: it paces and bills by the part (aws-sms.md 8.4)."""

from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM", "Unicode"]

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[]~|€")  # an escape and a character: two units each
GSM_ALL = GSM_BASIC | GSM_EXTENDED

SINGLE_UNITS: dict[Encoding, int] = {"GSM": 160, "Unicode": 70}
JOINED_UNITS: dict[Encoding, int] = {"GSM": 153, "Unicode": 67}  # each part carries a header
MOST_UNITS: dict[Encoding, int] = {"GSM": 1530, "Unicode": 630}  # above it AWS fails the text


@dataclass(frozen=True, slots=True)
class Parts:
    """The size of one text: units are septets in GSM and UTF-16 code units in Unicode."""

    encoding: Encoding
    units: int
    parts: int

    @property
    def most_units(self) -> int:
        """The largest size that AWS delivers in this encoding."""
        return MOST_UNITS[self.encoding]

    @property
    def deliverable(self) -> bool:
        """Whether AWS delivers a text of this size; a larger one ends as INVALID_MESSAGE."""
        return self.units <= self.most_units


def count_parts(text: str) -> Parts:
    """Measure a text as AWS does: one character outside the GSM alphabet makes it all Unicode."""
    encoding: Encoding = "GSM" if GSM_ALL.issuperset(text) else "Unicode"
    doubles = [position for position, char in enumerate(text) if _is_double(char, encoding)]
    units = len(text) + len(doubles)
    if units <= SINGLE_UNITS[encoding]:
        return Parts(encoding, units, 1)
    if not doubles:
        return Parts(encoding, units, -(-units // JOINED_UNITS[encoding]))
    return Parts(encoding, units, _pack(len(text), doubles, JOINED_UNITS[encoding]))


def outside_gsm(text: str) -> list[str]:
    """Return the characters, each once and in order, that make a text Unicode."""
    return list(dict.fromkeys(char for char in text if char not in GSM_ALL))


def _is_double(char: str, encoding: Encoding) -> bool:
    """Tell whether a character takes two units: a GSM escape pair, or a UTF-16 surrogate pair."""
    return char in GSM_EXTENDED if encoding == "GSM" else ord(char) > 0xFFFF


def _pack(length: int, doubles: list[int], room: int) -> int:
    """Count the parts when no two-unit character may be cut in half (positions in characters)."""
    wide = set(doubles)
    parts, used = 1, 0
    for position in range(length):
        width = 2 if position in wide else 1
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
