"""A report → an e-mail in plain text and in HTML, which say the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from analytics.mail.outbox import Letter


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a report under a title; the first cell names its row. `head` may be left out."""

    title: str
    rows: Sequence[Sequence[str]]
    head: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What is told: a sentence, tables, and where to read on."""

    subject: str
    opening: str
    tables: Sequence[Table]
    link: str
    why: str  # the reader gets it


def letter(report: Report, key: str, to: str) -> Letter:
    """Write a report to somebody."""
    html = render_to_string("analytics/mail/report.html", {"report": report})
    return Letter(key, to, report.subject, as_text(report), html)


def as_text(report: Report) -> str:
    """Write a report without any markup. Pure."""
    parts = [report.opening, *(_table(table) for table in report.tables if table.rows)]
    return "\n\n".join([*parts, _("Read on: {}").format(report.link), report.why, ""])


def _table(table: Table) -> str:
    """Write cells in columns."""
    rows = [row for row in (table.head, *table.rows) if row]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([table.title, "-" * len(table.title), *lines])
