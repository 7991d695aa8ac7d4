"""Run by `manage.py shell` inside a running system: make people and launch a campaign to them."""

from django.contrib.auth.models import User

from campaigns import actions
from compliance.models import Originator, Program
from contacts import attributes
from tests.campaigns.factories import CampaignFactory, ContactFactory, SegmentFactory, opted_in

RULES = {"match": "all", "rules": [{"field": "attributes.Plan", "op": "is", "values": ["journey"]}]}


def launch(people, zone, **campaign):
    contacts = [
        ContactFactory.build(
            phone=f"+1212{2_000_000 + n}", timezone=zone, attributes={"Plan": ["journey"]}
        )
        for n in range(people)
    ]
    ContactFactory._meta.model.objects.bulk_create(contacts)
    attributes.refresh()
    program = Program.objects.get(name="Offers")
    opted_in(program, *(contact.phone for contact in contacts))
    launched = CampaignFactory(
        name="Journey",
        program=program,
        originator=Originator.objects.get(identity="+12065550100"),
        segment=SegmentFactory(name="Journey", rules=RULES),
        **campaign,
    )
    actions.launch(launched.pk, User.objects.get(username="marketer"))
