"""The list of what is missing, judged from what a survey found."""

import pytest

from campaigns import checkup
from campaigns.checkup import State
from pinpoint.survey import Destination, Protection, Sender, Survey, Wanted

TOPIC, INBOUND = "arn:aws:sns:us-east-1:1:events", "arn:aws:sns:us-east-1:1:inbound"
WANTED = Wanted("sendpoint", [TOPIC, INBOUND], [])


def whole(**members):
    """Return a survey of an account where nothing is missing."""
    given = {
        "account_id": "1",
        "user": "arn:aws:iam::1:user/a",
        "tier": "PRODUCTION",
        "enforced_usd": 100,
        "most_usd": 1000,
        "senders": [Sender("p", "+12065550100", "number", True, "", True, INBOUND, "Default")],
        "has_set": True,
        "destinations": [Destination("sns", True, ("TEXT_ALL",), TOPIC)],
        "lists": ["Default"],
        "topics": {TOPIC: ["https://a/"], INBOUND: ["https://a/"]},
        "protections": [],
        "dry_run": "",
    }
    return Survey(**{**given, **members})


def states(found):
    return {point.key: point.state for point in checkup.points(found, WANTED, ["Default"], ["US"])}


def test_nothing_is_missing_where_everything_is_there():
    assert set(states(whole()).values()) == {State.OK}


def test_without_credentials_nothing_else_is_asked():
    assert states(Survey(credentials="There are no AWS credentials.")) == {
        "credentials": State.MISSING
    }


@pytest.mark.parametrize(
    ("members", "key", "state"),
    [
        ({"denied": ["sms-voice:SendTextMessage"]}, "permissions", State.MISSING),
        ({"troubles": {"sms-voice:DescribePools": "AWS throttles"}}, "permissions", State.UNKNOWN),
        ({"denied": ["cloudwatch:GetMetricData"]}, "permissions", State.OK),
        ({"denied": ["cloudwatch:GetMetricData"]}, "figures", State.WARNING),
        ({"troubles": {"cloudwatch:GetMetricData": "It throttles"}}, "figures", State.UNKNOWN),
        ({"tier": "Sandbox"}, "tier", State.WARNING),
        ({"enforced_usd": 1}, "limit", State.WARNING),
        ({"senders": []}, "senders", State.MISSING),
        ({"senders": None}, "senders", State.UNKNOWN),
        ({"has_set": False, "destinations": []}, "configuration_set", State.MISSING),
        ({"destinations": []}, "destination", State.MISSING),
        (
            {"destinations": [Destination("sns", False, ("TEXT_ALL",), TOPIC)]},
            "destination",
            State.MISSING,
        ),
        (
            {"destinations": [Destination("sns", True, ("TEXT_DELIVERED",), TOPIC)]},
            "destination",
            State.MISSING,
        ),
        (
            {"destinations": [Destination("sns", True, ("ALL",), "arn:other")]},
            "destination",
            State.MISSING,
        ),
        ({"topics": {TOPIC: [], INBOUND: ["https://a/"]}}, "way_back", State.MISSING),
        ({"topics": {TOPIC: ["https://a/"]}}, "way_back", State.MISSING),
        (
            {"destinations": [Destination("firehose", True, ("TEXT_ALL",), "")]},
            "destination",
            State.OK,
        ),
        (
            {"destinations": [Destination("firehose", True, ("TEXT_ALL",), "")]},
            "way_back",
            State.UNKNOWN,
        ),
        ({"lists": ["Other"]}, "lists", State.MISSING),
        (
            {"protections": [Protection("p", is_default=True, rules={"US": "BLOCK"})]},
            "protection",
            State.WARNING,
        ),
        (
            {"protections": [Protection("p", is_default=False, rules={"US": "BLOCK"})]},
            "protection",
            State.OK,
        ),
        (
            {
                "protections": [
                    Protection("p", is_default=True, rules={"US": "BLOCK"}),
                    Protection("q", is_default=False, rules={}, sets=("sendpoint",)),
                ]
            },
            "protection",
            State.OK,
        ),
        ({"dry_run": "MESSAGE_TYPE_MISMATCH"}, "dry_run", State.MISSING),
        (
            {"senders": [Sender("p", "+12065550100", "number", True, "", False, "", "Default")]},
            "two_way",
            State.WARNING,
        ),
    ],
)
def test_what_is_missing_is_named(members, key, state):
    assert states(whole(**members))[key] == state


def test_a_number_in_a_pool_is_as_its_pool_is():
    number = Sender("p", "+12065550100", "number", True, "pool-1", False, "", "Default")
    pool = Sender("pool-1", "pool-1", "pool", True, "", True, INBOUND, "Default")
    assert states(whole(senders=[number, pool]))["two_way"] == State.OK


def test_where_no_topic_is_believed_nothing_comes_back():
    found = checkup.points(whole(), Wanted("sendpoint", [], []), ["Default"], ["US"])
    assert {point.key: point.state for point in found}["way_back"] == State.MISSING


def test_the_next_step_is_the_first_that_stops_texts():
    found = checkup.points(whole(tier="SANDBOX", lists=[]), WANTED, ["Default"], ["US"])
    assert checkup.next_step(found).key == "lists"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, 0),
        ({"tier": "SANDBOX"}, 0),
        ({"senders": []}, 1),
        ({"lists": None, "troubles": {"sms-voice:DescribeOptOutLists": "AWS throttles"}}, 2),
    ],
)
def test_the_exit_code_tells_missing_from_not_seen(members, code):
    found = checkup.points(whole(**members), WANTED, ["Default"], ["US"])
    assert checkup.as_json(found)["exit_code"] == code
