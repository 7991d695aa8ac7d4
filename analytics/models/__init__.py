"""What the campaigns came to, counted; what AWS says; what is wrong."""

from analytics.models.consents import ConsentHour, LedgerMark
from analytics.models.effects import ArmOutcome
from analytics.models.facts import BlockFact, HourlyFact, HourlyReason, RollupMark
from analytics.models.mail import OutgoingMail

__all__ = (
    "ArmOutcome",
    "BlockFact",
    "ConsentHour",
    "HourlyFact",
    "HourlyReason",
    "LedgerMark",
    "OutgoingMail",
    "RollupMark",
)
