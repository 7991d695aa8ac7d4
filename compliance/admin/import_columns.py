"""What the pages of an import show of its columns and first lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contacts import columns, imports
from contacts.formats import endpoint_cells
from contacts.models import Contact, Import
from contacts.rows import Row

CHOICES = (
    ("", _("Do not store")),
    ("phone", _("Phone number")),
    ("attributes", _("Attribute")),
    ("attributes[list]", _("Attribute, list such as bus; train")),
    ("attributes[date]", _("Attribute, date")),
    ("user_attributes", _("User attribute")),
    ("user_attributes[list]", _("User attribute, list")),
    ("user_attributes[date]", _("User attribute, date")),
    ("metrics", _("Metric (number)")),
    ("city", _("City")),
    ("region", _("State or region")),
    ("postal_code", _("Postal code")),
    ("country", _("Country")),
    ("latitude", _("Latitude")),
    ("longitude", _("Longitude")),
    ("timezone", _("Time zone")),
    ("locale", _("Language")),
    ("user_id", _("User ID")),
    ("endpoint_id", _("Endpoint ID")),
    ("last_active_at", _("Date of the last activity")),
    ("opt_in", _("Opt-in: yes or no")),
    ("opted_in_at", _("Date of the opt-in")),
    ("opt_out", _("Opt-out: yes or no")),
    ("channel", _("Pinpoint's channel")),
    ("status", _("Pinpoint's endpoint status")),
)
LABELS = dict(CHOICES)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, and where it is stored."""

    place: int
    header: str
    kind: str
    name: str
    sample: str = ""

    @property
    def stored(self) -> str:
        """Say where in words."""
        label = str(LABELS.get(self.kind, self.kind))
        return f"{label}: {self.name}" if self.name else label


def columns_of(
    header: Sequence[str], targets: Sequence[str], samples: Sequence[str] = ()
) -> list[Column]:
    """Pair the file's columns with where they are stored, and some of what they hold."""
    found = []
    for place, (title, target) in enumerate(zip(header, targets, strict=True)):
        kind, _dot, name = target.partition(".")
        found.append(Column(place, title, kind, name, samples[place] if samples else ""))
    return found


def chosen(job: Import, posted: QueryDict) -> list[str]:
    """Return where each column is to be stored, as the form says."""
    targets = []
    for place, title in enumerate(job.header):
        kind = posted.get(f"kind-{place}", "")
        name = posted.get(f"name-{place}", "").strip() or title
        targets.append(f"{kind}.{name}" if kind in columns.NAMED else kind)
    return targets


@dataclass(slots=True)
class Preview:
    """The first lines as a table; a line that is not stored has a reason instead of cells."""

    header: list[str] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)


def preview(job: Import) -> Preview:
    """Show the first lines as they would be stored."""
    found = [_cells(row) if isinstance(row, Row) else row for row in imports.preview(job)]
    names = (name for cells in found if not isinstance(cells, str) for name in cells)
    table = Preview(list(dict.fromkeys(names)))
    for cells in found:
        if isinstance(cells, str):
            table.lines.append({"reason": cells})
        else:
            table.lines.append({"cells": [cells.get(name, "") for name in table.header]})
    return table


def samples(job: Import, count: int = 3) -> list[str]:
    """Return, per column, what stands in it on the first lines."""
    found: dict[str, list[str]] = {name: [] for name in job.header}
    for line in imports.first_lines(job, 20):
        if line.found is not None:
            cells = endpoint_cells(line.found)
        else:
            cells = {name: [cell] for name, cell in zip(job.header, line.cells, strict=False)}
        for name, values in cells.items():
            if name in found:
                found[name] += [value for value in values if value]
    return [", ".join(list(dict.fromkeys(found[name]))[:count])[:60] for name in job.header]


def _cells(row: Row) -> dict[str, str]:
    kind = str(Contact.LineType(row.line_type).label)
    cells: dict[str, str] = {str(_("Phone")): row.phone, str(_("Line type")): kind}
    fields = {"country": row.country} | row.fields
    cells |= {str(LABELS[name]): value for name, value in fields.items()}
    for values in (row.user_attributes, row.attributes):
        cells |= {name: " · ".join(items) for name, items in values.items()}
    cells |= {name: f"{number:g}" for name, number in row.metrics.items()}
    if row.opt_in is not None:
        cells[str(_("Opt-in"))] = str(_("yes") if row.opt_in else _("no"))
    if row.latitude is not None:
        cells[str(_("Place"))] = f"{row.latitude:g}, {row.longitude:g}"
    for name, moment in (
        ("last_active_at", row.last_active_at),
        ("opted_in_at", row.opted_in_at),
    ):
        if moment:
            cells[str(LABELS[name])] = f"{moment:%Y-%m-%d %H:%M} UTC"
    if row.opt_out:
        cells[str(_("Opt-out"))] = str(_("yes"))
    return cells
