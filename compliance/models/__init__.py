"""May it go out: programs, originators, the consent ledger and what is derived from it."""

from compliance.models.attestation import ImportAttestation
from compliance.models.consent import Consent, Suppression
from compliance.models.ledger import LedgerEntry, Subject, Wording
from compliance.models.program import MessageClass, Originator, Program
from compliance.models.sign_up_page import SignUpPage

__all__ = (
    "Consent",
    "ImportAttestation",
    "LedgerEntry",
    "MessageClass",
    "Originator",
    "Program",
    "SignUpPage",
    "Subject",
    "Suppression",
    "Wording",
)
