"""What the person at the terminal must know."""


class Trouble(Exception):  # noqa: N818 - it need not be anybody's error
    """Sendpoint cannot start, or cannot go on; the text says why and what to do."""
