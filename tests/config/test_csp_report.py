"""Browsers may report; nobody fills the log, or gets something into it."""

import json
import logging

import pytest
from django.urls import reverse

from config import csp_report

pytestmark = pytest.mark.django_db
PAGE = "https://sms.example/admin/contacts/contact/?q=%2B12125550187"


@pytest.fixture(autouse=True)
def address(client, request):
    """Each test comes from an address of its own: the limits are kept in Valkey."""
    client.defaults["REMOTE_ADDR"] = f"visitor {hash(request.node.name)}"


def post(client, content, **headers):
    body = content if isinstance(content, (str, bytes)) else json.dumps(content)
    return client.post(reverse("csp_report"), body, "application/csp-report", **headers)


def report(**changed):
    said = {"document-uri": PAGE, "effective-directive": "script-src-elem", "blocked-uri": "inline"}
    return {"csp-report": said | changed}


def lines(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "config.csp_report"]


def test_every_page_names_the_address(client):
    said = client.get(reverse("admin:login"))["Content-Security-Policy"]
    assert f"report-uri {reverse('csp_report')}" in said


def test_a_report_is_one_line_without_values(client, caplog):
    assert post(client, report(**{"script-sample": "secret()"})).status_code == 204
    assert lines(caplog) == [
        "a page (admin:contacts_contact_changelist) broke the content security policy: "
        "script-src-elem, inline"
    ]


def test_the_newer_format_is_read_too(client, caplog):
    body = {"documentURL": PAGE, "effectiveDirective": "img-src", "blockedURL": "https://x.example"}
    post(client, [{"type": "csp-violation", "body": body}])
    assert lines(caplog)[0].endswith("img-src, another site's file")


@pytest.mark.parametrize(
    "field", ["document-uri", "effective-directive", "blocked-uri", "violated-directive"]
)
def test_nothing_that_was_sent_comes_into_the_log(client, caplog, field):
    post(client, report(**{"effective-directive": "", field: "http://[a\nINJECTED +12125550187"}))
    [line] = lines(caplog)
    assert "INJECTED" not in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "body", [b"", b"no", b"[]", b"[1]", b'{"csp-report": 1}', b"[" * 9000, b"\xff"]
)
def test_what_is_no_report_is_passed_over(client, caplog, body):
    assert post(client, body).status_code == 204
    assert lines(caplog) == []


def test_a_large_one_is_refused_unread(client, caplog):
    assert post(client, b"x" * (csp_report.MOST_BYTES + 1)).status_code == 413


def test_one_address_reports_only_so_often(client, caplog):
    caplog.set_level(logging.WARNING)
    answers = [post(client, report()).status_code for _ in range(csp_report.MOST_OF_ONE + 2)]
    assert answers == [204] * csp_report.MOST_OF_ONE + [429, 429]


def test_it_is_only_posted_to(client):
    assert client.get(reverse("csp_report")).status_code == 405
