"""The account's page, its check and `aws_doctor`, against a simulated account."""

import json

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.urls import reverse

from campaigns import aws_account
from campaigns.models import AwsAccount, SpendLimit
from pinpoint.survey import Wanted, survey
from tests.campaigns.factories import NOON

pytestmark = pytest.mark.django_db
EVENTS, INBOUND = (
    f"arn:aws:sns:us-east-1:111122223333:sendpoint-{name}" for name in ("events", "inbound")
)
PAGE = "admin:campaigns_awsaccount_changelist"
LIMIT = "admin:campaigns_awsaccount_limit"


@pytest.fixture
def limit(simulated_aws):
    """AWS's limit; what a test made of it is taken back, since others ask the same account."""
    yield SpendLimit.objects.create(
        name="TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", enforced_usd=1000, most_usd=1000, read_at=NOON
    )
    sms = aws_account.client_of("pinpoint-sms-voice-v2")
    sms.delete_text_message_spend_limit_override()


def states(points):
    return {point["key"]: point["state"] for point in points}


def test_the_doctor_says_what_is_missing_and_ends_with_1(simulated_aws, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("aws_doctor", "--json")
    assert ended.value.code == 1
    found = json.loads(capsys.readouterr().out)
    seen = states(found["points"])
    assert seen["credentials"] == seen["dry_run"] == seen["configuration_set"] == "ok"
    assert seen["permissions"] == seen["protection"] == seen["figures"] == "ok"
    assert seen["destination"] == "missing"
    assert found["next"] == "destination"


def test_the_doctor_says_where_there_are_no_credentials(monkeypatch, tmp_path, capsys):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps those that it found
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    with pytest.raises(SystemExit):
        call_command("aws_doctor")
    assert "There are no AWS credentials." in capsys.readouterr().out


def test_a_check_is_kept_for_the_page(admin_client, simulated_aws):
    admin_client.post(reverse("admin:campaigns_awsaccount_check"))
    account = AwsAccount.objects.get()
    assert account.account_id == "111122223333"
    page = admin_client.get(reverse(PAGE)).content.decode()
    assert "Account 111122223333 in us-east-1" in page
    assert 'data-point="destination" data-state="missing"' in page


def test_the_page_asks_aws_nothing_by_itself(admin_client):
    assert "Nobody has looked yet" in admin_client.get(reverse(PAGE)).content.decode()


def test_a_limit_is_changed_only_after_a_question(admin_client, simulated_aws, limit):
    page = admin_client.post(reverse(LIMIT), {"usd": "500"}).content.decode()
    assert "Let AWS stop all texts at $500 a month?" in page
    limit.refresh_from_db()
    assert limit.enforced_usd == 1000


def test_a_changed_limit_is_on_record_with_its_request(admin_client, simulated_aws, limit):
    admin_client.post(reverse(LIMIT), {"usd": "500", "confirmed": "yes"})
    limit.refresh_from_db()
    assert (limit.enforced_usd, limit.overridden) == (500, True)
    said = LogEntry.objects.get().change_message
    assert "set-text-message-spend-limit-override --monthly-limit 500; " in said
    assert "SetTextMessageSpendLimitOverride at AWS, request " in said


def test_what_aws_refuses_is_on_record_too(admin_client, simulated_aws, limit):
    answer = admin_client.post(reverse(LIMIT), {"usd": "5000", "confirmed": "yes"}, follow=True)
    assert "REQUESTED_SPEND_LIMIT_HIGHER_THAN_SERVICE_LIMIT" in answer.content.decode()
    assert "AWS refused" in LogEntry.objects.get().change_message


def test_who_may_only_look_changes_nothing(client):
    user = User.objects.create_user("looker", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_awsaccount"))
    client.force_login(user)
    assert client.get(reverse(PAGE)).status_code == 200
    assert client.post(reverse(LIMIT), {"usd": "1", "confirmed": "yes"}).status_code == 403


def test_a_service_that_is_away_is_asked_once(simulated_aws, monkeypatch):
    asked = []

    def fail(client, name, members):
        asked.append(name)
        raise ReadTimeoutError(endpoint_url="https://aws")

    here = aws_account.client_of("sts")
    sms = aws_account.client_of("pinpoint-sms-voice-v2")
    monkeypatch.setattr(type(sms), "_make_api_call", fail)
    clients = {
        "sts": here,
        "pinpoint-sms-voice-v2": sms,
        "cloudwatch": aws_account.client_of("cloudwatch"),
    }
    found = survey(clients.__getitem__, Wanted("sendpoint", [], []))
    assert asked == ["DescribeAccountAttributes"]
    assert found.account_id == "111122223333"
    assert found.troubles == {"sms-voice:DescribeAccountAttributes": "AWS did not answer in time."}
