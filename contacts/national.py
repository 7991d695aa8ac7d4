"""Numbers as people type them: without a country code they are of the installation's country."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from contacts import countries
from contacts.phones import Phone, parse_phone

COUNTRY: str = settings.DEFAULT_COUNTRY
HELP = format_lazy(
    gettext_lazy("In any format. Without a country code it counts as one of {country}."),
    country=countries.in_words(COUNTRY),
)


def read(text: str) -> Phone:
    """Read a typed number. Raises BadPhone with the reason."""
    return parse_phone(text, COUNTRY)
