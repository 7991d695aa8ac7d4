"""Which opt-out lists there are is read from AWS by and by, not only when somebody checks."""

import pytest

from campaigns import aws_account, opt_out_lists, syncing
from campaigns.models import AwsSource
from tests.campaigns.factories import NOON

pytestmark = pytest.mark.django_db


def run():
    syncing.due(NOON)
    assert syncing.run(opt_out_lists.SOURCE, NOON)
    return AwsSource.objects.get(name=opt_out_lists.SOURCE).error


def test_the_lists_of_the_account_are_kept(simulated_aws):
    account = aws_account.here()
    account.lists = ["Gone"]
    account.save()
    assert run() == ""
    assert aws_account.here().lists == ["Default"]


def test_while_aws_does_not_answer_what_was_read_stays_and_it_is_said(simulated_aws, monkeypatch):
    account = aws_account.here()
    account.lists = ["Default"]
    account.save()
    monkeypatch.setenv("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2", "http://127.0.0.1:9")
    assert run() == "AWS is out of reach."
    assert aws_account.here().lists == ["Default"]
