"""A seeded history of months, recomputed text by text: the figures agree to the unit."""

from datetime import timedelta

import pytest

from analytics import rollups
from benchmarks import history
from campaigns.models import Message
from tests.analytics.recount import recounted, stored

pytestmark = pytest.mark.django_db


def check(count, campaigns):
    history.fill(count, campaigns=campaigns)
    rollups.roll_up(history.NOW)
    assert Message.objects.count() == count
    counted = stored()
    assert counted == recounted()
    assert sum(fact["attempted"] for fact in counted[0].values()) > count * 0.9
    # Days later AWS tells the fate of some, all over the months.
    later = history.NOW + timedelta(days=2)
    waiting = Message.objects.filter(state="accepted").order_by("pk").values_list("pk", flat=True)
    some = list(waiting)[::7]
    told = Message.objects.filter(pk__in=some)
    fate = {"state": "delivered", "changed_at": later, "final_at": later, "price": "0.00581"}
    assert told.update(**fate) == len(some) > 0
    rollups.roll_up(later)
    assert stored() == recounted()
    counted = stored()
    rollups.rebuild()
    assert stored() == counted


def test_the_figures_of_a_month_are_those_of_its_texts():
    check(4_000, campaigns=6)


@pytest.mark.soak
def test_the_figures_of_a_million_texts_are_those_of_each_of_them():
    check(1_000_000, campaigns=history.CAMPAIGNS)
