"""The admin pages of contacts, segments and the attribute catalogue."""

from contacts.admin import catalogue, contact, contact_list, segment

__all__ = ("catalogue", "contact", "contact_list", "segment")
