"""What people kept of Amazon Pinpoint → contacts, segments, templates and campaigns here."""
