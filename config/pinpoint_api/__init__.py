"""Amazon Pinpoint's interface as a third door to the admin's actions (docs/pinpoint-api.md)."""
