"""One figure of a dashboard: a table, and the chart that is drawn from that very table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from analytics import drawing, figures
from contacts.spreadsheets import harmless, pieces

Cell = str | int | float | Decimal | None


class Kind(Enum):
    """What the cells of a column are."""

    WORDS = "words"
    COUNT = "count"
    RATE = "rate"  # from 0 to 1
    USD = "usd"
    SECONDS = "seconds"


SHOWN: dict[Kind, Callable[[Any], str]] = {
    Kind.WORDS: str,
    Kind.COUNT: lambda value: f"{value:,.10g}",
    Kind.RATE: figures.percent,
    Kind.USD: figures.dollars,
    Kind.SECONDS: lambda value: f"{value:g} s",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; those that are `drawn` are the series of the chart."""

    title: str
    kind: Kind = Kind.COUNT
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A table whose first column names the rows."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    upright: bool = False  # columns over time rather than a bar for each row
    note: str = ""
    nothing: str = ""  # what to say where there are no rows
    links: Sequence[str] = ()  # where the name of each row leads

    @property
    def speaks(self) -> bool:
        """Tell whether the table says in words what the chart cannot."""
        return not self.upright and any(one.kind == Kind.WORDS for one in self.columns[1:])

    def shown(self) -> list[list[str]]:
        """Return the rows as people read them."""
        return [
            [
                figures.NONE if cell is None else SHOWN[column.kind](cell)
                for column, cell in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]

    def chart(self) -> drawing.Drawing | None:
        """Draw the columns that are to be drawn; None where there is nothing to see."""
        places = [n for n, column in enumerate(self.columns) if column.drawn]
        if not self.rows or not places:
            return None
        series = [
            drawing.Series(
                str(self.columns[n].title),
                # A picture does not need the last digit of a Decimal.
                [float(row[n] or 0) for row in self.rows],
                SHOWN[self.columns[n].kind],
            )
            for n in places
        ]
        if not any(any(one.values) for one in series):
            return None
        labels = [str(row[0]) for row in self.rows]
        draw = drawing.upright if self.upright else drawing.lying
        return draw(labels, series)

    def csv(self) -> Iterator[str]:
        """Return the table as CSV, in full precision; words never run as formulas."""
        rows = (
            [harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in self.rows
        )
        return pieces([str(column.title) for column in self.columns], rows)
