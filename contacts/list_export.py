"""A list handed out as CSV, whole and in its order; the audit log says who took what of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Field, Model, QuerySet
from django.utils.text import capfirst

from contacts.masking import mask
from contacts.spreadsheets import cell, pieces

CHUNK = 1000  # rows fetched at a time


@dataclass(frozen=True, slots=True)
class Column:
    """What a column reads, its title, and the words of its choices."""

    lookup: str
    title: str
    words: Mapping[Any, str]

    def shown(self, value: Any, zone: tzinfo) -> Any:
        """Return a value as it stands in the file."""
        return cell(self.words.get(value, value) if self.words else value, zone)


def hand_out(
    found: QuerySet[Any],
    lookups: Sequence[str],
    *,
    user: User | AnonymousUser,
    wanted: str,
    zone: tzinfo,
) -> Iterator[str]:
    """Write the audit row, and return the lines; at their end the row says how many there were.

    The rows come through a cursor of the server's that outlives its transaction: somebody who
    downloads for an hour holds no snapshot, which would keep the queue from being tidied.
    """
    model: type[Model] = found.model
    columns = [_column(model, lookup, zone) for lookup in lookups]
    said = f"Exported the list{f' where {mask(wanted)}' if wanted else ''}"
    entry = LogEntry.objects.create(
        user_id=cast(int, user.pk),
        content_type=ContentType.objects.get_for_model(model),
        object_repr=str(model._meta.verbose_name_plural)[:200],
        action_flag=CHANGE,
        change_message=f"{said}; it has not ended.",
    )
    return _lines(found, columns, zone, entry.pk, said)


def _lines(
    found: QuerySet[Any], columns: Sequence[Column], zone: tzinfo, entry_id: int, said: str
) -> Iterator[str]:
    count, how = 0, "broken off after "
    rows = found.values_list(*(column.lookup for column in columns)).iterator(chunk_size=CHUNK)

    def written() -> Iterator[list[Any]]:
        nonlocal count
        for row in rows:
            yield [one.shown(value, zone) for one, value in zip(columns, row, strict=True)]
            count += 1

    try:
        yield from pieces([column.title for column in columns], written())
        how = ""
    finally:
        # A download that ends before its last line has handed out what it has handed out.
        LogEntry.objects.filter(pk=entry_id).update(change_message=f"{said}: {how}{count:,} rows.")


def _column(model: type[Model], lookup: str, zone: tzinfo) -> Column:
    """Find a column's title: that of its field, and of whom it leads to."""
    first, *further = lookup.split("__")
    try:
        field = model._meta.get_field(first)
    except FieldDoesNotExist:  # what a list adds to its rows
        return Column(lookup, capfirst(first.replace("_", " ")), {})
    title = capfirst(str(getattr(field, "verbose_name", first)))
    if isinstance(field, DateTimeField):
        return Column(lookup, f"{title} ({zone})", {})
    choices = field.flatchoices if isinstance(field, Field) and not further else ()
    return Column(lookup, title, {value: str(words) for value, words in choices})
