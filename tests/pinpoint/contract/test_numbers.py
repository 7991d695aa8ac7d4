"""Phone numbers, pools, sender IDs, keywords and tags, as AWS's own model describes them."""

import urllib.request
from uuid import uuid4

import pytest

from .conftest import reason

TOPIC = "arn:aws:sns:us-east-1:111122223333:replies"


def described(sms, number):
    (found,) = sms.describe_phone_numbers(PhoneNumberIds=[number["PhoneNumberId"]])["PhoneNumbers"]
    return found


def test_a_10dlc_number_waits_for_its_registration(sms, buy):
    number = buy()
    assert number["Status"] == "PENDING"
    assert described(sms, number)["MonthlyLeasingPrice"] == "1.00"


def test_a_simulator_number_can_send_at_once(sms, buy):
    assert described(sms, buy("SIMULATOR", "TRANSACTIONAL"))["Status"] == "ACTIVE"


def test_a_purchase_said_twice_with_one_token_buys_once(sms, buy):
    token = str(uuid4())
    first, again = buy(ClientToken=token), buy(ClientToken=token)
    assert first["PhoneNumberId"] == again["PhoneNumberId"]


@pytest.mark.parametrize(
    ("kind", "message_type", "country", "expected"),
    [
        ("TEN_DLC", "PROMOTIONAL", "GB", "COUNTRY_CODE_MISMATCH"),
        ("SIMULATOR", "PROMOTIONAL", "US", "INVALID_PARAMETER"),
        ("LONG_CODE", "PROMOTIONAL", "US", "INVALID_PARAMETER"),
    ],
)
def test_what_is_not_offered_is_refused(sms, kind, message_type, country, expected):
    members = {"IsoCountryCode": country, "MessageType": message_type, "NumberType": kind}
    assert reason(sms.request_phone_number, NumberCapabilities=["SMS"], **members) == expected


def test_a_protected_number_cannot_be_released(sms, buy):
    number = buy(DeletionProtectionEnabled=True)
    members = {"PhoneNumberId": number["PhoneNumberId"]}
    assert reason(sms.release_phone_number, **members) == "DELETION_PROTECTION_ENABLED"
    sms.update_phone_number(DeletionProtectionEnabled=False, **members)
    assert sms.release_phone_number(**members)["Status"] == "DELETED"


def test_two_way_needs_a_topic_and_self_managed_opt_outs_need_two_way(sms, buy):
    members = {"PhoneNumberId": buy()["PhoneNumberId"]}
    update = sms.update_phone_number
    assert reason(update, TwoWayEnabled=True, **members) == "TWO_WAY_CHANNEL_NOT_PRESENT"
    assert reason(update, SelfManagedOptOutsEnabled=True, **members) == "TWO_WAY_NOT_ENABLED"
    update(TwoWayEnabled=True, TwoWayChannelArn=TOPIC, **members)
    changed = update(SelfManagedOptOutsEnabled=True, **members)
    assert (changed["TwoWayChannelArn"], changed["SelfManagedOptOutsEnabled"]) == (TOPIC, True)


def test_a_pool_takes_the_settings_of_its_first_number_and_changes_those_of_all(sms, buy):
    first, second = buy(), buy()
    sms.update_phone_number(
        PhoneNumberId=first["PhoneNumberId"], TwoWayEnabled=True, TwoWayChannelArn=TOPIC
    )
    pool = sms.create_pool(OriginationIdentity=first["PhoneNumberId"], MessageType="PROMOTIONAL")
    join = {"PoolId": pool["PoolId"], "OriginationIdentity": second["PhoneNumberId"]}
    assert pool["TwoWayEnabled"]
    assert reason(sms.associate_origination_identity, **join) == "TWO_WAY_CONFIG_MISMATCH"
    sms.update_phone_number(
        PhoneNumberId=second["PhoneNumberId"], TwoWayEnabled=True, TwoWayChannelArn=TOPIC
    )
    sms.associate_origination_identity(**join)
    sms.update_pool(PoolId=pool["PoolId"], TwoWayEnabled=False)
    members = sms.list_pool_origination_identities(PoolId=pool["PoolId"])["OriginationIdentities"]
    assert len(members) == 2
    assert not described(sms, second)["TwoWayEnabled"]


def test_a_number_in_a_pool_is_neither_changed_nor_released_by_itself(sms, buy):
    number = buy()
    pool = sms.create_pool(OriginationIdentity=number["PhoneNumberId"], MessageType="PROMOTIONAL")
    members = {"PhoneNumberId": number["PhoneNumberId"]}
    leave = {"PoolId": pool["PoolId"], "OriginationIdentity": number["PhoneNumberId"]}
    busy = "PHONE_NUMBER_ASSOCIATED_TO_POOL"
    assert reason(sms.release_phone_number, **members) == busy
    assert reason(sms.update_phone_number, OptOutListName="Default", **members) == busy
    assert reason(sms.disassociate_origination_identity, **leave) == "LAST_PHONE_NUMBER"


def test_a_sender_id_belongs_to_one_country(sms):
    wanted = {"SenderId": "SENDPOINT", "IsoCountryCode": "DE"}
    made = sms.request_sender_id(**wanted)
    assert not made["Registered"]
    assert reason(sms.request_sender_id, **wanted) == "RESOURCE_ALREADY_EXISTS"
    sms.update_sender_id(DeletionProtectionEnabled=True, **wanted)
    assert reason(sms.release_sender_id, **wanted) == "DELETION_PROTECTION_ENABLED"
    sms.update_sender_id(DeletionProtectionEnabled=False, **wanted)
    sms.release_sender_id(**wanted)
    assert sms.describe_sender_ids()["SenderIds"] == []


@pytest.mark.parametrize(
    ("name", "country", "expected"),
    [
        ("SENDPOINT", "US", "SENDER_ID_NOT_SUPPORTED"),
        ("SENDPOINT", "SG", "SENDER_ID_REQUIRES_REGISTRATION"),
        ("12345", "DE", "INVALID_PARAMETER"),
    ],
)
def test_some_sender_ids_cannot_be_had(sms, name, country, expected):
    assert reason(sms.request_sender_id, SenderId=name, IsoCountryCode=country) == expected


def test_keywords_are_put_over_help_and_stop_which_stay(sms, buy):
    owner = {"OriginationIdentity": buy()["PhoneNumberId"]}
    sms.put_keyword(Keyword="START", KeywordMessage="Welcome back", KeywordAction="OPT_IN", **owner)
    sms.put_keyword(Keyword="HELP", KeywordMessage="ACME: call 5550100", **owner)
    words = {one["Keyword"]: one for one in sms.describe_keywords(**owner)["Keywords"]}
    assert set(words) == {"HELP", "START", "STOP"}
    assert words["HELP"]["KeywordMessage"] == "ACME: call 5550100"
    assert words["STOP"]["KeywordAction"] == "OPT_OUT"
    sms.delete_keyword(Keyword="start", **owner)
    assert reason(sms.delete_keyword, Keyword="STOP", **owner) == "RESOURCE_DELETION_NOT_ALLOWED"


def test_tags_are_put_and_taken(sms, buy):
    number = buy(Tags=[{"Key": "team", "Value": "shop"}])
    name = {"ResourceArn": number["PhoneNumberArn"]}
    sms.tag_resource(Tags=[{"Key": "stage", "Value": "live"}], **name)
    sms.untag_resource(TagKeys=["team"], **name)
    assert sms.list_tags_for_resource(**name)["Tags"] == [{"Key": "stage", "Value": "live"}]


def test_days_can_pass_in_a_moment(account, sms, buy):
    number = buy("LONG_CODE", country="GB")
    assert number["Status"] == "PENDING"
    request = urllib.request.Request(f"{account}/_simulator/forward", b'{"days": 2}')
    urllib.request.urlopen(request, timeout=5).close()
    assert described(sms, number)["Status"] == "ACTIVE"
