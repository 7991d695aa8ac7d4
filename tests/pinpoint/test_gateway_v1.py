import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from botocore.config import Config

from pinpoint.gateway import Clearance, ClearedText, Fate, NotNow, SendError
from pinpoint.gateway_v1 import PinpointGateway, message_id

PHONE = "+12065550100"


class Answering(BaseHTTPRequestHandler):
    """Answers as the server's `answer` says, and keeps what was asked."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, json.loads(body)))
        status, answer = self.server.answer
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def gateway(server):
    client = boto3.client(
        "pinpoint",
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )
    yield PinpointGateway(client, "0" * 32)
    client.close()


def text(**more):
    clearance = Clearance(PHONE, "promotional", datetime(2026, 11, 24, tzinfo=UTC), "1")
    return ClearedText(
        clearance=clearance,
        body="Hello",
        originator="+12065550199",
        message_type="PROMOTIONAL",
        configuration_set="sendpoint",
        context={"message": "7"},
        **more,
    )


def result(**of_address):
    return 200, {"ApplicationId": "0" * 32, "Result": {PHONE: {"StatusCode": 200} | of_address}}


def test_it_names_number_originator_kind_and_context(gateway, server):
    server.answer = result(DeliveryStatus="SUCCESSFUL", MessageId="m-1")
    assert gateway.send(text()) == "m-1"
    ((path, asked),) = server.asked
    assert path == f"/v1/apps/{'0' * 32}/messages"
    assert asked["Addresses"] == {PHONE: {"ChannelType": "SMS"}}
    assert asked["Context"] == {"message": "7"}
    assert asked["MessageConfiguration"]["SMSMessage"] == {
        "Body": "Hello",
        "MessageType": "PROMOTIONAL",
        "OriginationNumber": "+12065550199",
    }


def test_it_hands_on_what_india_asks_for(gateway, server):
    server.answer = result(DeliveryStatus="SUCCESSFUL", MessageId="m-1")
    gateway.send(text(country_parameters={"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1107"}))
    sms = server.asked[0][1]["MessageConfiguration"]["SMSMessage"]
    assert (sms["EntityId"], sms["TemplateId"]) == ("1101", "1107")


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("THROTTLED", Fate.THROTTLED),
        ("PERMANENT_FAILURE", Fate.REFUSED),
        ("OPT_OUT", Fate.REFUSED),
        ("DUPLICATE", Fate.REFUSED),
        ("TEMPORARY_FAILURE", Fate.UNKNOWN),
        ("UNKNOWN_FAILURE", Fate.UNKNOWN),
        ("TIMEOUT", Fate.UNKNOWN),
        ("SOMETHING_NEW", Fate.UNKNOWN),
    ],
)
def test_each_answer_about_the_address_has_its_fate(gateway, server, status, fate):
    server.answer = result(DeliveryStatus=status, StatusMessage="so it is")
    with pytest.raises(SendError) as caught:
        gateway.send(text())
    assert caught.value.fate is fate


def test_an_opt_out_that_comes_as_a_permanent_failure_is_known_by_its_words():
    with pytest.raises(SendError) as caught:
        message_id({"DeliveryStatus": "PERMANENT_FAILURE", "StatusMessage": "Phone opted out."})
    assert caught.value.reason == "DESTINATION_PHONE_NUMBER_OPTED_OUT"


def test_an_answer_without_the_address_is_unclear(gateway, server):
    server.answer = (200, {"ApplicationId": "0" * 32, "Result": {}})
    with pytest.raises(SendError) as caught:
        gateway.send(text())
    assert caught.value.fate is Fate.UNKNOWN


@pytest.mark.parametrize(
    ("http", "fate"), [(429, Fate.THROTTLED), (500, Fate.UNKNOWN), (400, Fate.REFUSED)]
)
def test_an_error_of_the_call_has_its_fate(gateway, server, http, fate):
    server.answer = (http, {"Message": "no", "RequestID": "r"})
    with pytest.raises(SendError) as caught:
        gateway.send(text())
    assert caught.value.fate is fate


def test_a_text_that_is_held_back_at_the_door_never_leaves(gateway, server):
    def shut():
        raise NotNow

    with pytest.raises(SendError) as caught:
        gateway.send(text(door=shut))
    assert (caught.value.fate, server.asked) == (Fate.LATE, [])
