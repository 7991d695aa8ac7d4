"""Links in a text: where they lead, and what carriers do not let pass. Pure."""

import functools
import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

FIELD = "\ue000"  # stands in a text for what a contact's field fills in
SCHEME = re.compile(r"\b(?:https?|ftp)\s*:\s*/\s*/+\s*(\S*)", re.IGNORECASE)
# Phones make links of bare names too. Dots have look-alikes that a browser takes for dots.
BARE = re.compile(
    r"(?<![\w@/.-])(?:[\w-]+@)?((?:[\w-]+[.。．｡])+[\w-]+(?::\d+)?(?:/\S*)?)", re.UNICODE
)
AUTHORITY_END = re.compile(r"[/?#\\]")
ADDRESS_WITH_MORE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/)")
TRAILING = ".,;:!?)]}'\"»”’"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it stands in the text, and the host that it leads to (ASCII, lower case)."""

    text: str
    host: str
    has_scheme: bool
    has_login: bool = False  # user:password@ before the host
    from_field: bool = False  # the host comes from a contact's field

    @property
    def is_address(self) -> bool:
        """Whether the host is a bare IP address, in any form that browsers understand."""
        return _is_address(self.host)

    @property
    def is_shortener(self) -> bool:
        """Whether it belongs to a public shortener, or to a name under one."""
        labels = self.host.split(".")
        return any(".".join(labels[n:]) in shorteners() for n in range(len(labels) - 1))

    @property
    def is_plausible(self) -> bool:
        """Whether the host can exist: names joined by dots, the last one not a number."""
        labels = self.host.split(".")
        whole = all(re.fullmatch(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?", one) for one in labels)
        return len(labels) > 1 and whole and len(labels[-1]) > 1 and not labels[-1].isdigit()

    @property
    def mixes_alphabets(self) -> bool:
        """Whether a name in it mixes Latin letters with look-alikes of another alphabet."""
        return any(mixes_alphabets(label) for label in _shown(self.host).split("."))


@functools.cache
def shorteners() -> frozenset[str]:
    """Return the registrable domains of public shorteners."""
    text = resources.files("compliance.data").joinpath("shorteners.txt").read_text()
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))


def find(text: str) -> list[Link]:
    """Return every link in a text, those without `https://` too."""
    return [*_with_scheme(text), *_bare(SCHEME.sub(" ", text))]


def _with_scheme(text: str) -> Iterator[Link]:
    for match in SCHEME.finditer(text):
        rest = match[1].rstrip(TRAILING)
        authority = AUTHORITY_END.split(rest, maxsplit=1)[0]
        _login, at, host = authority.rpartition("@")
        yield Link(match[0].rstrip(TRAILING), _host(host), True, bool(at), FIELD in host)


def _bare(text: str) -> Iterator[Link]:
    for match in BARE.finditer(text):
        if "@" in match[0]:  # an e-mail address
            continue
        written = match[1].rstrip(TRAILING)
        host = _host(AUTHORITY_END.split(written, maxsplit=1)[0])
        if not _is_address(host) or ADDRESS_WITH_MORE.match(written):  # 1.2.3.4 may be a version
            yield Link(written, host, False)


def _host(authority: str) -> str:
    """Bring a host into the form that name servers see: no port, ASCII, lower case, no end dot."""
    host = authority if authority.startswith("[") else authority.partition(":")[0]
    folded = unicodedata.normalize("NFKC", host).casefold().replace("。", ".").strip(".")
    try:
        return folded.encode("idna").decode()
    except UnicodeError:
        return folded


def _shown(host: str) -> str:
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host


def _is_address(host: str) -> bool:
    bare = host.strip("[]")
    try:
        ipaddress.ip_address(bare)
    except ValueError:  # browsers read 0x7f.1 and 2130706433 as addresses too
        labels = bare.split(".")
        return bool(bare) and all(re.fullmatch(r"0x[0-9a-f]+|\d+", label) for label in labels)
    return True


def mixes_alphabets(word: str) -> bool:
    """Tell whether a word has Latin letters beside Cyrillic or Greek ones that look the same."""
    names = {unicodedata.name(char, "").partition(" ")[0] for char in word if char.isalpha()}
    return "LATIN" in names and not names.isdisjoint({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
