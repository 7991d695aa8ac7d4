"""What the words of a text tell before it may go out. Pure: the rules are data/content.toml."""

import enum
import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

import phonenumbers
from django.utils.translation import gettext as _

from compliance import links
from compliance.links import FIELD, Link
from pinpoint.parts import count_parts, outside_gsm

# Characters that nobody sees; carriers take them for an attempt to slip past their filters.
# Emoji need the joiner (between two symbols) and the variation selector, so those may stand there.
JOINER, SELECTOR = "\u200d", "\ufe0f"
SPINTAX = re.compile(r"\{[^{}]*\|[^{}]*\}|\[[^\[\]]*\|[^\[\]]*\]")
PHONE = re.compile(
    r"(?<![\w/.=-])(?:\+\d|\(\d|\d(?=\d{9})|\d{1,4}[ .-])(?:[ ().-]{0,2}\d){5,13}(?!\w)"
)
DATE = re.compile(r"\d{4}[.-]\d{1,2}[.-]\d{1,2}|\d{1,2}[.-]\d{1,2}[.-]\d{4}")
SHOUTED = re.compile(r"[!?]{3,}")


class Weight(enum.Enum):
    """What becomes of a text with such a finding."""

    REFUSED = "refused"  # it must be changed
    SIGN_OFF = "sign_off"  # it may stay if somebody vouches for it, with name and reason
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in a text: the rule, how much it weighs, a sentence, and the words it is about."""

    rule: str
    weight: Weight
    says: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    weight: Weight
    says: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    version: str
    opt_out: re.Pattern[str]
    promotional: re.Pattern[str]
    words: tuple[_Rule, ...]


@functools.cache
def rules() -> _Rules:
    """Load the rules, once."""
    text = resources.files("compliance.data").joinpath("content.toml").read_text()
    data = tomllib.loads(text)
    return _Rules(
        version=data["version"],
        opt_out=_pattern(data["opt_out"]),
        promotional=_pattern(data["promotional"]),
        words=tuple(_rule(one) for one in data["rule"]),
    )


def _rule(data: dict[str, Any]) -> _Rule:
    return _Rule(data["id"], Weight(data["weight"]), data["says"], _pattern(data["patterns"]))


def _pattern(sources: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w)(?:{source.strip()})(?!\w)" for source in sources))


def examine(
    text: str, *, promotional: bool, brand: str, always: str | None = None, country: str = "US"
) -> list[Finding]:
    """Return what is to be said of a text.

    `always` is the part that every recipient gets, where the text has parts that some do not get;
    FIELD stands for what a contact's field fills in. `country` is where phone numbers in it are.
    """
    everyone = text if always is None else always
    return [
        *_required(everyone, promotional=promotional, brand=brand),
        *_words(text, promotional=promotional),
        *_hidden(text),
        *_links(text),
        *_phones(text, country),
        *_loud(text),
        *_size(text),
    ]


def folded(text: str) -> str:
    """Fold case, accents, widths and punctuation, so that one pattern finds all ways to write it.

    Signs that carry meaning (% $ = :) stay.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in plain if not unicodedata.combining(c) and not _is_invisible(c))
    return " ".join(re.sub(r"[^\w%$=:]+", " ", unicodedata.normalize("NFC", kept)).split())


def _required(text: str, *, promotional: bool, brand: str) -> Iterator[Finding]:
    plain = folded(text.replace(FIELD, " "))
    if promotional and not rules().opt_out.search(plain):
        yield Finding(
            "no_opt_out",
            Weight.REFUSED,
            _("A promotional text must say how to leave, for example “Reply STOP to opt out.”"),
        )
    name = folded(brand)
    if not name or not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain):
        # The carriers' rules want it in each text (compliance.md 4.1), the law in the first one:
        # the confirmation of an opt-in, which does name it. So it is said, and holds nothing up.
        words = _("It does not name the brand: {}.").format(brand)
        yield Finding("no_brand", Weight.WARNING, words)


def _words(text: str, *, promotional: bool) -> Iterator[Finding]:
    plain = folded(text)
    for rule in rules().words:
        if match := rule.pattern.search(plain):
            yield Finding(rule.name, rule.weight, _(rule.says), match[0])
    if not promotional and (match := rules().promotional.search(plain)):
        yield Finding(
            "mixed",
            Weight.SIGN_OFF,
            _("It reads like an offer; a text that mixes both kinds is promotional."),
            match[0],
        )


def _hidden(text: str) -> Iterator[Finding]:
    if hidden := sorted(
        {c for n, c in enumerate(text) if _is_invisible(c) and not _joins(text, n)}
    ):
        yield Finding(
            "invisible",
            Weight.REFUSED,
            _("It holds characters that nobody sees; carriers take them for filter evasion."),
            " ".join(f"U+{ord(char):04X}" for char in hidden),
        )
    if match := SPINTAX.search(text):
        yield Finding(
            "spintax",
            Weight.REFUSED,
            _("Texts that vary by themselves are taken for filter evasion."),
            match[0],
        )
    for word in re.findall(r"\w+", text):
        if links.mixes_alphabets(word) or _is_styled(word):
            yield Finding(
                "look_alike",
                Weight.REFUSED,
                _("Letters of another alphabet stand in for Latin ones; carriers filter that."),
                word,
            )
            return


def _is_invisible(char: str) -> bool:
    # Cf: zero-width and direction marks, tags; Cc: controls other than a line break.
    category = unicodedata.category(char)
    return (
        (category in {"Cf", "Cc"} and char not in "\n\r\t")
        or char in "\u034f\u115f\u1160\u3164\uffa0\u2800"
        or (0xFE00 <= ord(char) <= 0xFE0E)
        or (0xE0100 <= ord(char) <= 0xE01EF)
    )


def _joins(text: str, position: int) -> bool:
    """Tell whether a joiner stands between two symbols, as within one emoji, or letters need it."""
    around = text[max(0, position - 2) : position] + text[position + 1 : position + 2]
    return text[position] == JOINER and any(unicodedata.category(c) in {"So", "Sk"} for c in around)


def _is_styled(word: str) -> bool:
    """Tell whether a word is written in mathematical or enclosed letters."""
    return any("MATHEMATICAL" in unicodedata.name(c, "") or "\u24b6" <= c <= "\u24e9" for c in word)


def _links(text: str) -> Iterator[Finding]:
    for link in links.find(text):
        if problem := _link_problem(link):
            rule, weight, says = problem
            yield Finding(rule, weight, says, link.text.replace(FIELD, "…"))


def _link_problem(link: Link) -> tuple[str, Weight, str] | None:
    if link.is_shortener:
        words = _("Carriers block public link shorteners; use a link of your own domain.")
        return "shortener", Weight.REFUSED, words
    if link.has_login:
        return "login_in_link", Weight.REFUSED, _("A link must not hold a user name or a password.")
    if link.is_address:
        return "address_link", Weight.REFUSED, _("A link must name a domain, not an IP address.")
    if link.mixes_alphabets:
        return "look_alike_link", Weight.REFUSED, _("The domain mixes letters of two alphabets.")
    if link.from_field:
        words = _("The domain of this link comes from a field, so it cannot be checked.")
        return "field_link", Weight.SIGN_OFF, words
    if link.has_scheme and not link.is_plausible:
        return "broken_link", Weight.REFUSED, _("This link leads nowhere.")
    return None


def _phones(text: str, country: str) -> Iterator[Finding]:
    without_links = links.SCHEME.sub(" ", text)
    for match in PHONE.finditer(without_links):
        if DATE.fullmatch(match[0]):
            continue
        try:
            number = phonenumbers.parse(match[0], country)
        except phonenumbers.NumberParseException:
            continue
        if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
            says = _("If this is meant to be a phone number, nobody can call it.")
            yield Finding("phone", Weight.WARNING, says, match[0])


def _loud(text: str) -> Iterator[Finding]:
    letters = [char for char in text if char.isalpha()]
    if len(letters) > 20 and sum(char.isupper() for char in letters) > 0.7 * len(letters):
        yield Finding("capitals", Weight.WARNING, _("Texts in capitals are often filtered."))
    if match := SHOUTED.search(text):
        yield Finding(
            "shouting", Weight.WARNING, _("Repeated punctuation is often filtered."), match[0]
        )


def _size(text: str) -> Iterator[Finding]:
    """Name the characters that make it Unicode, and what they cost."""
    body = text.replace(FIELD, "")
    culprits = outside_gsm(body)
    if not culprits:
        return
    now = count_parts(body).parts
    without = count_parts("".join(c for c in body if c not in culprits)).parts
    if now == without:
        says = _("These characters make every part hold 70 characters instead of 160.")
    else:
        says = _(
            "These characters make the text {} parts instead of {}; each part is paid."
        ).format(now, without)
    yield Finding("unicode", Weight.WARNING, says, " ".join(culprits))


def cost_of_an_emoji(text: str) -> tuple[int, int]:
    """Return the parts of a text as it is, and with one emoji at its end."""
    body = text.replace(FIELD, "")
    return count_parts(body).parts, count_parts(body + "🎉").parts
