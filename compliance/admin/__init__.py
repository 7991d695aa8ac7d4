"""The admin pages of compliance, and the upload page, which is an act of attestation."""

from compliance.admin import records, senders

__all__ = ("records", "senders")
