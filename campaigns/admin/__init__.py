"""The admin pages of campaigns."""

from campaigns.admin import campaign, inbox, outgoing, prices, records

__all__ = ("campaign", "inbox", "outgoing", "prices", "records")
