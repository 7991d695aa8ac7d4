"""Rule trees that find contacts, compiled to one SQL query with bound parameters.

A tree is `{"match": "all"|"any"|"none", "rules": [...]}`; each rule is a tree again or
`{"field": "attributes.Plan", "op": "is", "values": ["premium"]}`. `all` of no rules is everyone,
`any` of no rules nobody. A rule with several values asks for any of them.

Attributes are compared exactly, as Pinpoint does and as the index does; places, zones and
languages in any case, because lists write NEW YORK; `contains` and `starts with` in any case.
Who lacks an attribute is found by `is not` and `missing`.

Consent and engagement belong to higher rooms, which register their fields here (fields.register).
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from contacts.models import Contact
from contacts.segments import fields, members, people, tree
from contacts.segments.fields import MAX_DEPTH, Asked
from contacts.segments.problems import RuleError

__all__ = ("RuleError", "count", "matching", "validate")

fields.register(*people.KINDS, *members.KINDS)


def matching(rules: dict[str, Any]) -> QuerySet[Contact]:
    """Return the contacts that a rule tree finds, as one lazy query. Raises RuleError."""
    if moment := rules.get("as_of"):  # frozen: the segments in it stand in it as groups
        asked = Asked(datetime.fromisoformat(moment), deepest=MAX_DEPTH * MAX_DEPTH)
    else:
        asked = Asked(timezone.now())
    return Contact.objects.filter(tree.condition(rules, asked))


def validate(rules: dict[str, Any], segment_id: int | None = None) -> None:
    """Raise RuleError if the tree is not one, or cannot be the rules of this segment."""
    tree.check_size(rules)
    tree.condition(rules, Asked(timezone.now(), (segment_id,) if segment_id else ()))


def count(rules: dict[str, Any]) -> int:
    """Count the contacts that a rule tree finds. Raises RuleError."""
    people = matching(rules)
    with transaction.atomic(), connection.cursor() as cursor:
        # Compiling the query to machine code takes longer than to run it; and a bitmap of a
        # million contacts that does not fit into memory makes every row be looked at again.
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        return people.count()
