"""How texts from a sender fared lately: what the room above counts, for the sender's page.

It registers in AppConfig.ready(), by dotted path: models are not there yet while apps get ready.
"""

from collections.abc import Callable
from datetime import datetime

from django.utils.module_loading import import_string

# Lines of a name and a figure, both in words, for one sender.
Count = Callable[[int, datetime], list[tuple[str, str]]]
_counts: dict[str, None] = {}


def register(path: str) -> None:
    """Have what stands at this dotted path, a `Count`, asked."""
    _counts[path] = None


def lately(originator_id: int, now: datetime) -> list[tuple[str, str]]:
    """Return every line that is told of a sender."""
    asked: list[Count] = [import_string(path) for path in _counts]
    return [line for count in asked for line in count(originator_id, now)]
