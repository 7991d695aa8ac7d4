"""Search among a million contacts: Sendpoint's, and what Django's admin does by itself.

The peer is a ModelAdmin with search_fields over the same columns, hence `icontains` on each. It
finds parts of values too, and no number but as it is stored. Both build the page's rows.
"""

import time
from http import HTTPStatus
from typing import Any

from benchmarks import installation

installation.start()

from django.contrib.admin import ModelAdmin, site  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks import crowd  # noqa: E402
from benchmarks.measure import compare, note  # noqa: E402
from contacts import attributes  # noqa: E402
from contacts.admin.contact import ContactAdmin  # noqa: E402
from contacts.models import Contact  # noqa: E402

PEOPLE = 1_000_000


class Peer(ModelAdmin[Contact]):
    """Django's own search."""

    list_display = ContactAdmin.list_display
    search_fields = ("phone", "user_id", "attributes", "user_attributes")
    show_full_result_count = False
    ordering = ("-pk",)


def seconds(admin: Any, term: str, user: User) -> float:
    """Return the milliseconds that finding a page of rows takes."""
    request = RequestFactory().get("/", {"q": term})
    request.user = user
    request._messages = _Silent()
    began = time.perf_counter()
    list(admin.get_changelist_instance(request).result_list)
    return (time.perf_counter() - began) * 1000


class _Silent:
    def add(self, *args: Any) -> None:
        """Take a message for the person, who is not there."""


def main() -> None:
    """Fill the table, then search."""
    crowd.fill(PEOPLE)
    attributes.refresh()
    user = User.objects.create_superuser("bench", password="bench")
    number = crowd.phone(777_777)
    national = f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    for name, term, peers_term in (
        ("number", national, number),
        ("user_id", "u-777777", "u-777777"),
        ("rare_value", "person777777@example.com", "person777777@example.com"),
        ("common_value", "premium", "premium"),
        ("nobody", "nobody has this", "nobody has this"),
    ):
        compare(
            f"search_{name}",
            ours=lambda term=term: seconds(ContactAdmin(Contact, site), term, user),
            peer=lambda term=peers_term: seconds(Peer(Contact, site), term, user),
            peer_name="Django admin search_fields (icontains)",
            unit="ms",
        )
    client = Client(headers={"host": "localhost"})
    client.force_login(user)

    def page(**query: str) -> float:
        began = time.perf_counter()
        answer = client.get(reverse("admin:contacts_contact_changelist"), query)
        assert answer.status_code == HTTPStatus.OK, answer.content
        return (time.perf_counter() - began) * 1000

    note("search_number_whole_page", lambda: page(q=national), unit="ms")
    note("contact_list_whole_page", page, unit="ms")
    note("catalogue_recount", recount, unit="s", n=3)


def recount() -> float:
    """Return the seconds that a recount of the catalogue takes."""
    began = time.perf_counter()
    attributes.refresh()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
