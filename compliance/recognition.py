"""What a person's text asks for. Pure: the rules are data/intents.toml.

Errors are not equal: a stop that is taken for something else costs 500 to 1,500 dollars for each
text that follows it, a false one costs a contact. So what is unsure is held back until it is read.
"""

import enum
import functools
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

WRONG_NUMBER, LEGAL = "wrong_number", "legal"
CERTAIN, CLEAR, UNSURE = 1, 2, 3
CONFIDENCE = {CERTAIN: 1.0, CLEAR: 0.9, UNSURE: 0.5, 0: 0.0}
# Letters that carry their mark within them.
WHOLE_LETTERS = str.maketrans("łøđıŁØĐ", "lodiLOD")
LEET = str.maketrans("013457$", "oleasts")
CONTRACTION = re.compile(r"(?<=\w)'(m|s|t|re|ll|ve|d)\b")
SENTENCE = re.compile(r"([^.!?;\n…。！？؟،؛、,]*)([.!?;\n…。！？؟،؛、,]*)")
QUOTE = re.compile(r"[“\"«„「『](.+)[”\"»“」』]\s*\.?\s*$", re.DOTALL)
QUOTED_LINE = re.compile(r"^>.*$", re.MULTILINE)
LONG_ENOUGH_TO_BE_OURS = 12  # characters of a text of ours that are cut out when they come back


class Intent(enum.Enum):
    """What a person's text asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    YES = "yes"
    UNSURE = "unsure"  # may be a wish to stop: suppress first, have somebody read it
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was understood, and by which rule."""

    intent: Intent
    rule: str = ""
    language: str = ""
    tier: int = 0
    scope: str = "all"  # how far a stop reaches: all, marketing
    flags: frozenset[str] = frozenset()
    review: bool = False  # somebody should read it
    version: str = ""
    alone: bool = False  # the keyword is all that was said

    @property
    def confidence(self) -> float:
        """How sure that is, from 0 to 1."""
        return CONFIDENCE[self.tier]


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    language: str
    tier: int
    intent: Intent
    scope: str
    flags: frozenset[str]
    words: frozenset[str]
    leading: frozenset[str]
    pattern: re.Pattern[str] | None
    cased: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    version: str
    fillers: frozenset[str]
    not_typos: frozenset[str]
    typos: dict[str, str]
    reactions: re.Pattern[str]
    idioms: tuple[re.Pattern[str], ...]
    all: tuple[_Rule, ...]

    def of(self, *intents: Intent, tier: int) -> Iterator[_Rule]:
        return (rule for rule in self.all if rule.intent in intents and rule.tier == tier)


@dataclass(frozen=True, slots=True)
class _Segment:
    """One sentence, folded, and whether it is a question."""

    text: str
    asked: bool


def recognise(body: str, *, ours: Sequence[str] = (), names: Collection[str] = ()) -> Recognised:
    """Tell what a text asks for.

    `ours` are texts that we sent to this person, which a reaction may quote; `names` are those of
    our brands and programs, which people put beside a keyword.
    """
    said = _without_quotes(body, ours)
    segments = _segments(said)
    whole = " ".join(segment.text for segment in segments)
    allowed = rules().fillers | {word for name in names for word in fold(name).split()}
    found = (
        _certain(said, whole, allowed)
        or _both(segments, whole, allowed)
        or _clear(said, segments, allowed)
        or _unsure(said, segments)
    )
    return found or Recognised(Intent.OTHER, version=rules().version)


# --- the tiers ----------------------------------------------------------------------------------


def _certain(said: str, whole: str, allowed: Collection[str]) -> Recognised | None:
    signs = re.sub(r"[\s\ufe0f]+", "", said)
    for intent in (Intent.STOP, Intent.START, Intent.HELP, Intent.YES):
        for rule in rules().of(intent, tier=CERTAIN):
            words = whole.split()
            alone = bool({whole, signs} & rule.words or (words and rule.leading.issuperset(words)))
            if alone or _is_leading(words, rule, allowed):
                return replace(_found(rule), alone=alone)
    return _misspelt(whole)


def _is_leading(words: list[str], rule: _Rule, allowed: Collection[str]) -> bool:
    """Tell whether there is a keyword and nothing around it that changes what it says."""
    return not rule.leading.isdisjoint(words) and all(
        word in rule.leading or word in allowed or word.isdigit() for word in words
    )


def _misspelt(whole: str) -> Recognised | None:
    """A single word that is one slip away from STOP, and no word of its own."""
    if " " in whole or whole in rules().not_typos or not 3 <= len(whole) <= 6:
        return None
    if _one_slip(whole, "stop"):
        return Recognised(Intent.STOP, "en.misspelt", "en", CLEAR, version=rules().version)
    return None


def _one_slip(word: str, meant: str) -> bool:
    """Tell whether two words differ by one letter more, less, other, or changed in place."""
    if len(word) == len(meant):
        wrong = [n for n in range(len(word)) if word[n] != meant[n]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        return len(wrong) == 1 or (swapped and sorted(word) == sorted(meant))
    longer, shorter = (word, meant) if len(word) > len(meant) else (meant, word)
    return any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))


def _both(segments: list[_Segment], whole: str, allowed: Collection[str]) -> Recognised | None:
    """STOP and START in one text: a stop that somebody should read; as a question, unsure."""
    words = set(whole.split())
    starts = {word for rule in rules().of(Intent.START, tier=CERTAIN) for word in rule.words}
    stops = {word for rule in rules().of(Intent.STOP, tier=CERTAIN) for word in rule.leading}
    if not (words & starts and words & stops and words <= starts | stops | set(allowed)):
        return None
    asked = any(segment.asked for segment in segments)
    return Recognised(
        Intent.UNSURE if asked else Intent.STOP,
        "any.both",
        "any",
        UNSURE if asked else CLEAR,
        review=True,
        version=rules().version,
    )


def _clear(said: str, segments: list[_Segment], allowed: Collection[str]) -> Recognised | None:
    found = [rule for rule in rules().of(Intent.STOP, tier=CLEAR) if _matches(rule, said, segments)]
    alone = [
        rule
        for segment in segments
        for rule in rules().of(Intent.STOP, tier=CERTAIN)
        if not segment.asked and _is_leading(segment.text.split(), rule, allowed)
    ]
    if not found and not alone:
        return None
    first = (found or alone)[0]
    scopes = {rule.scope for rule in found}
    return Recognised(
        Intent.STOP,
        first.id,
        first.language,
        CLEAR,
        # The narrowest wish counts only where it is said outright.
        scope="marketing" if "marketing" in scopes else "all",
        flags=frozenset().union(*(rule.flags for rule in found)),
        version=rules().version,
    )


def _unsure(said: str, segments: list[_Segment]) -> Recognised | None:
    for rule in rules().of(Intent.UNSURE, tier=UNSURE):
        if _matches(rule, said, segments):
            return _found(rule)
    return None


def _matches(rule: _Rule, said: str, segments: list[_Segment]) -> bool:
    whole = " ".join(segment.text for segment in segments)
    if whole in rule.words or re.sub(r"[\s\ufe0f]+", "", said) in rule.words:
        return True
    if rule.pattern is None:
        return False
    if rule.cased:
        return rule.pattern.search(said) is not None
    return any(rule.pattern.search(_without_idioms(segment.text)) for segment in segments)


@functools.lru_cache(maxsize=1024)
def _without_idioms(text: str) -> str:
    for idiom in rules().idioms:
        text = idiom.sub(" | ", text)  # the bar keeps what stood around it apart
    return text


def _found(rule: _Rule) -> Recognised:
    return Recognised(
        rule.intent,
        rule.id,
        rule.language,
        rule.tier,
        rule.scope,
        rule.flags,
        rule.tier == UNSURE,
        rules().version,
    )


# --- what is compared ---------------------------------------------------------------------------


def fold(text: str) -> str:
    """Fold case, accents, widths, look-alikes and punctuation; what is left is words and spaces."""
    return " ".join(_token(token) for token in _tokens(_letters(text)))


def _letters(text: str) -> str:
    """Fold what makes no difference within a word; keep punctuation."""
    quotes = re.sub("[’‘`´ʼ＇]", "'", _unmarked(text))
    joined = CONTRACTION.sub(r"\1", quotes)
    return re.sub(r"(?<=\w)\*+(?=\w)", "", re.sub(r"\$(?=[a-z])", "s", joined))


def _unmarked(text: str) -> str:
    """Fold case, width and accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c) and not _is_hidden(c))
    return unicodedata.normalize("NFC", kept).translate(WHOLE_LETTERS).replace("æ", "ae")


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f"


def _tokens(text: str) -> list[str]:
    """Split into words; letters that stand alone in a row (s t o p) are one word."""
    spread = re.sub(r"\b(?:\w[\s.·_-]+){2,}\w\b", lambda m: re.sub(r"\W|_", "", m[0]), text)
    # Vowel signs of Indic scripts and Thai are marks, which \w leaves out.
    words = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in spread)
    return re.sub(r"\bopt out\b", "optout", " ".join(words.split())).split()


def _token(word: str) -> str:
    """Undo what people do to one word: repeated letters, digits for letters, known slips."""
    word = re.sub(r"([^\W\d])\1{2,}", r"\1", word)
    if re.search(r"\d", word) and re.search(r"[a-z]", word):
        plain = word.translate(LEET)
        word = plain if plain in rules().typos or plain in rules().typos.values() else word
    return rules().typos.get(word, word)


def _segments(said: str) -> list[_Segment]:
    """Cut a text into sentences, so that what two of them say is not read as one."""
    spread = re.sub(r"\b(?:\w[\s.]){2,}\w\b", lambda m: re.sub(r"\W", "", m[0]), _letters(said))
    found = [
        _Segment(text, "?" in end or "？" in end or "؟" in end)
        for part, end in SENTENCE.findall(spread)
        if (text := " ".join(_token(token) for token in _tokens(part)))
    ]
    return found or [_Segment("", False)]


def _without_quotes(body: str, ours: Sequence[str]) -> str:
    """Take our own words out of a text: in a reaction they would read as the person's."""
    said = unicodedata.normalize("NFC", body)
    for text in ours:
        piece = unicodedata.normalize("NFC", text).strip()
        if len(piece) >= LONG_ENOUGH_TO_BE_OURS and piece in said:
            said = said.replace(piece, " ")
    if (quote := QUOTE.search(said)) and _is_reaction(said[: quote.start()], quote[1], ours):
        said = said[: quote.start()]
    unquoted = QUOTED_LINE.sub("", said)
    return unquoted if unquoted.strip() else said


def _is_reaction(lead: str, quoted: str, ours: Sequence[str]) -> bool:
    """Tell whether a phone wrote this: Liked “...”, or a sign to “...”.

    People put their own words behind a mere sign, so there the quoted text must be one of ours.
    """
    plain = " ".join(re.sub(r"[^\w]+", " ", _letters(lead)).split())
    if rules().reactions.match(plain):
        return True
    signs = any(unicodedata.category(char) == "So" for char in lead)
    piece = quoted.rstrip(" .…")  # long texts are cut off
    if not signs or len(piece) < LONG_ENOUGH_TO_BE_OURS:
        return False
    return plain in {"to", "a", "auf", "zu"} or (
        plain == "" and any(piece in text for text in ours)
    )


# --- the rules ----------------------------------------------------------------------------------


@functools.cache
def rules() -> _Rules:
    """Load the rules, once."""
    text = resources.files("compliance.data").joinpath("intents.toml").read_text()
    data = tomllib.loads(text)
    return _Rules(
        version=data["version"],
        fillers=frozenset(data["fillers"]),
        not_typos=frozenset(data["not_typos"]),
        typos={slip: word for word, slips in data["typos"].items() for slip in [*slips, word]},
        reactions=re.compile("|".join(rf"{one}\b" for one in data["reactions"])),
        idioms=tuple(_pattern(one["patterns"], inside=False) for one in data["idiom"]),
        all=tuple(_rule(one) for one in data["rule"]),
    )


def _rule(data: dict[str, Any]) -> _Rule:
    cased = data.get("cased", False)
    patterns = data.get("patterns", [])
    return _Rule(
        id=data["id"],
        language=data["language"],
        tier=data["tier"],
        intent=Intent(data["intent"]),
        scope=data.get("scope", "all"),
        flags=frozenset(data.get("flags", ())),
        words=frozenset(_plain(word) for word in data.get("words", ())),
        leading=frozenset(data.get("leading", ())),
        pattern=_pattern(patterns, inside=data.get("inside", False), cased=cased)
        if patterns
        else None,
        cased=cased,
    )


def _plain(word: str) -> str:
    """Fold a word of the rules as a text is, without undoing slips; signs stay as they are."""
    return " ".join(_tokens(_letters(word))) or word


def _pattern(sources: list[str], *, inside: bool, cased: bool = False) -> re.Pattern[str]:
    folded = sources if cased else [_unmarked(source) for source in sources]
    if inside:
        return re.compile("|".join(folded))
    return re.compile("|".join(rf"(?<!\w)(?:{source})(?!\w)" for source in folded))
