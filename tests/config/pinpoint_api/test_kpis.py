from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from analytics import rollups
from campaigns.models import Message
from tests.campaigns.factories import run_of

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 2, 3, 17, tzinfo=UTC)
RANGE = {"StartTime": "2026-02-01T00:00:00Z", "EndTime": "2026-02-12T00:00:00Z"}


@pytest.fixture
def run():
    made, _ = run_of(4)
    Message.objects.update(state="delivered", aws_id="a", sent_at=SENT, final_at=SENT, parts=1)
    first = Message.objects.earliest("pk")
    Message.objects.filter(pk=first.pk).update(state="failed")
    while rollups.roll_up(datetime.now(UTC)):
        pass
    return made


def figure(pinpoint, run, name, **of):
    app = run.campaign.program.application_id
    if of:
        answer = pinpoint.get_campaign_date_range_kpi(
            ApplicationId=app, KpiName=name, **RANGE, **of
        )["CampaignDateRangeKpiResponse"]
    else:
        answer = pinpoint.get_application_date_range_kpi(ApplicationId=app, KpiName=name, **RANGE)[
            "ApplicationDateRangeKpiResponse"
        ]
    assert answer["KpiName"] == name
    return answer["KpiResult"]["Rows"]


def test_the_articles_own_figure_is_answered_for_any_time(pinpoint, run):
    [row] = figure(pinpoint, run, "sms-success-rate")
    assert row["Values"] == [{"Key": "SuccessRate", "Type": "Double", "Value": "0.75"}]


def test_a_campaign_is_named_as_the_interface_names_it(pinpoint, run):
    [row] = figure(pinpoint, run, "successful-deliveries-grouped-by-campaign")
    assert row["GroupedBys"][0]["Value"] == run.campaign.pinpoint_id


def test_a_campaign_has_figures_of_its_own(pinpoint, run):
    [row] = figure(pinpoint, run, "successful-delivery-rate", CampaignId=run.campaign.pinpoint_id)
    assert row["Values"][0]["Value"] == "0.75"


def test_a_campaign_of_another_application_is_not_found(pinpoint, run):
    with pytest.raises(ClientError, match="NotFoundException"):
        figure(pinpoint, run, "successful-delivery-rate", CampaignId="0" * 32)


@pytest.mark.parametrize(
    "changed",
    [
        {"KpiName": "sms-happiness"},
        {"EndTime": "2026-03-20T00:00:00Z"},
        {"EndTime": "2026-01-01T00:00:00Z"},
    ],
)
def test_what_pinpoint_would_not_answer_is_a_bad_request(pinpoint, run, changed):
    asked = RANGE | {"KpiName": "sms-spend"} | changed
    with pytest.raises(ClientError, match="BadRequestException"):
        pinpoint.get_application_date_range_kpi(
            ApplicationId=run.campaign.program.application_id, **asked
        )
