"""The admin pages of compliance, and the upload page, which is an act of attestation."""

from compliance.admin import imports, records, reviews, rules, senders, suppression

__all__ = ("imports", "records", "reviews", "rules", "senders", "suppression")
