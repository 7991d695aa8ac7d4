"""What the rooms above contribute to the pages of people and segments.

They register in AppConfig.ready().
Providers are named by their dotted paths and imported when first asked: models are not there yet
while apps get ready.
"""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

_timeline: dict[str, None] = {}
_held: dict[str, str] = {}
_buttons: dict[str, None] = {}
_segment_panels: dict[str, None] = {}


def contribute(
    *,
    timeline: tuple[str, ...],
    held: dict[str, str],
    buttons: tuple[str, ...] = (),
    segment_panels: tuple[str, ...] = (),
) -> None:
    """Add providers of timeline entries, parts of the export by their name in it, and templates:
    of buttons for the contact's page, of panels for the segment's."""
    _timeline.update(dict.fromkeys(timeline))
    _held.update(held)
    _buttons.update(dict.fromkeys(buttons))
    _segment_panels.update(dict.fromkeys(segment_panels))


def timeline_providers() -> list[Callable[..., Any]]:
    """Return every provider; see `contacts.timeline.Provider`."""
    return [import_string(path) for path in _timeline]


def held_parts() -> dict[str, Callable[..., Any]]:
    """Return every part by name; see `contacts.export.Part`."""
    return {name: import_string(path) for name, path in _held.items()}


def contact_buttons() -> list[str]:
    """Return the templates of what else can be done with a person; each gets `person`."""
    return list(_buttons)


def segment_panels() -> list[str]:
    """Return the templates of what else is told of the people that a segment's rules find.

    Each loads itself, with the rules of the form it stands in (`hx-include="closest form"`).
    """
    return list(_segment_panels)
