"""The admin pages of campaigns."""

from campaigns.admin import (
    account,
    campaign,
    identities,
    inbox,
    outgoing,
    prices,
    records,
    registrations,
    senders,
    sync,
    templates,
)

__all__ = (
    "account",
    "campaign",
    "identities",
    "inbox",
    "outgoing",
    "prices",
    "records",
    "registrations",
    "senders",
    "sync",
    "templates",
)
