"""SQL conditions on a contact's JSON columns, with every name and value bound as a parameter.

Each is true or false for every contact and never NULL, so that its opposite finds the others.
Django's own key lookups are not used: they read a name such as `2024` as a position in an array
and one such as `a__gt` as a comparison.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils.functional import cached_property

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # all of ASCII's: none is a letter or a digit


class Holds(Func):
    """Whether a JSON column has, under a name, something that a jsonpath filter lets through.

    `tests` are jsonpath conditions on `@`; one that is true is enough. They are one bound value,
    so whatever stands in them stays within jsonpath; `quoted` and `like` make their literals.
    """

    def __init__(self, column: str, name: str, tests: Iterable[str]) -> None:
        path = f"$.{quoted(name)}[*] ? ({' || '.join(tests)})"
        super().__init__(F(column), Value(path))

    def as_sql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        """Say that the argument is a path; a bound text would not be taken for one."""
        (column, _), (path, values) = (
            compiler.compile(part) for part in self.get_source_expressions() if part
        )
        return f"jsonb_path_exists({column}, ({path})::jsonpath)", tuple(values)

    @cached_property
    def output_field(self) -> BooleanField[bool, bool]:
        """A condition."""
        return BooleanField()


def quoted(text: str) -> str:
    """Return a text as a jsonpath literal, which is written like JSON's."""
    return json.dumps(text, ensure_ascii=False)


def like(text: str, *, anywhere: bool) -> str:
    """Return the jsonpath test that finds a text itself, in any case, with no sign a wildcard."""
    literal = PUNCTUATION.sub(r"\\\1", text)
    return f'@ like_regex {quoted(literal if anywhere else f"^{literal}")} flag "i"'
