from datetime import timedelta
from decimal import Decimal

import pytest

from campaigns import prices
from campaigns.models import Message, Price
from tests.campaigns.factories import NOON, MessageFactory, RunFactory

pytestmark = pytest.mark.django_db


def receipts(country, parts, price, fee=None):
    run = RunFactory()
    message = MessageFactory(run=run, state="delivered", parts=parts)
    Message.objects.filter(pk=message.pk).update(
        country=country, price=Decimal(price), carrier_fee=fee and Decimal(fee)
    )


def per_part(country):
    return prices.current().per_part(country)


def test_there_is_a_price_for_every_country_from_the_start():
    assert per_part("US") == Decimal("0.00885")
    assert per_part("FR") == per_part("*") > 0


def test_a_text_costs_its_parts_times_the_price_of_its_country():
    assert prices.current().of_text("+12125550100", 3) == 3 * per_part("US")
    assert prices.current().of_text("+33612345678", 1) == per_part("FR")


def test_prices_are_learned_from_receipts():
    receipts("FR", 30, "2.10", "0.30")
    assert prices.learn(NOON) == 1
    assert per_part("FR") == Decimal("0.08")
    assert Price.objects.get(country="FR").source == "receipts"
    assert prices.learn(NOON) == 0


def test_a_few_parts_prove_no_price():
    receipts("FR", 19, "2.10")
    assert prices.learn(NOON) == 0


def test_what_a_person_entered_stays():
    Price.objects.create(country="FR", per_part_usd=Decimal("0.05"), source="entered")
    receipts("FR", 30, "2.10")
    prices.learn(NOON)
    assert per_part("FR") == Decimal("0.05")


def test_old_receipts_teach_nothing():
    receipts("FR", 30, "2.10")
    assert prices.learn(NOON + timedelta(days=3)) == 0
