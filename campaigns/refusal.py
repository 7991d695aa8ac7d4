"""How the engine and the actions say no to a person."""


class Refused(Exception):  # noqa: N818 - it is an answer, in words, for a person
    """What was asked is not possible now; the message says why and what to do."""
