"""SQL conditions on a contact's JSON columns, with every name and value bound as a parameter.

Each is true or false for every contact and never NULL, so that its opposite finds the others.
Django's own key lookups are not used: they read a name such as `2024` as a position in an array
and one such as `a__gt` as a comparison.
"""

from typing import Any

from django.db.models import BooleanField, F, Func, JSONField, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils.functional import cached_property


class HasText(Func):
    """Whether any value of a list-valued attribute matches a LIKE pattern, in any case."""

    def __init__(self, column: str, name: str, pattern: str) -> None:
        super().__init__(F(column), Value(name), Value(pattern))

    @cached_property
    def output_field(self) -> BooleanField[bool, bool]:
        """A condition."""
        return BooleanField()

    def as_sql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        """Look at each value by itself: the list's own brackets and quotes are no text."""
        parts = [compiler.compile(part) for part in self.get_source_expressions() if part]
        (column, _), (name, _), (pattern, _) = parts
        sql = (
            f"EXISTS (SELECT 1 FROM jsonb_path_query({column} -> ({name})::text, '$[*]') AS held"  # noqa: S608 - compiled by Django, values bound
            f" WHERE UPPER(held #>> '{{}}') LIKE UPPER(({pattern})::text))"
        )
        return sql, tuple(param for _, params in parts for param in params)


class Compares(Func):
    """Whether a contact has a metric, and it is a number that compares so with a value."""

    OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "=="}

    def __init__(self, name: str, op: str, number: float) -> None:
        path = f"$.keyvalue() ? (@.key == $name && @.value {self.OPERATORS[op]} $number)"
        super().__init__(
            F("metrics"),
            Value(path),
            Value({"name": name, "number": number}, output_field=JSONField()),
        )

    def as_sql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        """Say that the second argument is a path; a bound text would not be taken for one."""
        parts = [compiler.compile(part) for part in self.get_source_expressions() if part]
        (column, _), (path, _), (values, _) = parts
        sql = f"jsonb_path_exists({column}, ({path})::jsonpath, {values}, true)"
        return sql, tuple(param for _, params in parts for param in params)

    @cached_property
    def output_field(self) -> BooleanField[bool, bool]:
        """A condition."""
        return BooleanField()


def pattern(text: str, *, anywhere: bool) -> str:
    """Return the LIKE pattern that finds a text itself, with no wildcard in it."""
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%" if anywhere else f"{escaped}%"
