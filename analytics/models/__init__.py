"""What the campaigns came to, counted; what AWS says; what is wrong."""

from analytics.models.alerts import Alert, AlertRule
from analytics.models.consents import ConsentHour, LedgerMark
from analytics.models.effects import ArmOutcome
from analytics.models.facts import BlockFact, HourlyFact, HourlyReason, RollupMark
from analytics.models.letters import ReportChoice
from analytics.models.mail import OutgoingMail

__all__ = (
    "Alert",
    "AlertRule",
    "ArmOutcome",
    "BlockFact",
    "ConsentHour",
    "HourlyFact",
    "HourlyReason",
    "LedgerMark",
    "OutgoingMail",
    "ReportChoice",
    "RollupMark",
)
