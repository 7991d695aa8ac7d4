"""The admin pages of campaigns."""

from campaigns.admin import campaign, outgoing, records

__all__ = ("campaign", "outgoing", "records")
