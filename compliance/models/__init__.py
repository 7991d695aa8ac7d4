"""May it go out: programs, originators, the consent ledger and what is derived from it."""

from compliance.models.attestation import ImportAttestation
from compliance.models.consent import Consent, Suppression
from compliance.models.ledger import (
    Attachment,
    LedgerEntry,
    PersonalEvidence,
    Subject,
    Wording,
)
from compliance.models.ledger_check import LedgerCheck
from compliance.models.listed_number import ListCheck, ListedNumber
from compliance.models.opt_in_request import OptInRequest
from compliance.models.policy import Emergency, HolidayChange, Policy, RulesVersion
from compliance.models.program import (
    Brand,
    MessageClass,
    Originator,
    Program,
    ProgramLimit,
    TenDlcCampaign,
)
from compliance.models.review import AnswerReview
from compliance.models.sign_up_page import SignUpPage
from compliance.models.suppression import SuppressedNumber

__all__ = (
    "AnswerReview",
    "Attachment",
    "Brand",
    "Consent",
    "Emergency",
    "HolidayChange",
    "ImportAttestation",
    "LedgerCheck",
    "LedgerEntry",
    "ListCheck",
    "ListedNumber",
    "MessageClass",
    "OptInRequest",
    "Originator",
    "PersonalEvidence",
    "Policy",
    "Program",
    "ProgramLimit",
    "RulesVersion",
    "SignUpPage",
    "Subject",
    "SuppressedNumber",
    "Suppression",
    "TenDlcCampaign",
    "Wording",
)
