"""Whatever happens to texts, in whatever order it is counted: the facts are the messages."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import rollups
from campaigns.models import InboundMessage, Message
from tests.analytics.recount import recounted, stored
from tests.campaigns.factories import CampaignFactory, MessageFactory, RunFactory
from tests.compliance.factories import OriginatorFactory, ProgramFactory

NOW = datetime(2026, 11, 24, 17, 20, tzinfo=UTC)
STATES = [str(state) for state in Message.State]
PURPOSES = ["notice", "offer", "test", "reply"]
MINUTES = st.sampled_from([0, 1, 7, 59, 60, 61, 180])
CHANGES = st.fixed_dictionaries(
    {"state": st.sampled_from(STATES)},
    optional={
        "country": st.sampled_from(["", "US", "CA"]),
        "carrier": st.sampled_from(["", "T-Mobile", "Verizon"]),
        "reason": st.sampled_from(["", "UNREACHABLE", "no_consent"]),
        "aws_id": st.sampled_from(["", "aws-1"]),
        "parts": st.sampled_from([None, 1, 3]),
        "price": st.sampled_from([None, Decimal("0.00581"), Decimal("0.01743")]),
        "carrier_fee": st.sampled_from([None, Decimal("0.00304")]),
        "expected_usd": st.sampled_from([None, Decimal("0.00885")]),
        "sent": st.one_of(st.none(), MINUTES),  # minutes ago
        "final": st.one_of(st.none(), st.integers(-1, 90_000)),  # seconds after it was sent
        "attempts": st.integers(1, 3),
    },
)
STEPS = st.one_of(
    st.tuples(st.just("passes"), MINUTES),
    st.tuples(st.just("text"), st.integers(0, 1), CHANGES),
    st.tuples(st.just("direct"), st.sampled_from(PURPOSES), CHANGES),
    st.tuples(st.just("changes"), st.integers(0, 50), CHANGES),
    st.tuples(st.just("answer"), st.integers(0, 50), st.sampled_from(["stop", "other"])),
    st.tuples(st.just("stray"), st.booleans(), st.sampled_from(["stop", "other"])),
    st.tuples(st.just("edited"), st.integers(0, 1)),
    st.tuples(st.just("counted"), st.none()),
)


class History:
    """Acts on real rows, as the engine would: every change is stamped."""

    def __init__(self):
        self.now = NOW
        self.runs = [
            RunFactory(
                program=campaign.program,
                originator=campaign.originator,
                message_class=campaign.message_class,
                campaign=campaign,
            )
            for campaign in CampaignFactory.create_batch(2)
        ]

    def passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    def text(self, which, change):
        self._apply(MessageFactory.build(run=self.runs[which], contact=None, phone="+1"), change)

    def direct(self, purpose, change):
        message = MessageFactory.build(run=None, campaign=None, contact=None, phone="+1")
        message.purpose, message.program = purpose, self.runs[0].program
        message.originator = self.runs[0].originator
        self._apply(message, change)

    def changes(self, which, change):
        if message := self._some(which):
            self._apply(message, change)

    def _some(self, which):
        count = Message.objects.count()
        return Message.objects.order_by("pk")[which % count] if count else None

    def _apply(self, message, change):
        for name in set(change) - {"sent", "final"}:
            setattr(message, name, change[name])
        if "sent" in change:
            ago = change["sent"]
            message.sent_at = None if ago is None else self.now - timedelta(minutes=ago)
        if message.state == "sending":
            message.claim, message.sent_at = uuid.uuid4(), message.sent_at or self.now
        if "final" in change:
            began = message.sent_at or self.now
            after = change["final"]
            message.final_at = None if after is None else began + timedelta(seconds=after)
        counted = message.pk and message.attempts  # what was counted has been attempted
        if message.state not in ("queued", "sending") or counted:
            message.attempts = max(message.attempts, 1)
        if message.state == "sending" and counted:
            message.attempts = max(message.attempts, 2)
        message.changed_at = self.now
        message.save()

    def answer(self, which, intent):
        if message := self._some(which):
            self._inbound(intent, answers=message)

    def stray(self, known, intent):
        self._inbound(intent, recipient=self.runs[0].originator.identity if known else "+19")

    def _inbound(self, intent, **fields):
        InboundMessage.objects.create(
            inbound_id=str(uuid.uuid4()),
            body="...",
            intent=intent,
            received_at=self.now,
            created_at=self.now,
            **fields,
        )

    def edited(self, which):
        """A campaign is given to others after it has ended: its texts stay what they were."""
        campaign = self.runs[which].campaign
        campaign.originator, campaign.program = OriginatorFactory(), ProgramFactory()
        campaign.save()

    def counted(self, _nothing):
        rollups.roll_up(self.now)
        assert stored() == recounted()


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(rollups, "BLOCK", 3)
    monkeypatch.setattr(rollups, "BLOCKS_AT_ONCE", 2)


def check(steps):
    with transaction.atomic():
        history = History()
        for name, *arguments in steps:
            getattr(history, name)(*arguments)
        history.counted(None)
        counted = stored()
        assert rollups.rebuild(NOW, NOW + timedelta(hours=2)) >= 0
        assert stored() == counted
        rollups.rebuild()
        assert stored() == counted
        transaction.set_rollback(True)


PLAIN = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.django_db
@settings(PLAIN, max_examples=40)
@given(st.lists(STEPS, max_size=25))
def test_counting_step_by_step_is_a_full_recount(steps):
    check(steps)


@pytest.mark.soak
@pytest.mark.django_db
@settings(PLAIN, max_examples=3000)
@given(st.lists(STEPS, max_size=60))
def test_counting_thousands_of_histories_step_by_step_is_a_full_recount(steps):
    check(steps)
