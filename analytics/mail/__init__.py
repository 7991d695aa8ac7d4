"""E-mail to the people who work here: written down with what it tells of, sent afterwards."""
