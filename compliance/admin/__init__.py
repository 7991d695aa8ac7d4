"""The admin pages of compliance, and the upload page, which is an act of attestation."""

from compliance.admin import imports, lists, records, reviews, rules, senders, suppression

__all__ = ("imports", "lists", "records", "reviews", "rules", "senders", "suppression")
