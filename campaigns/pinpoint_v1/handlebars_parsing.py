"""Handlebars as Amazon Pinpoint's templates have it, read into a tree (aws-sms.md 10.3). Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ESCAPED = "\\"
STRING = r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'"
WORD = r"(?:@|\.\./)?(?:\[[^\]]*\]|[^\s\"'()=|\[\]])+"
TOKEN = re.compile(rf"\s+|(?P<string>{STRING})|(?P<sign>[()=|])|(?P<word>{WORD})")
STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
DEEPEST = 20  # blocks in blocks, and parentheses in parentheses
CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}
BLOCK_OPENS, BLOCK_CLOSES = "#", "/"


class NotHandlebars(ValueError):  # noqa: N818 - it is shown to a person
    """What is wrong with a text's signs, and where: (line, column), from 1."""

    def __init__(self, message: str, at: tuple[int, int]) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, truth value or nothing, as it stands."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True)
class Path:
    """What a variable names, step by step."""

    steps: tuple[str, ...]
    written: str


@dataclass(frozen=True, slots=True)
class Use:
    """A helper with what it is given."""

    name: str
    given: tuple["Expression", ...]
    named: dict[str, "Expression"]


Expression = Literal | Path | Use


@dataclass(slots=True)
class Show:
    """`{{expression}}`."""

    what: Expression
    at: tuple[int, int]


@dataclass(slots=True)
class Block:
    """`{{#name …}}body{{else}}otherwise{{/name}}`."""

    what: Use
    at: tuple[int, int]
    body: list["Node"] = field(default_factory=list)
    otherwise: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Partial:
    """`{{> name}}`; or, with a body, `{{#* inline "name"}}body{{/inline}}`."""

    name: str
    at: tuple[int, int]
    body: list["Node"] | None = None


Node = str | Show | Block | Partial


@dataclass(frozen=True, slots=True)
class _Tag:
    inner: str
    at: tuple[int, int]


def parse(text: str) -> list[Node]:
    """Return the tree of a text. Raises NotHandlebars."""
    reader = _Reader(list(_pieces(text)))
    nodes, stop = reader.nodes()
    if stop is not None:
        raise NotHandlebars(f"{{{{{stop.inner}}}}} closes nothing", stop.at)
    return nodes


def _pieces(text: str) -> Iterator[str | _Tag]:
    """Split into words and tags; `~` trims the words beside it, comments vanish."""
    pieces: list[str | _Tag] = []
    trims = False
    for piece in _raw(text):
        if isinstance(piece, str):
            pieces.append(piece.lstrip() if trims else piece)
            continue
        inner = piece.inner
        last = pieces[-1] if pieces else None
        if inner.startswith("~") and isinstance(last, str):
            pieces[-1] = last.rstrip()
        trims = inner.endswith("~") and len(inner) > 1
        inner = inner.removeprefix("~").removesuffix("~").strip()
        if not inner.startswith("!"):
            pieces.append(_Tag(inner, piece.at))
    yield from pieces


def _raw(text: str) -> Iterator[str | _Tag]:
    begin = 0
    while (start := text.find("{{", begin)) >= 0:
        at = (text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1)
        if start and text[start - 1] == ESCAPED:  # \{{ is two braces and no tag
            yield text[begin : start - 1] + "{{"
            begin = start + 2
            continue
        yield text[begin:start]
        inner, begin = _inner(text, start, at)
        yield _Tag(inner, at)
    yield text[begin:]


def _inner(text: str, start: int, at: tuple[int, int]) -> tuple[str, int]:
    """Return what stands in the tag that begins at `start`, and where the text goes on."""
    kinds = (("{{!--", "--}}"), ("{{~!--", "--}}"), ("{{{", "}}}"), ("{{", "}}"))
    opens, closes = next(kind for kind in kinds if text.startswith(kind[0], start))
    spot = start + len(opens)
    comment = "!" in opens or text.startswith("!", spot)
    while (end := text.find(closes, spot)) >= 0:
        inner = text[start + len(opens) : end]
        if comment:
            return "!", end + len(closes)
        if not _within_quotes(inner):
            return inner.removeprefix("&"), end + len(closes)
        spot = end + 1
    raise NotHandlebars(f"{opens} has no {closes}", at)


def _within_quotes(inner: str) -> bool:
    quote = ""
    for place, sign in enumerate(inner):
        if quote:
            if sign == quote and inner[place - 1] != ESCAPED:
                quote = ""
        elif sign in "\"'":
            quote = sign
    return bool(quote)


class _Reader:
    """Takes piece after piece, block within block."""

    def __init__(self, pieces: list[str | _Tag]) -> None:
        self._pieces, self._next, self._depth = pieces, 0, 0

    def nodes(self) -> tuple[list[Node], _Tag | None]:
        """Return what comes until a tag that closes or divides a block, and that tag."""
        found: list[Node] = []
        while self._next < len(self._pieces):
            piece = self._pieces[self._next]
            self._next += 1
            if isinstance(piece, str):
                found += [piece] if piece else []
            elif piece.inner.startswith(BLOCK_CLOSES) or _divides(piece.inner):
                return found, piece
            else:
                found.append(self._node(piece))
        return found, None

    def _node(self, tag: _Tag) -> Node:
        inner = tag.inner
        if inner.startswith(">"):
            return Partial(inner[1:].strip(), tag.at)
        if inner.startswith(BLOCK_OPENS):
            opened = inner[1:].strip()
            if opened.startswith("*"):
                return self._partial(opened[1:].strip(), tag)
            what = _use(opened, tag.at)
            return self._block(Block(what, tag.at), what.name)
        if inner.startswith("^"):
            raise NotHandlebars(f"{{{{{inner}}}}} is not supported", tag.at)
        return Show(_expression(inner, tag.at), tag.at)

    def _partial(self, opened: str, tag: _Tag) -> Partial:
        if self._depth:
            raise NotHandlebars("a partial is defined within a block", tag.at)
        what = _use(opened, tag.at)
        named = what.given[0] if len(what.given) == 1 else None
        if what.name != "inline" or not isinstance(named, Literal):
            raise NotHandlebars(f"{{{{{tag.inner}}}}} is not supported", tag.at)
        body, stop = self.nodes()
        _check_closed(stop, "inline", tag)
        return Partial(str(named.value), tag.at, body)

    def _block(self, block: Block, closes: str) -> Block:
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotHandlebars(f"blocks stand more than {DEEPEST} deep", block.at)
        self._fill(block, closes)
        self._depth -= 1
        return block

    def _fill(self, block: Block, closes: str) -> None:
        block.body, stop = self.nodes()
        if stop is not None and _divides(stop.inner):
            further = stop.inner.removeprefix("else").removeprefix("^").strip()
            if further:  # {{else if …}} closes with the block that it is within
                inner = Block(_use(further, stop.at), stop.at)
                block.otherwise = [self._block(inner, closes)]
                return
            block.otherwise, stop = self.nodes()
        _check_closed(stop, closes, _Tag(f"#{closes}", block.at))


def _check_closed(stop: _Tag | None, name: str, opened: _Tag) -> None:
    if stop is None or stop.inner.removeprefix(BLOCK_CLOSES).strip() != name:
        raise NotHandlebars(f"{{{{{opened.inner}}}}} is not closed by {{{{/{name}}}}}", opened.at)


def _divides(inner: str) -> bool:
    return inner == "^" or inner == "else" or inner.startswith("else ")


def _use(inner: str, at: tuple[int, int]) -> Use:
    """Read what a block opens with: a helper, even if it is given nothing."""
    found = _expression(inner, at)
    if isinstance(found, Path):
        return Use(found.written, (), {})
    if isinstance(found, Literal):
        raise NotHandlebars(f"{{{{#{inner}}}}} names no helper", at)
    return found


def _expression(inner: str, at: tuple[int, int]) -> Expression:
    tokens = _tokens(inner, at)
    if tokens.count("(") > DEEPEST:
        raise NotHandlebars(f"“{inner[:40]}…” has more than {DEEPEST} parentheses", at)
    found = _call(tokens, at)
    if tokens:
        raise NotHandlebars(f"“{inner}” has a sign too many: {tokens[0]}", at)
    return found


def _tokens(inner: str, at: tuple[int, int]) -> list[str]:
    tokens, spot = [], 0
    while spot < len(inner):
        match = TOKEN.match(inner, spot)
        if match is None:
            raise NotHandlebars(f"“{inner}” cannot be read", at)
        if match.lastgroup:
            tokens.append(match[0])
        spot = match.end()
    return tokens


def _call(tokens: list[str], at: tuple[int, int]) -> Expression:
    """Take a helper with all that it is given, up to a closing parenthesis or the end."""
    if not tokens or tokens[0] in {")", "=", "|"}:
        raise NotHandlebars("A tag is empty", at)
    first = tokens.pop(0)
    given: list[Expression] = []
    named: dict[str, Expression] = {}
    while tokens and tokens[0] != ")":
        if len(tokens) > 1 and tokens[1] == "=":
            name = tokens.pop(0)
            del tokens[0]
            named[name] = _one(tokens, at)
        else:
            given.append(_one(tokens, at))
    if not given and not named:
        return _one([first], at)
    return Use(first, tuple(given), named)


def _one(tokens: list[str], at: tuple[int, int]) -> Expression:
    if not tokens:
        raise NotHandlebars("Something is missing after =", at)
    token = tokens.pop(0)
    if token == "(":  # noqa: S105 - a sign
        found = _call(tokens, at)
        if not tokens:
            raise NotHandlebars("A parenthesis is not closed", at)
        del tokens[0]
        return found
    if token in {")", "=", "|"}:
        raise NotHandlebars(f"{token} stands where nothing can", at)
    if token[0] in "\"'":
        return Literal(re.sub(r"\\(.)", r"\1", token[1:-1]))
    if NUMBER.fullmatch(token):
        return Literal(float(token) if "." in token else int(token))
    if token in CONSTANTS:
        return Literal(CONSTANTS[token])
    return Path(tuple(one or two for one, two in STEP.findall(token)), token)
