"""Phone numbers hidden from those who may not see them (`contacts.see_numbers`). Pure."""

import re
from collections.abc import Collection

TYPED = "typed_numbers"  # said of a request: the numbers that its sender wrote a moment ago
KEPT_BEFORE, KEPT_AFTER = 2, 2  # of a number in E.164: +1•••••••••87
# A number in E.164, as it is or as addresses have it, and North American ones as people write them.
NUMBER = re.compile(
    r"(?<![\w+])(?:\+|%2B|_2B|&\#43;|\\u002B)[1-9]\d{6,14}(?!\d)"
    r"|(?<![\w.+/-])(?:1[ .-]?)?\(?[2-9]\d\d\)?[ .-]{0,2}[2-9]\d\d[ .-]?\d{4}(?![\w.-]*\w)",
    re.IGNORECASE,
)


def masked(number: str) -> str:
    """Return a number of which country and end alone are left."""
    hidden = len(number) - KEPT_BEFORE - KEPT_AFTER
    return f"{number[:KEPT_BEFORE]}{'•' * hidden}{number[-KEPT_AFTER:]}"


def mask(text: str, known: Collection[str] = ()) -> str:
    """Hide every number in a text but those that its reader knows: our own, and what they typed."""
    return NUMBER.sub(lambda found: _unless_known(found.group(), known), text)


def _unless_known(number: str, known: Collection[str]) -> str:
    digits = re.sub(r"%2B|_2B|&#43;|\\u002B|\D", "", number, flags=re.IGNORECASE)
    if digits in known or f"1{digits}" in known:
        return number
    return masked(f"+{digits}") if len(digits) != 10 else masked(f"+1{digits}")
