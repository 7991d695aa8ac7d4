"""Values, paths and words as Liquid writes them. Pure."""

import re

BRACES = re.compile(r"\{[{%]|\{$")
IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Untranslatable(Exception):  # noqa: N818 - it is shown to a person
    """Why something cannot be said in Liquid."""


def literal(value: str | float | bool | None) -> str:
    """Return a value as it stands; quotes in Liquid have no escapes. Raises Untranslatable."""
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if '"' in value and "'" in value:
        raise Untranslatable(f"“{value}” has both kinds of quotes")
    if "\n" in value or "%}" in value or "}}" in value:
        raise Untranslatable(f"“{value}” has signs that a value cannot have")
    return f"'{value}'" if '"' in value else f'"{value}"'


def path(steps: tuple[str, ...]) -> str:
    """Return what leads to a value, step by step."""
    found = ""
    for step in steps:
        if IDENTIFIER.fullmatch(step):
            found += f".{step}" if found else step
        else:
            found += f"[{literal(step)}]"
    return found


def escaped(words: str) -> str:
    """Keep braces that mean nothing in Handlebars from meaning something in Liquid."""
    return BRACES.sub(lambda found: f'{{{{ "{found[0]}" }}}}', words)
