"""What of a registration would likely be declined, said before it is handed in. Pure.

The codes are the registry's (compliance.md 5.4). Nothing here decides: reviewers do.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance import content, links

Values = Mapping[str, str]  # field path -> what was said; several choices joined by a comma
SAMPLE = re.compile(r"messageSamples\.")
MARKETING = frozenset({"MARKETING", "MIXED", "LOW_VOLUME", "PROMOTIONS_AND_MARKETING"})
# Finding of compliance/content.py -> the code that reviewers would give it.
CODES = {
    "cannabis": "701", "firearms": "702", "sex": "703", "gambling": "704", "hate": "705",
    "alcohol": "706", "tobacco": "707", "third_party_leads": "708", "high_risk_finance": "709",
    "no_brand": "601", "shortener": "601",
}  # fmt: skip
# What an answer to an opt-in, and a call to opt in, must name; lower case, any of each.
NAMED = {
    "HELP": ("help",),
    "STOP": ("stop",),
    gettext_lazy("how often texts come"): ("freq", "month", "week", "day", "recurring"),
    gettext_lazy("that message and data rates may apply"): ("rates",),
}
RESELLER = re.compile(r"\b(on behalf of|our clients?|reseller|agency|white.?label)\b", re.I)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that reviewers decline for: their code, the field, and a sentence."""

    code: str
    path: str
    says: str


def doubts(values: Values, brand: str, others: Mapping[str, str] | None = None) -> list[Doubt]:
    """Return what would likely be declined.

    `brand` is the name that people know; `others` are tax IDs in other registrations, with the
    names of these.
    """
    found = [
        *_samples(values, brand),
        *_use_case(values),
        *_domains(values),
        *_opt_in(values, brand),
        *_company(values, others or {}),
    ]
    return list(dict.fromkeys(found))


def _texts(values: Values) -> list[tuple[str, str]]:
    return [(path, said) for path, said in sorted(values.items()) if SAMPLE.match(path) and said]


def _samples(values: Values, brand: str) -> Iterator[Doubt]:
    for path, said in _texts(values):
        for finding in content.examine(said, promotional=True, brand=brand):
            if finding.rule == "no_brand" and not brand:
                continue
            if code := CODES.get(finding.rule):
                yield Doubt(code, path, finding.says)
        if not any("stop" in text.lower() for _path, text in _texts(values)):
            yield Doubt("806", path, _("No sample says how to stop: add “Reply STOP to end.”"))


def _use_case(values: Values) -> Iterator[Doubt]:
    chosen = values.get("campaignUseCase.useCase") or values.get("messagingUseCase.useCaseCategory")
    if not chosen or chosen in MARKETING:
        return
    for path, said in _texts(values):
        if any(one.rule == "mixed" for one in content.examine(said, promotional=False, brand="")):
            yield Doubt(
                "602",
                path,
                _("It reads like an offer, and the use case is not marketing. This is the "
                  "commonest reason, and the use case cannot be changed later."),
            )  # fmt: skip


def _domains(values: Values) -> Iterator[Doubt]:
    """Links of the samples must be of the company's own site."""
    sites = [
        values.get(path, "")
        for path in (
            "contactInfo.website", "companyInfo.website", "campaignInfo.privacyPolicyLink",
            "messagingUseCase.privacyPolicyLink",
        )
    ]  # fmt: skip
    own = {_site(link.host) for site in sites for link in links.find(site)}
    if not own:
        return
    for path, said in _texts(values):
        for link in links.find(said):
            if link.is_plausible and not link.is_shortener and _site(link.host) not in own:
                says = _("{} is not a page of your own site; reviewers compare the two.")
                yield Doubt("603", path, says.format(link.host))


def _site(host: str) -> str:
    return ".".join(host.split(".")[-2:])


def _opt_in(values: Values, brand: str) -> Iterator[Doubt]:
    message = "campaignInfo.optInMessage"
    if said := values.get(message):
        yield from _unnamed(message, said, "611", _("The answer to an opt-in does not name {}."))
        if brand and brand.casefold() not in said.casefold():
            yield Doubt(
                "611", message, _("The answer to an opt-in does not name {}.").format(brand)
            )
    for path in ("campaignInfo.optInWorkflow", "messagingUseCase.optInDescription"):
        if said := values.get(path):
            says = _("How people opt in does not say that the form names {}.")
            yield from _unnamed(path, said, "806", says)
            if not any(link.is_plausible for link in links.find(said)):
                yield Doubt(
                    "804", path, _("Name the page on which people opt in; reviewers open it.")
                )


def _unnamed(path: str, said: str, code: str, words: str) -> Iterator[Doubt]:
    plain = said.casefold()
    for what, any_of in NAMED.items():
        if not any(word in plain for word in any_of):
            yield Doubt(code, path, words.format(what))


def _company(values: Values, others: Mapping[str, str]) -> Iterator[Doubt]:
    for path in ("campaignInfo.campaignName", "messagingUseCase.useCaseDetails"):
        if RESELLER.search(values.get(path, "")):
            says = _("Register the company in whose name texts are sent, not who sends for it.")
            yield Doubt("710", path, says)
    path = "companyInfo.taxId"
    if (tax_id := _digits(values.get(path, ""))) and tax_id in others:
        says = _("“{}” is registered with the same tax ID.").format(others[tax_id])
        yield Doubt("711", path, says)


def _digits(text: str) -> str:
    return re.sub(r"\W", "", text)


def tax_id(values: Values) -> str:
    """Return a company's tax ID so that two ways to write it are one."""
    return _digits(values.get("companyInfo.taxId", ""))
