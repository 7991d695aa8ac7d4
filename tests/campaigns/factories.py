from datetime import UTC, datetime, timedelta

import factory

from campaigns.models import Campaign, Message, Run
from compliance import ledger
from compliance.models import LedgerEntry
from contacts.models import Contact, Segment
from tests.compliance.factories import OriginatorFactory, ProgramFactory

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)  # noon in New York


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    phone = factory.Sequence(lambda n: f"+1212555{n:04d}")
    attributes = factory.LazyFunction(lambda: {"Plan": ["premium"]})
    user_attributes = factory.LazyFunction(lambda: {"FirstName": ["Ana"]})


class SegmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Segment

    name = factory.Sequence(lambda n: f"Segment {n}")
    rules = factory.LazyFunction(lambda: {"match": "all", "rules": []})


class CampaignFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campaign

    name = factory.Sequence(lambda n: f"Campaign {n}")
    program = factory.SubFactory(ProgramFactory)
    segment = factory.SubFactory(SegmentFactory)
    originator = factory.SubFactory(OriginatorFactory)
    body = "Acme: Hi {{User.UserAttributes.FirstName}}! Reply STOP to opt out."
    daily_limit = 1
    total_limit = 3
    messages_per_second = 1000


class RunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Run

    campaign = factory.SubFactory(CampaignFactory, status="sending")
    number = factory.Sequence(lambda n: n + 1)
    body = factory.SelfAttribute("campaign.body")
    rules = factory.LazyAttribute(lambda run: run.campaign.segment.rules)
    audience = 0
    audience_complete = True
    launched_at = NOON
    expires_at = NOON + timedelta(hours=72)


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Message

    run = factory.SubFactory(RunFactory)
    campaign = factory.SelfAttribute("run.campaign")
    contact = factory.SubFactory(ContactFactory)
    phone = factory.SelfAttribute("contact.phone")
    due_at = NOON
    created_at = NOON
    changed_at = NOON


def opted_in(program, *phones):
    """Record that these people said yes to a program's promotional texts."""
    ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=LedgerEntry.Act.OPT_IN,
                source=LedgerEntry.Source.WEB_FORM,
                program_id=program.pk,
                happened_at=NOON,
                wording_sha256=ledger.keep_wording("Yes, text me offers."),
            )
            for phone in phones
        ]
    )


def run_of(count=1, *, consent=True, **campaign):
    """Make a sending run with waiting messages to people who said yes; return (run, messages)."""
    run = RunFactory(campaign=CampaignFactory(status="sending", **campaign), audience=count)
    messages = MessageFactory.create_batch(count, run=run)
    if consent:
        opted_in(run.campaign.program, *(message.phone for message in messages))
    return run, messages
