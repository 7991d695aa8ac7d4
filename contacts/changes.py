"""Who is told when somebody's attributes change, one person at a time: a higher room registers.

An import tells nobody, however many people it changes: see docs/campaigns.md.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from contacts.attributes import PREFIXES
from contacts.models import Contact

# Called with the person's number and the paths of what changed, such as attributes.Plan, in the
# transaction of the change.
Told = Callable[[str, Collection[str]], None]
_told: list[Told] = []


def register(told: Told) -> None:
    """Have a function called with each change. Once, when the apps are ready."""
    _told[:] = [told]


def values(contact: Contact) -> dict[str, Any]:
    """Return a person's attributes and metrics by path."""
    return {
        f"{column}.{name}": value
        for column in PREFIXES
        for name, value in getattr(contact, column).items()
    }


def tell(contact: Contact, before: Mapping[str, Any]) -> None:
    """Tell what differs from `values` of before the change; nothing where nothing does."""
    now = values(contact)
    changed = [path for path in sorted({*before, *now}) if before.get(path) != now.get(path)]
    if changed:
        for told in _told:
            told(contact.phone, changed)
