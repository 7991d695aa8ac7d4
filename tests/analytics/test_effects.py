from datetime import timedelta

import pytest
from django.http import QueryDict

from analytics import campaign_panels, effects
from analytics.models import ArmOutcome
from analytics.scope import ScopeForm
from campaigns import arms
from campaigns.models import InboundMessage, PersonEvent
from tests.campaigns.factories import NOON, CampaignFactory, MessageFactory, RunFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def run():
    return RunFactory(treatments=[{"name": "Short", "percent": 50, "body": "Hi"}])


def person(run, arm=0, state="delivered", **fields):
    fields.setdefault("sent_at", NOON if state == "delivered" else None)
    return MessageFactory(run=run, arm=arm, state=state, **fields)


def held_out(run):
    return person(run, state="blocked", reason=arms.HELD_OUT)


def says(text, intent="other", after=HOUR):
    InboundMessage.objects.create(
        inbound_id=f"in-{InboundMessage.objects.count()}",
        sender=text.phone,
        intent=intent,
        received_at=NOON + after,
    )


def orders(text, after=HOUR):
    PersonEvent.objects.create(kind="order", contact=text.contact, happened_at=NOON + after)


def counted(run):
    effects.count(run.pk)
    rows = ArmOutcome.objects.filter(run=run).values_list("outcome", "arm", "people")
    return {(outcome, arm): people for outcome, arm, people in rows}


def test_people_are_counted_by_arm_and_those_who_got_none_apart(run):
    person(run), person(run, arm=1), person(run, arm=1), held_out(run)
    assert counted(run) == {("people", 0): 1, ("people", 1): 2, ("people", None): 1}


def test_a_text_that_never_arrived_counts_in_its_arm_all_the_same(run):
    person(run, state="failed"), person(run, state="blocked", reason="no_consent")
    assert counted(run) == {("people", 0): 2}


def test_whoever_answers_three_times_answered_once(run):
    text = person(run)
    says(text), says(text), says(text, "stop")
    found = counted(run)
    assert (found["answered", 0], found["opted_out", 0]) == (1, 1)


@pytest.mark.parametrize(
    ("after", "counts"),
    [
        (-timedelta(seconds=1), False),
        (timedelta(0), True),
        (effects.WATCHED - timedelta(seconds=1), True),
        (effects.WATCHED, False),
    ],
)
def test_only_what_happens_in_the_days_after_counts(run, after, counts):
    text, other = person(run), held_out(run)
    says(text, after=after), orders(other, after)
    found = counted(run)
    assert (("answered", 0) in found) is counts
    assert (("event:order", None) in found) is counts


def test_counting_again_changes_nothing(run):
    orders(person(run))
    assert counted(run) == counted(run)


def test_runs_that_are_long_over_are_left_alone(run):
    run.finished_at = NOON
    run.save()
    assert effects.count_recent(NOON + timedelta(days=1)) == 1
    assert effects.count_recent(NOON + timedelta(days=30)) == 0


def scope(campaign=None):
    address = QueryDict(f"campaign={campaign.pk}" if campaign else "")
    form = ScopeForm(address)
    assert form.is_valid()
    return form.scope()


def test_treatments_stand_beside_the_campaigns_own_text(run):
    texts = [person(run), person(run), person(run, arm=1), person(run, arm=1)]
    says(texts[2])
    effects.count(run.pk)
    rows = {row[0]: row[1:] for row in campaign_panels.treatments(scope(run.campaign)).rows}
    assert rows["Answered: The campaign's own text"][:3] == [2, 0, 0.0]
    people, hits, share, low, high, difference, least, most = rows["Answered: Short"]
    assert (people, hits, share, difference) == (2, 1, 0.5, 0.5)
    assert low < share < high
    assert least < 0 < difference < most  # of two people nothing follows


def test_what_a_run_brought_about_is_told_against_the_hold_out(run):
    orders(person(run)), person(run, arm=1), held_out(run), held_out(run)
    effects.count(run.pk)
    rows = {row[0]: row[1:] for row in campaign_panels.effects(scope(run.campaign)).rows}
    assert rows["order: with a text"][:3] == [2, 1, 0.5]
    assert rows["order: with a text"][5] == 0.5
    assert rows["order: held out"][:3] == [2, 0, 0.0]


def test_without_treatments_or_a_hold_out_there_is_nothing_to_compare(run):
    person(run)
    effects.count(run.pk)
    assert campaign_panels.treatments(scope(run.campaign)).rows == []
    assert campaign_panels.effects(scope(run.campaign)).rows == []


@pytest.mark.parametrize("panel", [campaign_panels.treatments, campaign_panels.effects])
def test_nothing_is_compared_over_all_campaigns_or_before_a_launch(run, panel):
    assert panel(scope()).rows == []
    assert panel(scope()).nothing == "Choose a campaign that was launched."
    assert panel(scope(CampaignFactory())).rows == []
