"""What the screenshots show; run by `manage.py shell` inside a running system."""

import random
from datetime import timedelta
from decimal import Decimal

from django.contrib.auth.models import User

from analytics.models import HourlyFact
from campaigns import actions
from campaigns.models import CannedReply, KeywordRule
from compliance.models import Originator, Program
from contacts.models import Segment
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


def first():
    Segment.objects.get_or_create(name="Gold in the west", defaults={"rules": WEST})
    CannedReply.objects.create(name="Opening hours", body="We are open from 9 to 5, Mon to Fri.")
    KeywordRule.objects.create(
        name="Menu", match="exact", keyword="MENU", reply="Today: soup of the day.",
        program=Program.objects.get(name="Offers"),
    )  # fmt: skip
    campaign = _campaign("Flash sale", messages_per_second=100)
    actions.launch(campaign.pk, User.objects.get(username="marketer"))


def then():
    _two_weeks()
    slow = _campaign("Weekly offers", messages_per_second=2)
    actions.launch(slow.pk, User.objects.get(username="marketer"))
    _campaign("Autumn sale")
    reviewed = _campaign("Members’ evening")
    actions.submit(reviewed.pk, User.objects.get(username="marketer"))


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
