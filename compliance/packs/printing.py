"""An evidence pack for people to read: a PDF."""

import io
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from compliance import evidence

FONT = "DejaVuSans"
FILE = Path(__file__).resolve().parents[1] / "fonts" / "DejaVuSans.ttf"
STYLES = {
    "title": ParagraphStyle("title", fontName=FONT, fontSize=17, leading=22, spaceAfter=10),
    "heading": ParagraphStyle(
        "heading",
        fontName=FONT,
        fontSize=12.5,
        leading=16,
        spaceBefore=12,
        spaceAfter=5,
        keepWithNext=True,
    ),
    "entry": ParagraphStyle(
        "entry", fontName=FONT, fontSize=9.5, leading=13, spaceBefore=7, keepWithNext=True
    ),
    "line": ParagraphStyle("line", fontName=FONT, fontSize=8.5, leading=12, leftIndent=10),
    "fine": ParagraphStyle(
        "fine", fontName=FONT, fontSize=6.5, leading=9, leftIndent=10, textColor="#555555"
    ),
}
Line = tuple[str, str]  # style, text


def as_pdf(content: dict[str, Any]) -> bytes:
    """Print a pack. Characters that the font lacks are printed by their number: U+1F6D1."""
    font = _font()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=LETTER,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=18 * mm,
        bottomMargin=20 * mm,
        title=_("Evidence of consent"),
        author=content["installation"],
    )

    def footer(canvas: Any, page: Any) -> None:
        canvas.setFont(FONT, 6.5)
        said = _("Checksum of the pack (SHA-256): {checksum} · page {page}")
        text = said.format(checksum=content["checksum"], page=page.page)
        canvas.drawString(18 * mm, 11 * mm, text)

    story = [Paragraph(_markup(text, font), STYLES[style]) for style, text in lines(content)]
    document.build(story, onFirstPage=footer, onLaterPages=footer)
    return out.getvalue()


def _font() -> TTFont:
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, FILE))
    return pdfmetrics.getFont(FONT)


def _markup(text: str, font: TTFont) -> str:
    known = font.face.charToGlyph
    shown = "".join(
        character if ord(character) in known or character == "\n" else f"[U+{ord(character):04X}]"
        for character in text
    )
    return escape(shown).replace("\n", "<br/>")


def lines(content: dict[str, Any]) -> Iterator[Line]:
    """Yield what is printed, each line with its style."""
    yield "title", _("Evidence of consent")
    yield "line", _("Number: {}").format(content["number"])
    if content["erased"]:
        yield "line", _("This person was erased. The ledger keeps the proof without the person.")
    yield "line", _("Made {at} by {who}.").format(at=content["made_at"], who=content["made_by"])
    yield "line", _("Why: {}").format(content["why"])
    yield from _now(content["consent"])
    yield "heading", _("What was agreed to and refused")
    words = {wording["sha256"]: wording["text"] for wording in content["wordings"]}
    for entry in content["consent"]["entries"]:
        yield from _entry(entry, words)
    if not content["consent"]["entries"]:
        yield "line", _("The ledger holds nothing about this number.")
    yield from _texts(content.get("texts", {}))
    yield "heading", _("Everything in order of time (UTC), newest first")
    for happened in content["timeline"]:
        yield "line", f"{happened['at']} · {happened['what']}"
    yield from _proof(content)


def _now(consent: dict[str, Any]) -> Iterator[Line]:
    yield "heading", _("What holds now")
    for standing in consent["consents"]:
        yield (
            "line",
            _("{program} ({kind}): {state} since {since}").format(
                program=standing["program__name"],
                kind=standing["message_class"],
                state=standing["state"],
                since=standing["since"],
            ),
        )
    for no in consent["opted_out"]:
        yield "line", _("Opted out of {scope} since {since}").format(**no)
    for listed in consent["suppression_list"]:
        yield "line", _("On the suppression list ({reason}) since {added_at}").format(**listed)
    if not any(consent[name] for name in ("consents", "opted_out", "suppression_list")):
        yield "line", _("No consent and no opt-out.")


def _entry(entry: dict[str, Any], words: dict[str, str]) -> Iterator[Line]:
    yield (
        "entry",
        _("Entry {number}: {words}").format(number=entry["number"], words=entry["in_words"]),
    )
    yield (
        "line",
        _("Done {happened}, recorded {recorded}").format(
            happened=entry["happened_at"], recorded=entry["recorded_at"]
        ),
    )
    for name, value in entry["evidence"].items():
        yield "line", f"{evidence.label(name)}: {_shown(value)}"
    for name in entry["missing_evidence"]:
        yield "line", _("{}: missing").format(evidence.label(name))
    for name in entry["erased_evidence"]:
        yield "line", _("{}: erased with the person").format(evidence.label(name))
    yield "fine", _("SHA-256 {}").format(entry["hash"])


def _shown(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _texts(texts: dict[str, Any]) -> Iterator[Line]:
    yield "heading", _("Texts to this number, and the decision that let each pass")
    for text in texts.get("sent", []):
        yield (
            "entry",
            _("Text {number}: {what}, {state}").format(
                number=text["number"], what=text["campaign"] or text["purpose"], state=text["state"]
            ),
        )
        yield "line", text["body"] or _("(no words: it never went, or they were erased)")
        yield (
            "line",
            _("Handed to AWS {at}, as {id}").format(
                at=text["handed_to_aws_at"] or _("never"), id=text["aws_id"] or "-"
            ),
        )
        yield "line", text["decision_in_words"]
        if text["body_sha256"]:
            yield "fine", _("SHA-256 of the words {}").format(text["body_sha256"])
    if not texts.get("sent"):
        yield "line", _("None is held.")
    yield "heading", _("Texts from this number")
    for text in texts.get("received", []):
        yield "line", f"{text['received_at']} · {text['body']}"
    if not texts.get("received"):
        yield "line", _("None is held.")


def _proof(content: dict[str, Any]) -> Iterator[Line]:
    chain = content["chain"]
    yield "heading", _("How this can be checked")
    yield "line", _("Head of the ledger: entry {entries}, {hash}").format(**chain["head"])
    if chain["from_entry"] is not None:
        said = (
            _("From entry {first} to the head, {count} entries, each follows the one before it.")
            if chain["unbroken_to_head"]
            else _("The chain is BROKEN between entry {first} and the head ({count} entries).")
        )
        yield "line", said.format(first=chain["from_entry"], count=chain["entries_walked"])
    yield "line", _("The file evidence.json beside this one holds every value exactly.")
    yield "fine", content["how_to_check"]
