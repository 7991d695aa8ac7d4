"""How AWS and the carriers take a registration: how long they need, and what they decline.

Dates are in their days from the submission (aws-sms.md 9); reasons are the registry's codes
(compliance.md 5.4).
"""

import re
from collections.abc import Iterator, Mapping

from .registration_forms import AUSTRALIA, BRAND, CAMPAIGN, TOLL_FREE, VETTING

Values = Mapping[str, str]  # field path -> what was said, choices joined by a comma
Steps = list[tuple[float, str]]  # days after submission, version status

REVIEW_DAYS = {BRAND: 1.5, VETTING: 1.5, CAMPAIGN: 14.0, TOLL_FREE: 10.0, AUSTRALIA: 7.0}
PROVISIONING_DAYS = 1.0
NUMBER_DAYS = 14.0  # from its association until a 10DLC number may send
SHORTENERS = re.compile(r"\b(bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd)\b", re.IGNORECASE)
SELLING = re.compile(r"\d\s?% off|\bsale\b|\bdeal\b|\bcoupon\b", re.IGNORECASE)
FORBIDDEN = (
    ("701", "Cannabis", re.compile(r"\b(cannabis|cbd|marijuana|weed)\b", re.IGNORECASE)),
    ("702", "Guns", re.compile(r"\b(gun|firearm|ammo)s?\b", re.IGNORECASE)),
    ("704", "Gambling", re.compile(r"\b(casino|betting|jackpot)\b", re.IGNORECASE)),
    ("709", "High-risk finance", re.compile(r"\b(payday loan|crypto)\b", re.IGNORECASE)),
)
Denial = tuple[str, str, str]  # field path (may be empty), code, words


def timetable(kind: str, values: Values, denied: bool, aws_review: bool) -> Steps:
    """Return what a version becomes when."""
    end = REVIEW_DAYS[kind]
    steps: Steps = [(0.0, "SUBMITTED")]
    if aws_review:
        steps.append((0.1, "AWS_REVIEWING"))
    steps.append((min(1.0, end / 3), "REVIEWING"))
    if values.get("companyInfo.legalType") == "PUBLIC_PROFIT":
        steps.append((end / 2, "REQUIRES_AUTHENTICATION"))
    return [*steps, (end, "DENIED" if denied else "APPROVED")]


def denials(kind: str, values: Values, brand: str) -> list[Denial]:
    """Return what is wrong with what was said; `brand` is the name of the registered company."""
    found = list(_everywhere(values))
    if kind in (CAMPAIGN, TOLL_FREE):
        found += _samples(values, brand or values.get("companyInfo.companyName", ""))
        found += _marketing(values)
    if kind == CAMPAIGN:
        found += _opt_in(values)
    return found


def _everywhere(values: Values) -> Iterator[Denial]:
    for path, said in values.items():
        for code, what, words in FORBIDDEN:
            if words.search(said):
                yield path, code, f"{what} may not be texted about."
        if "unreachable" in said and said.startswith("http"):
            yield path, "804", "The page could not be reached."


def _samples(values: Values, brand: str) -> Iterator[Denial]:
    for path, said in values.items():
        if not path.startswith("messageSamples."):
            continue
        if SHORTENERS.search(said):
            yield path, "601", "Public link shorteners are not accepted."
        if brand and brand.split()[0].casefold() not in said.casefold():
            yield path, "601", "The sample does not name the brand."


def _marketing(values: Values) -> Iterator[Denial]:
    use_case = values.get("campaignUseCase.useCase") or values.get(
        "messagingUseCase.useCaseCategory", ""
    )
    if use_case in ("MARKETING", "MIXED", "LOW_VOLUME", "PROMOTIONS_AND_MARKETING"):
        return
    for path, said in values.items():
        if path.startswith("messageSamples.") and SELLING.search(said):
            yield path, "602", "The sample is marketing, and the use case is not."


def _opt_in(values: Values) -> Iterator[Denial]:
    path = "campaignInfo.optInMessage"
    said = values.get(path, "").upper()
    if "STOP" not in said or "HELP" not in said or "RATES" not in said:
        yield path, "611", "The answer to an opt-in must name HELP, STOP and the rates."
