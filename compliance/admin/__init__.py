"""The admin pages of compliance, and the upload page, which is an act of attestation."""

from compliance.admin import imports, records, reviews, senders

__all__ = ("imports", "records", "reviews", "senders")
