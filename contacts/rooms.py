"""What the rooms above contribute to a person's page. They register in AppConfig.ready().

Providers are named by their dotted paths and imported when first asked: models are not there yet
while apps get ready.
"""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

_timeline: dict[str, None] = {}
_held: dict[str, str] = {}


def contribute(*, timeline: tuple[str, ...], held: dict[str, str]) -> None:
    """Add providers of timeline entries, and parts of the export by their name in it."""
    _timeline.update(dict.fromkeys(timeline))
    _held.update(held)


def timeline_providers() -> list[Callable[..., Any]]:
    """Return every provider; see `contacts.timeline.Provider`."""
    return [import_string(path) for path in _timeline]


def held_parts() -> dict[str, Callable[..., Any]]:
    """Return every part by name; see `contacts.export.Part`."""
    return {name: import_string(path) for name, path in _held.items()}
