"""How long a segment over a million contacts takes to count, beside plain Django.

`python -m benchmarks.bench_segment --help`. The peer asks the same questions as a Django project
would that keeps the same attributes in a JSONField: ORM key lookups (`attributes__Plan__contains`,
`metrics__orders__gt`), on a copy of the table with Django's default indexes and none of ours.
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import reduce
from operator import and_, or_
from time import perf_counter
from typing import Any

from benchmarks import installation

installation.start()

from django.db import connection, models  # noqa: E402 - needs Django set up
from django.db.models import Q  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import crowd  # noqa: E402
from benchmarks.measure import compare, note  # noqa: E402
from compliance.models import Program  # noqa: E402
from compliance.reachable import reachable  # noqa: E402
from contacts import segments  # noqa: E402
from contacts.models import Contact  # noqa: E402


class Peer(models.Model):  # noqa: DJ008 - never shown
    """The same people in a table without our indexes."""

    phone = models.CharField(max_length=20)
    attributes = models.JSONField()
    metrics = models.JSONField()
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "contacts"
        managed = False
        db_table = "peer"


def rule(field: str, op: str, *values: str) -> dict[str, Any]:
    """Write a rule."""
    return {"field": field, "op": op, "values": list(values)}


def main() -> None:
    """Load the contacts, then count each segment in turn with its peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--explain", action="store_true", help="show how each is answered")
    options = parser.parse_args()
    _load(options.contacts)
    _count(options.explain)
    _reach()


def _load(count: int) -> None:
    crowd.fill(count)
    with connection.cursor() as cursor:
        # The peer's table: the same rows, a primary key and a unique number.
        cursor.execute("CREATE TABLE peer (LIKE contacts_contact)")
        cursor.execute("INSERT INTO peer SELECT * FROM contacts_contact ORDER BY id")
        cursor.execute("ALTER TABLE peer ADD PRIMARY KEY (id), ADD UNIQUE (phone)")
        cursor.execute("VACUUM ANALYZE peer")


def _count(explain: bool) -> None:
    for name, rules, asked in _questions():
        theirs = Peer.objects.filter(asked)
        assert segments.count(rules) == theirs.count(), name
        if explain:
            print(name, segments.matching(rules).explain(analyze=True, buffers=True), sep="\n")
        compare(
            f"segment: {name}",
            ours=lambda rules=rules: _milliseconds(lambda: segments.count(rules)),
            peer=lambda theirs=theirs: _milliseconds(theirs.count),
            peer_name="Django ORM on JSONField key lookups, default indexes",
            unit="ms (less is better)",
        )


def _milliseconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def _questions() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield each question as a rule tree and as plain Django's Q."""
    premium = rule("attributes.Plan", "is", "premium"), Q(attributes__Plan__contains=["premium"])
    shoes = (
        rule("attributes.Interests", "is", "shoes"),
        Q(attributes__Interests__contains=["shoes"]),
    )
    branch = rule("attributes.Branch", "contains", "b1"), Q(attributes__Branch__0__icontains="b1")
    coasts = (
        rule("city", "is", "New York", "San Francisco"),
        Q(city__iexact="New York") | Q(city__iexact="San Francisco"),
    )
    boise = rule("region", "is", "ID"), Q(region__iexact="ID")
    buyers = rule("metrics.orders", "gt", "5"), Q(metrics__orders__gt=5)
    spent = rule("metrics.spent", "between", "200", "400"), Q(metrics__spent__range=(200, 400))
    since = datetime(2026, 8, 2, tzinfo=timezone.get_default_timezone())
    recent = rule("created_at", "after", "2026-08-01"), Q(created_at__gte=since)
    for name, match, parts in (
        ("two rules: plan and city", "all", (premium, coasts)),
        ("two rules: plan and interest", "all", (premium, shoes)),
        ("two rules: city and metric", "all", (coasts, buyers)),
        ("two rules: plan or state", "any", (premium, boise)),
        ("five rules, all of them", "all", (premium, coasts, shoes, buyers, recent)),
        ("five rules, any of them", "any", (shoes, boise, branch, spent, recent)),
    ):
        combine = and_ if match == "all" else or_
        tree = {"match": match, "rules": [ours for ours, _ in parts]}
        yield name, tree, reduce(combine, [theirs for _, theirs in parts])


def _reach() -> None:
    """Time the count of who can be texted now, of everybody; two in three opted in."""
    program = Program.objects.create(name="Offers", brand="Shop")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO compliance_consent
                (phone, program_id, message_class, state, entry_id, since)
            SELECT phone, %s, 'promotional', 'active', 1, now() FROM contacts_contact
            WHERE id %% 3 > 0
            """,
            [program.pk],
        )
        cursor.execute("VACUUM ANALYZE compliance_consent")
    note(
        "segment: reachable now, of everybody",
        lambda: _milliseconds(
            lambda: reachable(Contact.objects.all(), program, "promotional", timezone.now())
        ),
        unit="ms (less is better)",
    )


if __name__ == "__main__":
    main()
