"""What tells whether changes are on record: by the source, and by what reaches the database."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "analytics", "campaigns", "compliance", "contacts")
SAVES = {
    *("save", "create", "delete", "update", "bulk_create", "bulk_update", "get_or_create"),
    "update_or_create",
}
SQL = re.compile(r"\b(INSERT INTO|DELETE FROM|UPDATE) ")
# The last for who hands a row on to those that write many calls' rows together.
AUDITS = {"LogEntry.objects.log_actions", "LogEntry.objects.create", "LogEntry"}
PEOPLE = {"user", "by"}  # what actions call the person who acts


@dataclass
class Function:
    """What is seen of a function without running it."""

    takes: set[str]
    calls: set[str]
    writes: bool = False
    audits: bool = False


class Source:
    """All our functions, and which of them lead to which, as far as names tell."""

    def __init__(self):
        self.functions, self.aliases = {}, {}
        for room in ROOMS:
            for path in sorted((ROOT / room).rglob("*.py")):
                if "migrations" not in path.parts:
                    self._read(path)

    def _read(self, path):
        parts = path.relative_to(ROOT).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        tree = ast.parse(path.read_text())
        names = {
            one.asname or one.name: f"{node.module}.{one.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for one in node.names
        }
        self.aliases |= {f"{module}.{local}": full for local, full in names.items()}
        self._look(tree.body, module, module, names)

    def _look(self, body, prefix, module, names):
        for node in body:
            if isinstance(node, ast.ClassDef):
                self._look(node.body, f"{prefix}.{node.name}", module, names)
            elif isinstance(node, ast.FunctionDef):
                self.functions[f"{prefix}.{node.name}"] = _seen(node, prefix, module, names)

    def actions(self):
        """Yield the public functions that take a person and lead to a change."""
        for name, function in sorted(self.functions.items()):
            private = any(part.startswith("_") for part in name.split("."))
            if not private and function.takes & PEOPLE:
                reached = self._reached(name)
                if any(self.functions[one].writes for one in reached):
                    yield name, any(self.functions[one].audits for one in reached)

    def _reached(self, name):
        seen, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one is not None and one not in seen:
                seen.add(one)
                waiting += [self._found(call) for call in self.functions[one].calls]
        return seen

    @cache  # noqa: B019 - there is one, as long as its test
    def _found(self, name):
        for _ in range(8):  # through packages that hand names on
            if name in self.functions:
                return name
            head, _dot, tail = name.rpartition(".")
            if name in self.aliases:
                name = self.aliases[name]
            elif head in self.aliases:
                name = f"{self.aliases[head]}.{tail}"
            else:
                return None
        return None


def _seen(node, prefix, module, names):
    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    found = Function({one.arg for one in arguments}, set())
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            found.calls.add(names.get(one.id, f"{module}.{one.id}"))
        elif isinstance(one, ast.Attribute):
            base, _dot, rest = ast.unparse(one).partition(".")
            before = prefix if base == "self" else names.get(base, f"{module}.{base}")
            found.calls.add(f"{before}.{rest}")
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            found.writes |= SQL.search(one.value) is not None
        if isinstance(one, ast.Call):
            found.audits |= ast.unparse(one.func) in AUDITS
            found.writes |= isinstance(one.func, ast.Attribute) and one.func.attr in SAVES
    return found


@dataclass
class Transaction:
    """The tables that one transaction wrote to."""

    tables: list[str] = field(default_factory=list)


WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
SAVEPOINT = re.compile(r'\s*(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT)\s+"?(\w+)"?')


@contextmanager
def transactions() -> Iterator[list[Transaction]]:
    """Collect what is committed together. A test's own transaction is around all; savepoints at
    its surface are what transactions are outside of a test."""
    done: list[Transaction] = []
    open_: list[tuple[str, list[str]]] = []

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if moved := SAVEPOINT.match(str(sql)):
            _move(moved[1], moved[2], open_, done)
        elif wrote := WRITE.match(str(sql)):
            if open_:
                open_[-1][1].append(wrote[1])
            else:
                done.append(Transaction([wrote[1]]))
        return answer

    with connection.execute_wrapper(watch):
        yield done


def _move(what, name, open_, done):
    if what == "SAVEPOINT":
        open_.append((name, []))
        return
    while open_:
        last, tables = open_.pop()
        if what.startswith("ROLLBACK"):
            if last == name:
                open_.append((name, []))  # it is still open, and released afterwards
        elif open_:
            open_[-1][1].extend(tables)
        elif tables:
            done.append(Transaction(tables))
        if last == name:
            return
