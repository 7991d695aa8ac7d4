"""The admin pages of campaigns."""

from campaigns.admin import (
    campaign,
    identities,
    inbox,
    outgoing,
    prices,
    records,
    registrations,
    sync,
)

__all__ = (
    "campaign",
    "identities",
    "inbox",
    "outgoing",
    "prices",
    "records",
    "registrations",
    "sync",
)
