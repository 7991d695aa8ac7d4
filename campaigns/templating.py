"""Rendering a campaign's text for one person, with Liquid."""

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import liquid
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.comment_tag import CommentNode
from liquid.exceptions import LiquidError

from campaigns.pinpoint_v1.filters import FILTERS
from compliance.links import FIELD
from pinpoint.parts import Parts, count_parts

MAX_CHARACTERS = {"GSM": 1530, "Unicode": 630}  # aws-sms.md 8.4
OF_PEOPLE = ("Attributes.", "User.UserAttributes.", "Metrics.")
_environment = liquid.Environment(strict_filters=True)
for _name, _filter in FILTERS.items():
    _environment.add_filter(_name, _filter)
# Nodes are asked for their children without a rendering going on: no partials are loaded.
_NO_CONTEXT = liquid.RenderContext(_environment.from_string(""))


class TemplateProblem(ValueError):  # noqa: N818 - it is shown to a person
    """What is wrong with a template, in words."""


@functools.lru_cache(maxsize=256)
def _parse(body: str) -> liquid.BoundTemplate:
    return _environment.from_string(body)


def check(body: str, known: Collection[str], *, own: bool = False) -> None:
    """Raise TemplateProblem if the text does not parse, names an unknown field or is too long.

    `known` holds the merge fields that exist, such as `User.UserAttributes.FirstName`. With `own`,
    names that only a program fills in (`{{ code | otherwise }}`) are taken too.
    """
    if not body.strip():
        raise TemplateProblem("The text is empty.")
    try:
        analysis = _parse(body).analyze()
        literal = render(body, {})
    except LiquidError as error:
        raise TemplateProblem(f"The text does not parse: {_words(error)}") from error
    excused = set(_excused(_parse(body).nodes))
    for variables in analysis.globals.values():
        for variable in variables:
            path = ".".join(str(segment) for segment in variable.segments)
            may_lack = variable.span.index in excused and (own or path.startswith(OF_PEOPLE))
            if path not in known and not may_lack:
                raise TemplateProblem(_unknown(path, known))
    # What is over the limit before any field is filled in cannot be right.
    if problem := length_problem(count_parts(literal)):
        raise TemplateProblem(problem)


def _excused(nodes: Iterable[Node]) -> Iterator[int]:
    """Yield where fields stand that nobody need have: `otherwise` says what to print instead."""
    for node in nodes:
        for expression in node.expressions():
            filters = expression.filters if isinstance(expression, FilteredExpression) else None
            if any(one.name == "otherwise" for one in filters or ()):
                for part in expression.children():
                    if isinstance(part, Path):
                        yield part.token.start_index
        yield from _excused(node.children(_NO_CONTEXT, include_partials=False))


def fields(body: str) -> list[str]:
    """Return the merge fields that a text names, in order. The text must parse."""
    found = (
        ".".join(str(segment) for segment in variable.segments)
        for variables in _parse(body).analyze().globals.values()
        for variable in variables
    )
    return list(dict.fromkeys(found))


def render(body: str, fields: Mapping[str, Any]) -> str:
    """Render the text for one person; a missing value renders as nothing."""
    return _parse(body).render(**fields)


QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")


def literal(body: str) -> tuple[str, str]:
    """Return the words that everybody gets, and those that anybody may get.

    FIELD stands for what a contact's field fills in. Words within a condition are only in the
    second: an opt-out sentence that some do not get is none. The text must parse.
    """
    pieces = [piece for node in _parse(body).nodes for piece in _literals(node, everybody=True)]
    always = "".join(words for words, everybody in pieces if everybody)
    return always, "".join(words for words, _ in pieces)


def _literals(node: Node, *, everybody: bool) -> Iterator[tuple[str, bool]]:
    """Yield (words, whether everybody gets them), in order."""
    if isinstance(node, ContentNode):
        yield node.text, everybody
    elif isinstance(node, OutputNode):
        yield FIELD, everybody
        # A word in quotes that a filter puts together with others is found this way too.
        yield "".join(one or two for one, two in QUOTED.findall(str(node))), False
    elif not isinstance(node, CommentNode):
        tag = str(node).partition("%}")[0]
        if not node.children(_NO_CONTEXT, include_partials=False):  # assign and its like
            yield "".join(one or two for one, two in QUOTED.findall(tag)), False
        for child in node.children(_NO_CONTEXT, include_partials=False):
            yield from _literals(child, everybody=False)


def length_problem(parts: Parts) -> str:
    """Say what is wrong with a text of this size, or nothing."""
    most = MAX_CHARACTERS[parts.encoding]
    if parts.units <= most:
        return ""
    return (
        f"The text has {parts.units} characters; with its characters ({parts.encoding}) "
        f"AWS sends at most {most}."
    )


def _unknown(path: str, known: Collection[str]) -> str:
    last = path.rsplit(".", 1)[-1].casefold()
    similar = sorted(name for name in known if name.rsplit(".", 1)[-1].casefold() == last)
    hint = f" Did you mean {{{{{similar[0]}}}}}?" if similar else " No contact has such a field."
    return f"The text names {{{{{path}}}}}, which is not known.{hint}"


def _words(error: LiquidError) -> str:
    line = getattr(error, "lineno", None)
    message = str(error.args[0]) if error.args else str(error)
    return f"{message} (line {line})" if line else message
