import json
import queue
import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import CredentialRetrievalError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pinpoint import clients
from pinpoint.gateway import AwsGateway, Clearance, ClearedText, Fate, NotNow, SendError
from pinpoint.wire_gateway import WireGateway
from tests.pinpoint import wire

NOW = datetime(2026, 11, 26, 17, 4, 5, tzinfo=UTC)


def hold_back():
    raise NotNow


def text(body="Hi Ana, it is 5 € ✓", door=None):
    return ClearedText(
        clearance=Clearance("+12125550123", "promotional", NOW, "v1"),
        body=body,
        originator="+12065550100",
        message_type="PROMOTIONAL",
        configuration_set="sendpoint",
        context={"site": "sendpoint", "message": "17"},
        door=door,
    )


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    clients._session.cache_clear()
    yield
    clients._session.cache_clear()


@pytest.fixture
def server():
    server = wire.Wire()
    yield server
    server.close()


@pytest.fixture
def client():
    made = []

    def make(url):
        made.append(
            # A session of its own: the process's keeps the credentials that it found first.
            boto3.Session().client(
                "pinpoint-sms-voice-v2",
                endpoint_url=url,
                region_name="us-east-1",
                config=Config(retries={"total_max_attempts": 1}),
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def gateway_to(client):
    made = []

    def make(url, connect_timeout=2.0, read_timeout=5.0):
        gateway = WireGateway(
            client(url), connect_timeout=connect_timeout, read_timeout=read_timeout, now=lambda: NOW
        )
        made.append(gateway)
        return gateway

    yield make
    for gateway in made:
        gateway.close()


@pytest.fixture
def gateway(server, gateway_to):
    return gateway_to(server.url)


def send(gateway, *texts):
    """Hand texts over together; return what became of each, as they were settled."""
    answers = queue.SimpleQueue()
    gateway.begin([(one, answers.put) for one in texts])
    return [answers.get(timeout=10) for _ in texts]


def fate(gateway, one=None):
    (answer,) = send(gateway, one or text())
    assert isinstance(answer, SendError), answer
    return answer.fate


def test_an_accepted_text_has_the_id_that_aws_gave(gateway):
    assert send(gateway, text()) == ["aws-1"]


def test_the_request_is_what_boto3_would_send(server, client, gateway, monkeypatch):
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None))
    # Its body is not ours byte by byte, so that it has its own signature; all else is the same.
    AwsGateway(client(server.url)).send(text())
    send(gateway, text())
    theirs, ours = server.asked
    assert ours.line == theirs.line
    assert json.loads(ours.body) == json.loads(theirs.body)
    same = {"content-type", "host", "x-amz-date", "x-amz-target"}
    assert {name: ours.headers[name] for name in same} == {n: theirs.headers[n] for n in same}
    unsigned = [asked.headers["authorization"].rsplit("=", 1)[0] for asked in server.asked]
    assert unsigned[0] == unsigned[1]


def test_temporary_credentials_send_their_token_signed(server, gateway, monkeypatch):
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a token")
    send(gateway, text())
    (asked,) = server.asked
    assert asked.headers["x-amz-security-token"] == "a token"
    assert "x-amz-date;x-amz-security-token;x-amz-target" in asked.headers["authorization"]


ANSWERS = [
    (400, {"__type": "ThrottlingException", "Message": "slow"}),
    (400, {"__type": "com.amazonaws.pinpoint#ThrottlingException", "message": "slow"}),
    (400, {"__type": "ConflictException", "Reason": "DESTINATION_PHONE_NUMBER_OPTED_OUT"}),
    (402, {"__type": "ServiceQuotaExceededException", "Reason": "DAILY_DESTINATION_CALL_LIMIT"}),
    (400, {"__type": "ValidationException", "Reason": "INVALID_PARAMETER", "Message": "no"}),
    (400, {"__type": "UnrecognizedClientException", "message": "The token is invalid."}),
    (429, {}),
    (500, {"__type": "InternalServerException", "RequestId": "1"}),
    (503, {}),
]


@pytest.mark.parametrize(("status", "body"), ANSWERS)
def test_what_aws_refuses_is_told_as_boto3_would_tell_it(server, client, gateway, status, body):
    server.answer = wire.say(status, json.dumps(body).encode())
    with pytest.raises(SendError) as theirs:
        AwsGateway(client(server.url)).send(text())
    (ours,) = send(gateway, text())
    assert (ours.fate, ours.reason, ours.detail) == (
        theirs.value.fate,
        theirs.value.reason,
        theirs.value.detail,
    )


def test_a_refused_connection_means_that_nothing_left(gateway_to):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert fate(gateway_to(f"http://127.0.0.1:{nobody.getsockname()[1]}")) is Fate.NOT_SENT


def test_a_handshake_that_does_not_end_means_that_nothing_left(gateway_to):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        assert fate(gateway_to(url, connect_timeout=0.1)) is Fate.NOT_SENT


@pytest.mark.parametrize(
    "answer",
    [
        wire.hang_up,
        wire.say(200, b"<html>"),
        wire.say(200, b"{}"),
        wire.say(200, b"[]"),
        lambda _, connection: connection.wfile.write(b"\x00\xff nothing that is HTTP\r\n\r\n") * 0,
        lambda _, connection: connection.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Len") * 0,
    ],
)
def test_whatever_else_comes_after_the_text_has_left_leaves_its_fate_unclear(
    server, gateway, answer
):
    server.answer = answer
    assert fate(gateway) is Fate.UNKNOWN


def test_an_answer_that_is_too_late_leaves_the_fate_unclear(server, gateway_to):
    server.answer = wire.be_silent
    assert fate(gateway_to(server.url, read_timeout=0.1)) is Fate.UNKNOWN


def test_no_request_is_ever_repeated(server, gateway):
    server.answer = wire.hang_up
    send(gateway, *[text()] * 5)
    assert len(server.asked) == 5


def test_a_text_that_is_late_at_the_door_does_not_leave(server, gateway):
    assert fate(gateway, text(door=hold_back)) is Fate.LATE
    send(gateway, text())
    assert len(server.asked) == 1


def test_the_door_is_asked_once_the_connection_is_there(server, gateway):
    connections = []
    send(gateway, text(door=lambda: connections.append(server.connections or "no connection")))
    assert len(connections) == 1


def test_a_fault_at_the_door_is_handed_on_as_it_is(server, gateway):
    def broken():
        raise ZeroDivisionError

    (answer,) = send(gateway, text(door=broken))
    assert isinstance(answer.__cause__ or answer, ZeroDivisionError)
    assert server.asked == []


def test_a_text_that_cannot_be_written_down_is_told_and_nobody_waits_for_it(server, gateway):
    (answer,) = send(gateway, text(body="half of a pair: \ud83d"))
    assert isinstance(answer, TypeError)
    assert server.asked == []


def test_without_credentials_no_text_leaves_until_somebody_repairs_it(server, gateway, monkeypatch):
    monkeypatch.setattr(clients._session(), "get_credentials", lambda: None)
    assert fate(gateway) is Fate.HALTED
    assert server.asked == []


def test_one_connection_serves_texts_that_follow_each_other(server, gateway):
    for _ in range(5):
        send(gateway, text())
    assert server.connections == 1


def test_a_connection_that_aws_closed_is_not_used_again(server, gateway):
    server.answer = wire.accept_and_hang_up
    for _ in range(3):
        assert send(gateway, text()) == ["aws-1"]
        assert server.noticed.wait(5)
        server.noticed.clear()
    assert server.connections == 3


def test_texts_are_under_way_together(server, gateway):
    server.answer = wire.be_silent
    answers = queue.SimpleQueue()
    gateway.begin([(text(), answers.put)] * 20)
    while len(server.asked) < 20:  # they would wait for each other until the time is over
        assert answers.empty()
    server.answer = wire.accept
    server.let_go.set()


def certificate(folder):
    """A certificate of 127.0.0.1 that signs itself, as a context of a server and a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "ca.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        made.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


@pytest.fixture
def tls_server(tmp_path):
    context, file = certificate(tmp_path)
    server = wire.Wire(tls=context)
    server.certificate = file
    yield server
    server.close()


def test_a_certificate_of_the_sites_own_is_trusted(tls_server, gateway_to, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tls_server.certificate))
    assert send(gateway_to(tls_server.url), text()) == ["aws-1"]


def test_a_server_that_nobody_vouches_for_gets_no_text(tls_server, gateway_to):
    assert fate(gateway_to(tls_server.url)) is Fate.NOT_SENT
    assert tls_server.asked == []


def test_requests_go_through_the_proxy_that_the_environment_names(server, gateway_to, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    assert send(gateway_to("http://sms-voice.example.com"), text()) == ["aws-1"]
    assert server.asked[0].line == "POST http://sms-voice.example.com/ HTTP/1.1"


def test_what_renewing_the_credentials_meets_means_that_nothing_left(server, gateway, monkeypatch):
    def fail():
        raise CredentialRetrievalError(provider="sso", error_msg="expired")

    monkeypatch.setattr(clients._session(), "get_credentials", fail)
    assert fate(gateway) is Fate.NOT_SENT
    assert server.asked == []
