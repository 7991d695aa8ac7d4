"""The evidence pack: what proves a person's consent, for people (PDF) and machines (JSON)."""
