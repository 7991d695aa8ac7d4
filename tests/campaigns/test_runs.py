import json

import pytest
from django.core.management import call_command

from campaigns import openings, runs
from tests.campaigns.factories import NOON, CampaignFactory, MessageFactory, RunFactory
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
STATES = ("delivered", "failed", "blocked", "expired", "cancelled", "unknown", "open")


@pytest.fixture
def campaign():
    """A campaign of two runs: three texts in the first, one in the second."""
    first = RunFactory(audience=3, number=1, finished_at="2026-11-24T18:00:00Z")
    for state in ("delivered", "failed", "unknown"):
        MessageFactory(run=first, state=state)
    second = RunFactory(audience=1, number=2, campaign=first.campaign)
    MessageFactory(run=second, state="queued")
    return first.campaign


def test_the_totals_of_a_campaign_add_up_over_all_its_runs(campaign):
    (totals,) = runs.totals([campaign.pk])
    assert [totals[name] for name in STATES] == [1, 1, 0, 0, 0, 1, 1]
    assert totals["audience"] == 4


def test_the_command_tells_the_totals_as_json(campaign, capsys):
    call_command("campaigns", "--json")
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["audience"], told["delivered"], told["open"]) == (4, 1, 1)


def test_the_latest_run_can_be_looked_at_alone(campaign):
    (totals,) = runs.totals([campaign.pk], latest=True)
    assert [totals[name] for name in STATES] == [0, 0, 0, 0, 0, 0, 1]
    assert totals["audience"] == 1


def test_a_run_whose_audience_is_not_yet_written_counts_nobody():
    run = RunFactory(audience=0, audience_complete=False)
    (totals,) = runs.totals([run.campaign_id])
    assert totals["audience"] == 0
    assert totals["open"] == 0


def test_a_run_with_a_waiting_text_is_not_finished(campaign):
    assert runs.finish_ended() == 0


def test_a_run_ends_though_the_fate_of_a_text_is_unclear():
    run = RunFactory(audience=1)
    MessageFactory(run=run, state="unknown", sent_at="2026-11-24T18:00:00Z")
    assert runs.finish_ended() == 1
    run.refresh_from_db()
    assert run.finished_at is not None
    assert run.campaign.status == "completed"


def test_a_run_keeps_from_whom_it_went_when_its_campaign_is_edited():
    campaign = CampaignFactory()
    before = campaign.program_id, campaign.originator_id, campaign.message_class
    run = openings.frozen_run(campaign, NOON)
    campaign.originator, campaign.program = OriginatorFactory(), ProgramFactory()
    assert (run.program_id, run.originator_id, run.message_class) == before
