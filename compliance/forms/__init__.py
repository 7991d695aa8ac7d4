"""The public pages on which people sign up and opt out. They record their own evidence."""
