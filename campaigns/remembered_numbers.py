"""Whom a person sent test texts to last, to be chosen again."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from campaigns.models import RememberedNumber
from contacts.timeline import Person

MOST = 10  # for each person; older ones are not kept


def remember(user_id: int, phones: Iterable[str], now: datetime) -> None:
    """Keep numbers (E.164) as a person's latest. Call it in the transaction of the test."""
    RememberedNumber.objects.bulk_create(
        # In one order, so that two tests at once do not wait for each other.
        [RememberedNumber(user_id=user_id, phone=phone, used_at=now) for phone in sorted(phones)],
        update_conflicts=True,
        unique_fields=["user", "phone"],
        update_fields=["used_at"],
    )
    kept = list(offered(user_id).values_list("pk", flat=True))
    RememberedNumber.objects.filter(user=user_id).exclude(pk__in=kept).delete()


def offered(user_id: int) -> QuerySet[RememberedNumber]:
    """Return the numbers that a person used, the latest first."""
    return RememberedNumber.objects.filter(user=user_id).order_by("-used_at", "pk")[:MOST]


def chosen(user_id: int, ids: Collection[int]) -> list[str]:
    """Return the numbers behind some of a person's own choices; those that are gone are missing."""
    found = RememberedNumber.objects.filter(user=user_id, pk__in=ids)
    return list(found.order_by("pk").values_list("phone", flat=True))


def held(person: Person) -> list[dict[str, Any]]:
    """Return who remembers a person's number for test texts."""
    found = RememberedNumber.objects.filter(phone=person.phone).order_by("pk")
    return [
        {"remembered_by": one.user.get_username(), "used_at": one.used_at}
        for one in found.select_related("user")
    ]
