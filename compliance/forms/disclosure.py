"""What a sign-up page says, and what it must say before people can agree to it."""

import hashlib
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    """Everything a sign-up page says. The template prints these and nothing else of weight."""

    heading: str
    sends: str
    agreement: str
    sent_from: str
    terms_url: str
    privacy_url: str

    def text(self) -> str:
        """Return the page as one text: what is kept, and hashed, as the words somebody saw."""
        return "\n".join(
            [
                self.heading,
                self.sends,
                f"[ ] {self.agreement}",
                _("Texts come from {}.").format(self.sent_from),
                _("Terms: {}").format(self.terms_url),
                _("Privacy policy: {}").format(self.privacy_url),
            ]
        )

    def sha256(self) -> str:
        """Return the hash under which the ledger keeps the text."""
        return hashlib.sha256(self.text().encode()).hexdigest()


# compliance.md 4.1: what a call to action says (CTIA principles, short code handbook, registry
# decline codes 803, 804, 806), and 1.3 and 1.4 (47 CFR 64.1200(f)(9), (a)(10)).
FREQUENCY = re.compile(
    r"freq|recurring|\b(daily|weekly|monthly)\b"
    r"|\b(msgs?|messages?|texts?)\s*(/|per|a|each|every)\s*(day|week|month|mo|wk)\b",
    re.I,
)
RATES = re.compile(r"\b(msgs?|messages?)\s*(&|and)\s*data\s+rates\b", re.I)
HELP = re.compile(r"\bHELP\b")
STOP = re.compile(r"\bSTOP\b")
PURCHASE = re.compile(
    r"\bnot\b[^.]{0,40}\b(condition|required?|necessary)\b|\bno purchase\b[^.]{0,20}", re.I
)
EXCLUSIVE = re.compile(r"\bonly (way|method|means)\b", re.I)


def missing(words: Words, *, brand: str) -> list[str]:
    """Return, in whole sentences, what the page must say and does not. Empty when it is whole."""
    text = words.agreement
    wrong = [
        (not text, _("Write the words beside the checkbox.")),
        (brand.casefold() not in text.casefold(), _("Name the brand: {}.").format(brand)),
        (not words.sends, _("Say what is sent, in the program's description.")),
        (not words.sent_from, _("Say which number or short code the texts come from.")),
        (not FREQUENCY.search(text), _("Say how often: “Msg frequency varies.”")),
        (not RATES.search(text), _("Say what it costs: “Msg & data rates may apply.”")),
        (not HELP.search(text), _("Say how to get help: “Reply HELP for help.”")),
        (not STOP.search(text), _("Say how to stop: “Reply STOP to opt out.”")),
        (
            bool(EXCLUSIVE.search(text)),
            _("Do not call STOP the only way: people may stop in any reasonable way."),
        ),
        (
            not PURCHASE.search(text),
            _("Say that nobody has to: “Consent is not a condition of purchase.”"),
        ),
        (not words.terms_url, _("Link the terms.")),
        (not words.privacy_url, _("Link the privacy policy.")),
    ]
    return [str(sentence) for is_wrong, sentence in wrong if is_wrong]
