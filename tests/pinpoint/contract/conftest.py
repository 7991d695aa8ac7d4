"""One account for all contract tests: the simulator's, or whatever CONTRACT_ENDPOINT_URL names.

Each test makes what it needs and gives it back. Requests are held against botocore's model by
boto3 and by the simulator, the simulator's answers by itself.
"""

import os

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests import simulated

ACCOUNT = {"numbers": [], "day_seconds": 86_400}


@pytest.fixture(scope="session")
def account(tmp_path_factory):
    """The address of an account in which nothing has been bought."""
    if address := os.environ.get("CONTRACT_ENDPOINT_URL"):
        yield address
        return
    folder = tmp_path_factory.mktemp("contract")
    process, address, _log = simulated.start(folder, "http://127.0.0.1:9/", {"account": ACCOUNT})
    yield address
    process.kill()
    process.wait()


@pytest.fixture(scope="session")
def sms(account):
    """A boto3 client that speaks to it."""
    client = boto3.client(
        "pinpoint-sms-voice-v2",
        endpoint_url=account,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5),
    )
    yield client
    client.close()


@pytest.fixture
def buy(sms):
    """Buy numbers, which are given back when the test ends."""
    bought = []

    def request(kind="TEN_DLC", message_type="PROMOTIONAL", country="US", **members):
        number = sms.request_phone_number(
            IsoCountryCode=country,
            MessageType=message_type,
            NumberCapabilities=["SMS"],
            NumberType=kind,
            **members,
        )
        bought.append(number["PhoneNumberId"])
        return number

    yield request
    for pool in sms.describe_pools()["Pools"]:
        sms.delete_pool(PoolId=pool["PoolId"])
    owned = {number["PhoneNumberId"] for number in sms.describe_phone_numbers()["PhoneNumbers"]}
    for name in owned.intersection(bought):
        sms.update_phone_number(PhoneNumberId=name, DeletionProtectionEnabled=False)
        sms.release_phone_number(PhoneNumberId=name)


def reason(call, **members):
    """Make a call that must be refused; return AWS's reason."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response["Reason"]
