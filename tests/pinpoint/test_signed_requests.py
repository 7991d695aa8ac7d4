from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import percent_encode_sequence
from hypothesis import given
from hypothesis import strategies as st

from pinpoint import signed_requests
from pinpoint.signed_requests import Arrived, NotSigned

SECRET = "a secret/with+signs"
SERVICE = "mobiletargeting"


def signed(url="http://host/v1/apps", body=b"{}", headers=(), auth=SigV4Auth):
    """Sign as botocore does, now; return the request and the moment."""
    request = AWSRequest("POST", url, headers=dict(headers), data=body)
    auth(Credentials("KEY", SECRET), SERVICE, "us-east-1").add_auth(request)
    parts = urlsplit(request.url)
    arrived = Arrived(
        "POST",
        parts.path,
        parts.query,
        {name.lower(): value for name, value in request.headers.items()} | {"host": "host"},
        body,
    )
    date = request.headers.get("X-Amz-Date", "20260201T000000Z")
    return arrived, datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def believe(arrived, now, secret=SECRET):
    claim = signed_requests.claim_of(arrived, SERVICE)
    signed_requests.check(arrived, claim, secret, now)
    return claim


def refusal(arrived, now, **changed):
    with pytest.raises(NotSigned) as caught:
        believe(replace(arrived, **changed), now)
    return caught.value.code


def test_what_botocore_signs_is_believed():
    arrived, now = signed()
    assert believe(arrived, now).access_key == "KEY"


@given(st.text(st.characters(codec="ascii", min_codepoint=32), max_size=20))
def test_any_query_that_botocore_signs_is_believed(word):
    query = percent_encode_sequence({"token": word, "page-size": "3"})
    arrived, now = signed(f"http://host/v1/apps?{query}")
    believe(arrived, now)


@pytest.mark.parametrize(
    "path", ["/v1/tags/arn%3Aaws%3Amobile%2Fx", "/v1/apps/a%20b/c~d", "/v1/%C3%A9"]
)
def test_any_path_that_botocore_signs_is_believed(path):
    arrived, now = signed(f"http://host{path}")
    believe(arrived, now)


@pytest.mark.parametrize(
    "changed", [{"method": "PUT"}, {"path": "/v1/app"}, {"query": "a=b"}, {"body": b"[]"}]
)
def test_whatever_is_changed_on_the_way_is_noticed(changed):
    arrived, now = signed()
    assert refusal(arrived, now, **changed) == "InvalidSignatureException"


def test_a_signed_header_that_is_changed_is_noticed():
    arrived, now = signed(headers=[("Content-Type", "application/json")])
    headers = arrived.headers | {"content-type": "text/plain"}
    assert refusal(arrived, now, headers=headers) == "InvalidSignatureException"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_that_is_off_by_more_than_five_minutes_is_refused(minutes):
    arrived, now = signed()
    assert refusal(arrived, now + timedelta(minutes=minutes)) == "InvalidSignatureException"


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_clock_that_is_off_by_less_is_let_pass(minutes):
    arrived, now = signed()
    believe(arrived, now + timedelta(minutes=minutes))


def test_a_hash_that_is_not_the_bodys_is_refused():
    arrived, now = signed()
    headers = arrived.headers | {"x-amz-content-sha256": "0" * 64}
    assert refusal(arrived, now, headers=headers) == "InvalidSignatureException"


@pytest.mark.parametrize(
    "header",
    [
        {"x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
        {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"},
        {"content-encoding": "aws-chunked"},
        {"authorization": "Bearer abc"},
        {"x-amz-date": "yesterday"},
        {"x-amz-date": "20261399T000000Z"},
    ],
)
def test_other_forms_are_refused_in_words(header):
    arrived, now = signed()
    assert refusal(arrived, now, headers=arrived.headers | header) == "IncompleteSignatureException"


def test_a_presigned_address_is_refused():
    arrived, now = signed(auth=S3SigV4QueryAuth)
    assert refusal(arrived, now) == "IncompleteSignatureException"


def test_temporary_credentials_are_refused():
    arrived, now = signed()
    headers = arrived.headers | {"x-amz-security-token": "t"}
    assert refusal(arrived, now, headers=headers) == "UnrecognizedClientException"


def test_a_host_that_is_not_signed_is_refused():
    arrived, now = signed()
    said = arrived.headers["authorization"].replace("host;", "")
    headers = arrived.headers | {"authorization": said}
    assert refusal(arrived, now, headers=headers) == "InvalidSignatureException"
