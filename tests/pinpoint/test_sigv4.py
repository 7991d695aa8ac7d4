from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from pinpoint import sigv4

NOW = datetime(2026, 11, 26, 17, 4, 5, tzinfo=UTC)
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=12)


def signed_by_botocore(monkeypatch, key, headers, body, region, service):
    request = AWSRequest("POST", "https://sms-voice.example.com/", dict(headers), body)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None))
    credentials = Credentials(key.access_key, key.secret_key, key.token)
    SigV4Auth(credentials, service, region).add_auth(request)
    return request.headers["Authorization"]


@pytest.mark.parametrize("token", [None, "a/session+token=="])
@given(body=st.binary(max_size=200), region=words, service=words, secret=words, target=words)
def test_a_request_is_signed_as_botocore_signs_it(token, body, region, service, secret, target):
    key = sigv4.Key("AKIDEXAMPLE", secret, token)
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target}
    with pytest.MonkeyPatch.context() as monkeypatch:
        theirs = signed_by_botocore(monkeypatch, key, headers, body, region, service)
    ours = {name.lower(): value for name, value in headers.items()} | {
        "host": "sms-voice.example.com",
        "x-amz-date": sigv4.amz_date(NOW),
    }
    if token:
        ours["x-amz-security-token"] = token
    request = sigv4.Request("POST", "/", "", ours, body)
    assert sigv4.authorization(request, key, sigv4.Scope("20261126", region, service)) == theirs


def test_a_key_does_not_show_its_secrets():
    shown = repr(sigv4.Key("AKIDEXAMPLE", "the secret", "the token"))
    assert "AKIDEXAMPLE" in shown
    assert "the secret" not in shown
    assert "the token" not in shown
