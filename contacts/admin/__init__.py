"""The admin pages of contacts, segments and the attribute catalogue."""

from contacts.admin import catalogue, contact, segment

__all__ = ("catalogue", "contact", "segment")
