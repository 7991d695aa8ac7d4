"""The admin pages of compliance, and the upload page, which is an act of attestation."""

from compliance.admin import imports, lists, programs, records, reviews, rules, suppression

__all__ = ("imports", "lists", "programs", "records", "reviews", "rules", "suppression")
