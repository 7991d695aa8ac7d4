"""The admin pages of campaigns."""

from campaigns.admin import campaign, records

__all__ = ("campaign", "records")
