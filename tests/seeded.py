"""What the screenshots show; run by `manage.py shell` inside a running system."""

import random
from datetime import timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils import timezone

from analytics.models import Alert, AlertRule, HourlyFact
from campaigns import actions
from campaigns.models import CannedReply, KeywordRule
from compliance.models import Originator, Program
from contacts.models import Contact, Segment
from tests.campaigns.factories import CampaignFactory

TEXT = (
    "Sendpoint Demo: Hi {{User.UserAttributes.FirstName}}! 30% off this weekend with code SAVE30. "
    "Reply STOP to opt out."
)
WEST = {
    "match": "all",
    "rules": [
        {"field": "attributes.Plan", "op": "is", "values": ["premium"]},
        {"field": "city", "op": "is", "values": ["San Francisco", "Seattle"]},
    ],
}
DAYS = 13
COUNTS = ("attempted", "sent", "delivered", "failed", "parts", "delivered_parts", "replies")


def _campaign(name, **more):
    marketer = User.objects.get(username="marketer")
    return CampaignFactory(
        name=name,
        program=Program.objects.get(name="Offers"),
        originator=Originator.objects.get(identity="+12065550100"),
        segment=Segment.objects.get(name="Everyone"),
        created_by=marketer,
        edited_by=marketer,
        body=TEXT,
        daily_limit=10,
        total_limit=50,
        **more,
    )


def first(zone: str) -> None:
    """Let everybody live where it is day, and text them."""
    Contact.objects.update(timezone=zone)
    Segment.objects.get_or_create(name="Gold in the west", defaults={"rules": WEST})
    CannedReply.objects.create(name="Opening hours", body="We are open from 9 to 5, Mon to Fri.")
    KeywordRule.objects.create(
        name="Menu", match="exact", keyword="MENU", reply="Today: soup of the day.",
        program=Program.objects.get(name="Offers"),
    )  # fmt: skip
    campaign = _campaign("Flash sale", messages_per_second=100)
    actions.launch(campaign.pk, User.objects.get(username="marketer"))


def then() -> None:
    """Give the figures a past, and the other pages something to show."""
    _two_weeks()
    _alerts()
    slow = _campaign("Weekly offers", messages_per_second=2)
    actions.launch(slow.pk, User.objects.get(username="marketer"))
    _campaign("Autumn sale")
    reviewed = _campaign("Members’ evening")
    actions.submit(reviewed.pk, User.objects.get(username="marketer"))


def _alerts():
    """Something is wrong now, and something was two days ago."""
    now = timezone.now()
    spend = AlertRule.objects.filter(kind="spend").first()
    spend.good_checks = 1000  # it stays until its picture is taken
    spend.save()
    Alert.objects.create(
        rule=spend, opened_at=now - timedelta(minutes=20), says="85% of the month's money is spent."
    )
    two_days = now - timedelta(days=2)
    Alert.objects.create(
        rule=AlertRule.objects.filter(kind="delivery").first(),
        opened_at=two_days,
        closed_at=two_days + timedelta(minutes=35),
        says="71% of the last 412 texts arrived.",
    )


def _two_weeks():
    """Let the days before look like today, more or less, in the charts."""
    chance = random.Random(7)
    today = list(HourlyFact.objects.all())
    for day in range(1, DAYS + 1):
        share = chance.uniform(0.4, 1.3)
        for fact in today:
            fact.pk, fact.hour = None, fact.hour - timedelta(days=1)
        scaled = [HourlyFact(**_scaled(fact, share)) for fact in today if day % 7]
        HourlyFact.objects.bulk_create(scaled)


def _scaled(fact, share):
    values = {field.attname: getattr(fact, field.attname) for field in fact._meta.concrete_fields}
    values |= {name: round(values[name] * share) for name in COUNTS}
    values |= {name: values[name] * Decimal(share) for name in ("price", "carrier_fee")}
    # Of no campaign: the report of today's stays its own.
    return values | {"id": None, "campaign_id": None, "run_id": None, "opt_outs": int(share * 4)}
