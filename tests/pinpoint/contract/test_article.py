"""The lines of the article that Sendpoint was first described by, with AWS's own command line.

Its fourth line, `aws pinpoint update-sms-channel`, is of Pinpoint's interface, which the running
system answers: tests/journeys/test_article.py.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

AWS = Path(sys.executable).with_name("aws")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_PAGER": "",
    "AWS_DEFAULT_OUTPUT": "json",
}


@pytest.fixture
def aws(account):
    """Run one line; return what it prints, decoded."""

    def run(*words):
        environment = {
            **os.environ,
            **ENVIRONMENT,
            "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": account,
        }
        command = [str(AWS), "pinpoint-sms-voice-v2", *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_getting_a_phone_number(aws, sms):
    number = aws(
        *("request-phone-number", "--iso-country-code", "US"),
        *("--message-type", "TRANSACTIONAL", "--number-capabilities", "SMS"),
        *("--number-type", "TOLL_FREE"),
    )
    sms.release_phone_number(PhoneNumberId=number["PhoneNumberId"])
    assert number["NumberType"] == "TOLL_FREE"
    assert number["PhoneNumber"].startswith("+18")
    assert number["Status"] == "PENDING"  # it sends nothing before it is registered


def test_checking_the_spending_limit(aws):
    limits = {one["Name"]: one for one in aws("describe-spend-limits")["SpendLimits"]}
    limit = limits["TEXT_MESSAGE_MONTHLY_SPEND_LIMIT"]
    assert limit["EnforcedLimit"] <= limit["MaxLimit"]


def test_what_the_article_takes_for_spending_tells_the_tier(aws):
    attributes = aws("describe-account-attributes")["AccountAttributes"]
    assert {"Name": "ACCOUNT_TIER", "Value": "PRODUCTION"} in attributes
