"""What the rooms above contribute to a person's page. They register in AppConfig.ready().

Providers are named by their dotted paths and imported when first asked: models are not there yet
while apps get ready.
"""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

_timeline: dict[str, None] = {}
_held: dict[str, str] = {}
_buttons: dict[str, None] = {}


def contribute(
    *, timeline: tuple[str, ...], held: dict[str, str], buttons: tuple[str, ...] = ()
) -> None:
    """Add providers of timeline entries, parts of the export by their name in it, and templates
    of buttons for the contact's page."""
    _timeline.update(dict.fromkeys(timeline))
    _held.update(held)
    _buttons.update(dict.fromkeys(buttons))


def timeline_providers() -> list[Callable[..., Any]]:
    """Return every provider; see `contacts.timeline.Provider`."""
    return [import_string(path) for path in _timeline]


def held_parts() -> dict[str, Callable[..., Any]]:
    """Return every part by name; see `contacts.export.Part`."""
    return {name: import_string(path) for name, path in _held.items()}


def contact_buttons() -> list[str]:
    """Return the templates of what else can be done with a person; each gets `person`."""
    return list(_buttons)
