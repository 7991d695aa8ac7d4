"""The admin pages of campaigns."""

from campaigns.admin import campaign, outgoing, prices, records

__all__ = ("campaign", "outgoing", "prices", "records")
