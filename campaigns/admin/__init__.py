"""The admin pages of campaigns."""

from campaigns.admin import campaign, inbox, outgoing, prices, records, sync

__all__ = ("campaign", "inbox", "outgoing", "prices", "records", "sync")
