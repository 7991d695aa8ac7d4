"""The article's programs, as they stand, with boto3's endpoint for Pinpoint pointing here."""

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import boto3
import pytest

from tests.journeys.campaign import SURE
from tests.stack import Stack, daytime_zone, wait_for

BLOCKS = re.findall(
    r"```(python|bash)\n(.*?)```", Path(__file__).with_name("article.md").read_text(), re.DOTALL
)
OURS = PERSON = "+11234567890"  # the article texts a number from itself
READY = """
from django.contrib.auth.models import User
from compliance.models import Originator, Program
from config.models import AccessKey, KeyAttestation
Originator.objects.update_or_create(identity="+11234567890", defaults=dict(  # AWS may have told
    label="The article's", kind="LONG_CODE", message_class="promotional", parts_per_second=10,
    registered=True, active=True))
program, root = Program.objects.get(name="Offers"), User.objects.get(username="admin")
for kind in ("promotional", "transactional"):
    KeyAttestation.objects.create(key=AccessKey.objects.get(name="article"), program=program,
        message_class=kind, basis="web_form", wording="I agree to get texts", attested_by=root)
print(program.application_id)
"""
ACCOUNT = {
    "numbers": [
        {
            "number": OURS,
            "number_id": "phone-article",
            "number_type": "LONG_CODE",
            "message_type": "PROMOTIONAL",
            "parts_per_second": 10,
        },
    ]
}


@pytest.fixture(scope="module")
def running(tmp_path_factory, begun):
    """A running system with what the article takes for granted, and a key of it."""
    stack = Stack(begun(tmp_path_factory.mktemp("article")), SURE | {"account": ACCOUNT})
    stack.start()
    said = stack.manage("make_access_key", "article", "--by", "admin")
    stack.key = dict(line.split("=", 1) for line in said.splitlines())
    stack.app = stack.manage("shell", "--verbosity=0", "-c", READY).strip()
    yield stack
    stack.stop()


@pytest.fixture
def pinpoint(running, monkeypatch):
    """The running system, with all that a program needs in the environment."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # which keeps the keys of earlier tests
    for name, value in running.key.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_PINPOINT", running.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return running


def run(code, names):
    """Run a block as it stands, in one namespace with those before; return what it printed."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "article", "exec"), names)
    return printed.getvalue()


@pytest.mark.slow
def test_every_program_of_the_article_works_as_it_stands(pinpoint):
    codes = [code.replace("YOUR_APP_ID", pinpoint.app) for kind, code in BLOCKS if kind == "python"]
    direct, register, campaign, opt_outs, _two_way, metrics = codes
    client = boto3.client("pinpoint", region_name="us-east-1")
    # The number is of no place that there is: somebody has told where this person lives.
    client.update_endpoint(
        ApplicationId=pinpoint.app,
        EndpointId="sms-user-001",
        EndpointRequest={
            "Address": PERSON, "ChannelType": "SMS", "OptOut": "NONE",
            "Demographic": {"Timezone": daytime_zone()},
            "Location": {"Region": "NY", "Country": "US"},
            "User": {"UserAttributes": {"FirstName": ["Ana"]}},
        },
    )  # fmt: skip
    names = {}
    assert run(direct, names) == "Status: 200, Delivery: SUCCESSFUL\n" * 2
    assert run(register, names) == ""
    rule = {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["premium"]}}
    segment = client.create_segment(
        ApplicationId=pinpoint.app,
        WriteSegmentRequest={"Name": "Premium", "Dimensions": {"Attributes": rule}},
    )["SegmentResponse"]["Id"]
    names["premium_segment_id"] = segment
    said = run(campaign, names)
    campaign_id = re.fullmatch(r"SMS campaign created: ([0-9a-f]{32})\n", said)[1]
    wait_for(lambda: delivered(client, pinpoint.app, campaign_id), 90, pinpoint.words)
    bodies = [text["body"] for text in pinpoint.accepted()]
    # The article's own single text may have waited for its turn, and then comes after it.
    assert any("Hi Ana! Premium members get 30% off this weekend." in body for body in bodies)
    run(opt_outs, names)
    names["setup_sms_opt_out_handler"]()
    stream = client.get_event_stream(ApplicationId=pinpoint.app)["EventStream"]
    assert stream["DestinationStreamArn"].endswith("stream/pinpoint-events")
    run(metrics, names)
    printed = run(f"get_sms_metrics({pinpoint.app!r})", names)
    assert "sms-success-rate:" in printed
    assert "Error" not in printed


def delivered(client, app, campaign_id):
    """Tell whether the campaign has ended and its text has arrived."""
    state = client.get_campaign(ApplicationId=app, CampaignId=campaign_id)["CampaignResponse"]
    rate = client.get_campaign_date_range_kpi(
        ApplicationId=app, CampaignId=campaign_id, KpiName="successful-delivery-rate"
    )["CampaignDateRangeKpiResponse"]["KpiResult"]["Rows"]
    done = state["State"]["CampaignStatus"] == "COMPLETED"
    return done and rate and rate[0]["Values"][0]["Value"] == "1.0"


@pytest.mark.slow
def test_the_articles_command_line_enables_the_channel(pinpoint):
    [line] = [code for kind, code in BLOCKS if kind == "bash" and "update-sms-channel" in code]
    done = subprocess.run(
        ["bash", "-c", line.replace("YOUR_APP_ID", pinpoint.app)],
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"Enabled": true' in done.stdout
