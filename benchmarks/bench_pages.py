"""Lists of millions of rows: Sendpoint's pages, and what Django's admin does by itself.

`python -m benchmarks.bench_pages --help`. The peer is a stock ModelAdmin with the same filters
and those columns that are fields; both build the rows of the first page. Then every list is opened
as whole pages: the first, the last, and each choice of each filter; the slowest is printed.
"""

import argparse
import time
from collections.abc import Iterator
from typing import Any

from benchmarks import installation

installation.start()

from django.contrib.admin import ModelAdmin, site  # noqa: E402 - needs Django set up
from django.contrib.auth.models import User  # noqa: E402
from django.core.exceptions import FieldDoesNotExist  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks import consents, history  # noqa: E402
from benchmarks.measure import compare, note  # noqa: E402
from compliance.models import Program  # noqa: E402
from contacts.admin.big import MOST, BigAdmin  # noqa: E402

FEWEST = 10_000  # rows below which a list says nothing


def main() -> None:
    """Fill the tables, then open the lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--texts", type=int, default=10_000_000)
    options = parser.parse_args()
    program = Program.objects.create(name="Offers", brand="Acme")
    consents.fill(program, options.people, 2 * options.people)
    history.load(options.texts)
    user = User.objects.create_superuser("bench")
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    for admin in _big():
        name = admin.model._meta.model_name
        peer = _stock(admin)
        compare(
            f"rows of the first page: {name}",
            ours=lambda admin=admin: _rows(admin, user),
            peer=lambda peer=peer: _rows(peer, user),
            peer_name="a stock ModelAdmin",
            unit="ms (less is better)",
        )
        times = {query: _page(client, admin, query) for query in _queries(admin, user)}
        slowest = max(times, key=times.__getitem__)
        note(
            f"slowest of {len(times)} whole pages: {name} ({slowest})",
            lambda admin=admin, query=slowest: _page(client, admin, query),
            unit="ms",
        )


def _big() -> Iterator[BigAdmin]:
    """Return the lists that have so many rows here."""
    for model, admin in site._registry.items():
        if isinstance(admin, BigAdmin) and model._default_manager.count() >= FEWEST:
            yield admin


def _stock(admin: BigAdmin) -> ModelAdmin[Any]:
    """Return what Django offers for the same model."""
    fields = tuple(name for name in map(str, admin.list_display) if _is_field(admin, name))
    given = {"list_display": fields, "list_filter": admin.list_filter, "ordering": ("-pk",)}
    return type("Peer", (ModelAdmin,), given)(admin.model, site)


def _is_field(admin: BigAdmin, name: str) -> bool:
    try:
        admin.model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _list(admin: Any, user: User, query: str = "") -> Any:
    request = RequestFactory().get(f"/{query}")
    request.user = user
    return admin.get_changelist_instance(request)


def _rows(admin: Any, user: User) -> float:
    """Return the milliseconds that counting and finding a page of rows take."""
    began = time.perf_counter()
    list(_list(admin, user).result_list)
    return (time.perf_counter() - began) * 1000


def _queries(admin: BigAdmin, user: User) -> set[str]:
    """Return the first page, the last, and each filter with each choice."""
    found: Any = _list(admin, user)
    last = min(found.result_count, MOST) // admin.list_per_page
    chosen = {
        choice["query_string"] for spec in found.filter_specs for choice in spec.choices(found)
    }
    return {"?", f"?p={last}"} | chosen


def _page(client: Client, admin: BigAdmin, query: str) -> float:
    """Return the milliseconds that a whole page takes."""
    meta = admin.model._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    began = time.perf_counter()
    answer = client.get(f"{address}{query}")
    assert answer.status_code == 200, (query, answer.status_code)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
