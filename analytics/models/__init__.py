"""What the campaigns came to, counted; what AWS says; what is wrong."""

from analytics.models.facts import BlockFact, HourlyFact, HourlyReason, RollupMark

__all__ = ("BlockFact", "HourlyFact", "HourlyReason", "RollupMark")
