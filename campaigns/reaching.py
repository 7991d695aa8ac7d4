"""Which countries people of a segment are in, and whether an originator can text them there."""

from collections import Counter
from collections.abc import Collection

from django.db.models import Case, Count, Min, QuerySet, When
from django.db.models.functions import Left

from campaigns.models import AwsIdentity
from compliance import zones
from compliance.destinations import Obstacle, Sender, obstacles
from compliance.models import Originator
from contacts.models import Contact

# What tells the country: the area code in North America, seven digits elsewhere.
PREFIX = Case(
    When(phone__startswith="+1", then=Left("phone", 5)),
    default=Left("phone", 8),
)


def countries_of(people: QuerySet[Contact]) -> Counter[str]:
    """Count people by the country of their numbers; "" is where a number does not tell. A query."""
    rows = (
        people.order_by()
        .annotate(prefix=PREFIX)
        .values("prefix")
        .annotate(one=Min("phone"), people=Count("pk"))
        .values_list("one", "people")
    )
    found: Counter[str] = Counter()
    for phone, count in rows:
        found[zones.of_number(zones.deciding_part(phone))[0]] += count
    return found


def sender_of(originator: Originator) -> Sender:
    """Return what matters of an originator, and of a pool's members. Two queries at most."""
    aws = AwsIdentity.objects.filter(originator=originator).first()
    if aws is None or originator.kind != Originator.Kind.POOL:
        return _sender(originator, aws)
    members = aws.members.select_related("originator").order_by("pk")
    return _sender(originator, aws, tuple(_sender(one.originator, one) for one in members))


def _sender(
    originator: Originator, aws: AwsIdentity | None, members: tuple[Sender, ...] = ()
) -> Sender:
    return Sender(
        name=str(originator),
        kind=originator.kind,
        message_class=originator.message_class,
        country=originator.country,
        registered=originator.registered,
        active=originator.active,
        international=aws.international if aws else None,
        members=members,
    )


def whom_not(
    originator: Originator, message_class: str, countries: Collection[str]
) -> list[Obstacle]:
    """Return what keeps an originator from texting people in these countries."""
    return obstacles(sender_of(originator), message_class, countries)


def in_words(obstacle: Obstacle, people: Counter[str]) -> str:
    """Say in which countries it matters, and for how many."""
    if not obstacle.countries:
        return obstacle.says
    places = sorted(obstacle.countries, key=lambda country: (-people[country], country))
    counts = ", ".join(f"{country} ({people[country]:,})" for country in places)
    return f"{counts}: {obstacle.says}"
