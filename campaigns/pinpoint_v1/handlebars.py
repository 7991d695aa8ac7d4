"""Texts of Amazon Pinpoint (Handlebars, aws-sms.md 10.3) as Liquid that renders the same. Pure.

A variable stays what it is. Where its place holds nothing, that of the same name is looked at
among the other attributes (`User.UserAttributes.FirstName`, `Attributes.FirstName`), then its
default. What Liquid cannot say exactly is a problem with its place in the text, and is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import available_timezones

from campaigns.pinpoint_v1 import handlebars_helpers, java_dates
from campaigns.pinpoint_v1.handlebars_helpers import CONDITIONS, FILTER
from campaigns.pinpoint_v1.handlebars_parsing import (
    STEP,
    Block,
    Expression,
    Literal,
    Node,
    NotHandlebars,
    Partial,
    Path,
    Show,
    Use,
    parse,
)
from campaigns.pinpoint_v1.liquid_terms import IDENTIFIER, Untranslatable, escaped, literal
from campaigns.pinpoint_v1.liquid_terms import path as path_in_liquid

INDEX = re.compile(r"\d+", re.ASCII)
RESERVED = frozenset(
    {"true", "false", "nil", "null", "empty", "blank", "and", "or", "not", "contains", "if", "else"}
)
ATTRIBUTES, USER_ATTRIBUTES = ("Attributes",), ("User", "UserAttributes")
OTHER_PLACE = {ATTRIBUTES: USER_ATTRIBUTES, USER_ATTRIBUTES: ATTRIBUTES}
PLAIN = frozenset(
    {
        *(("Address",), ("Id",), ("ChannelType",), ("User", "UserId")),
        *(("Location", name) for name in ("City", "Region", "PostalCode", "Country")),
        *(("Demographic", name) for name in ("Timezone", "Locale")),
    }
)
MOST_ITEMS = 15  # that Pinpoint's `each` goes through
DEEPEST = 5  # partials in partials
LOOPS = 2  # each within each: more would take for ever
LONGEST = 20_000  # characters
MOST_PIECES = 2_000  # of the text in Liquid, with what partials come to


@dataclass(frozen=True, slots=True)
class Problem:
    """What of a text cannot be translated, and where: line and column, from 1."""

    says: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.says} (line {self.line}, column {self.column})"


@dataclass(frozen=True, slots=True)
class Translated:
    """A text in Liquid; it may be used only where there are no problems."""

    body: str
    problems: tuple[Problem, ...] = ()


def translate(
    text: str, defaults: Mapping[str, str] | None = None, *, variables: bool = False
) -> Translated:
    """Return a text in Liquid.

    `defaults` are those of a template, by the variables' full paths. With `variables`, names of
    the caller's own (`{{code}}`) are taken as well; a campaign has nothing to fill them in with.
    """
    writer = _Writer(defaults or {}, variables=variables)
    if len(text) > LONGEST:
        return Translated("", (Problem(f"longer than {LONGEST} characters", 1, 1),))
    try:
        writer.write(parse(text))
    except NotHandlebars as problem:
        return Translated("", (Problem(str(problem), *problem.at),))
    return Translated("".join(writer.out), tuple(dict.fromkeys(writer.problems)))


class _Writer:
    """Writes Liquid piece by piece; what a tag needs beforehand is assigned before it."""

    def __init__(self, defaults: Mapping[str, str], *, variables: bool) -> None:
        self.out: list[str] = []
        self.problems: list[Problem] = []
        self._defaults = {_key(_steps(name)): value for name, value in defaults.items()}
        self._variables = variables
        self._names = 0
        self._partials: dict[str, list[Node]] = {}
        self._loops: list[str] = []
        self._depth = 0

    def write(self, nodes: list[Node]) -> None:
        """Write one node after the other."""
        for node in nodes:
            if isinstance(node, str):
                self.out.append(escaped(node))
                continue
            begun = len(self.out)
            if begun > MOST_PIECES:
                raise NotHandlebars(f"more than {MOST_PIECES} pieces", node.at)
            try:
                self._node(node)
            except Untranslatable as problem:
                del self.out[begun:]
                self.problems.append(Problem(str(problem), *node.at))

    def _node(self, node: Show | Block | Partial) -> None:
        if isinstance(node, Show):
            chain = self._chain(node.what)
            self.out.append(f"{{{{ {chain} }}}}")
        elif isinstance(node, Partial):
            self._partial(node)
        elif node.what.name == "each":
            self._each(node)
        elif node.what.name in CONDITIONS | {"unless"}:
            self._condition(node)
        else:
            raise Untranslatable(f"{{{{#{node.what.name}}}}} is not supported")

    def _partial(self, node: Partial) -> None:
        if node.body is not None:
            self._partials[node.name] = node.body
            return
        if node.name not in self._partials:
            raise Untranslatable(f"{{{{> {node.name}}}}} names no partial of this text")
        if self._depth == DEEPEST:
            raise Untranslatable(f"{{{{> {node.name}}}}} is within itself")
        self._depth += 1
        self.write(self._partials[node.name])
        self._depth -= 1

    def _condition(self, node: Block) -> None:
        what, body, otherwise = node.what, node.body, node.otherwise
        if what.name == "unless":
            what, body, otherwise = Use("if", what.given, what.named), otherwise, body
        if what.named:
            raise Untranslatable(f"{{{{#{what.name}}}}} takes no yes= and no= as a block")
        self.out.append(f"{{% if {self._assigned(what)} %}}")
        self.write(body)
        if otherwise:
            self.out.append("{% else %}")
            self.write(otherwise)
        self.out.append("{% endif %}")

    def _each(self, node: Block) -> None:
        if len(node.what.given) != 1 or node.what.named:
            raise Untranslatable("{{#each}} takes one list")
        if len(self._loops) == LOOPS:
            raise Untranslatable(f"{{{{#each}}}} stands more than {LOOPS} deep")
        chain = self._chain(node.what.given[0])
        found, one = self._name("list"), self._name("this")
        self.out.append(f"{{% assign {found} = {chain} | hb_items %}}")
        self.out.append(f"{{% for {one} in {found} limit:{MOST_ITEMS} %}}")
        self._loops.append(one)
        self.write(node.body)
        self._loops.pop()
        if node.otherwise:
            self.out.append("{% else %}")
            self.write(node.otherwise)
        self.out.append("{% endfor %}")

    def _chain(self, what: Expression) -> str:
        """Return an expression as a value with filters."""
        if isinstance(what, Literal):
            return literal(what.value)
        if isinstance(what, Path):
            return self._chain(Use("now", (), {})) if what.steps == ("now",) else self._path(what)
        handlebars_helpers.check(what)
        if what.name in {"dateFormat", "now"}:
            return self._date(what)
        chain = self._filtered(what)
        if what.name not in CONDITIONS:
            return chain
        words = {"yes": Literal(True), "no": Literal(False)} | what.named
        picked = ", ".join(self._simple(words[name]) for name in ("yes", "no"))
        return f"{chain} | hb_pick: {picked}" if what.named else chain

    def _filtered(self, what: Use) -> str:
        chain, name = self._head(what.given[0]), FILTER[what.name]
        named = {} if what.name in CONDITIONS else what.named
        rest = [self._simple(one) for one in what.given[1:]]
        rest += [f"{key}: {self._simple(value)}" for key, value in named.items()]
        return f"{chain} | {name}: {', '.join(rest)}" if rest else f"{chain} | {name}"

    def _date(self, what: Use) -> str:
        named = {name: _said(value) for name, value in what.named.items()}
        if what.name == "now":
            shows = _said(what.given[0]) if what.given else "medium"
            return f"{literal(_format(shows))} | hb_now: {literal(_zone(named.get('tz')))}"
        reads = ""
        if "inputFormat" in named:
            found = java_dates.as_strptime(named["inputFormat"])
            if found is None:
                raise Untranslatable(f"dates as “{named['inputFormat']}” cannot be read")
            reads = found
        shows = _format(named.get("outputFormat", "medium"))
        given = ", ".join(map(literal, (reads, shows, _zone(named.get("tz")))))
        return f"{self._head(what.given[0])} | hb_date: {given}"

    def _head(self, what: Expression) -> str:
        return self._assigned(what) if isinstance(what, Use) else self._chain(what)

    def _simple(self, what: Expression) -> str:
        """Return what a filter may be given: a literal or a name without filters."""
        chain = self._chain(what)
        return self._kept(chain) if "|" in chain and not isinstance(what, Literal) else chain

    def _assigned(self, what: Expression) -> str:
        return self._kept(self._chain(what))

    def _kept(self, chain: str) -> str:
        name = self._name("value")
        self.out.append(f"{{% assign {name} = {chain} %}}")
        return name

    def _name(self, what: str) -> str:
        self._names += 1
        return f"{what}_{self._names}"

    def _path(self, path: Path) -> str:
        steps = path.steps
        if self._loops and steps[:1] in {("this",), (".",)} and len(steps) == 1:
            return self._loops[-1]
        if self._loops and path.written in {"@index", "@first", "@last"}:
            return {"@index": "forloop.index0"}.get(path.written, f"forloop.{path.written[1:]}")
        for place in (ATTRIBUTES, USER_ATTRIBUTES, ("Metrics",)):
            size = len(place)
            if steps[:size] == place and len(steps) > size:
                index = steps[size + 1 :]
                if index and not (len(index) == 1 and INDEX.fullmatch(index[0])):
                    raise Untranslatable(f"{{{{{path.written}}}}} names nothing that is kept")
                return self._attribute(place, steps[size]) + _item(index)
        if steps in PLAIN:
            return self._with_default(steps, ".".join(steps), [])
        return self._own(path)

    def _attribute(self, place: tuple[str, ...], name: str) -> str:
        other = OTHER_PLACE.get(place)
        alternatives = [path_in_liquid((*other, name))] if other else []
        return self._with_default(
            (*place, name), path_in_liquid((*place, name)), alternatives, said=True
        )

    def _with_default(
        self, steps: tuple[str, ...], liquid: str, others: list[str], *, said: bool = False
    ) -> str:
        default = self._defaults.get(_key(steps))
        alternatives = [*others, *([literal(default)] if default is not None else [])]
        if alternatives:
            return f"{liquid} | otherwise: {', '.join(alternatives)}"
        return f"{liquid} | otherwise" if said else liquid

    def _own(self, path: Path) -> str:
        """Take a name of the caller's own, such as a code that SendMessages fills in."""
        name = path.steps[0] if path.steps else ""
        usable = IDENTIFIER.fullmatch(name) and name not in RESERVED
        whole = len(path.steps) == 1 or (len(path.steps) == 2 and path.steps[1] == "0")
        if self._variables and usable and whole:
            return self._with_default((name,), name, [], said=True) + _item(path.steps[1:])
        default = self._defaults.get(_key(path.steps))
        if default is not None:
            return literal(default)
        raise Untranslatable(f"{{{{{path.written}}}}} names nothing that is kept about people here")


def _steps(written: str) -> tuple[str, ...]:
    return tuple(one or two for one, two in STEP.findall(written))


def _key(steps: tuple[str, ...]) -> tuple[str, ...]:
    """Return by what a default is found: the path without the place in a list."""
    deep = len(steps) > 1 and (steps[:1] == ATTRIBUTES or steps[:2] == USER_ATTRIBUTES)
    longest = 2 if steps[:1] == ATTRIBUTES else 3
    return steps[:longest] if deep else steps


def _item(index: tuple[str, ...]) -> str:
    return f" | hb_item: {int(index[0])}" if index else ""


def _said(what: Expression) -> str:
    """Return a format or a zone, which stand in quotes or without."""
    if isinstance(what, Path):
        return what.written
    if isinstance(what, Literal) and isinstance(what.value, str):
        return what.value
    raise Untranslatable("a format or time zone must stand there as it is")


def _format(shows: str) -> str:
    if shows in {"full", "long", "medium", "short"} or java_dates.can_be_shown(shows):
        return shows
    raise Untranslatable(f"dates as “{shows}” cannot be shown")


def _zone(name: str | None) -> str:
    if name is None:
        return "UTC"
    if name not in available_timezones():
        raise Untranslatable(f"“{name}” is no time zone")
    return name
