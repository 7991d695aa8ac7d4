"""An application's figures, asked by boto3 of an HTTP server that answers as Pinpoint did."""

import json
import threading
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from analytics import beside_pinpoint, rollups
from analytics.scope import Scope
from campaigns import pinpoint_figures, syncing
from campaigns.models import AwsFigure, AwsSource
from tests.campaigns.factories import CampaignFactory, MessageFactory, RunFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
APP = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
FIRST, SECOND = "a" * 32, "b" * 32
SCOPE = Scope(date(2026, 11, 23), date(2026, 11, 24), ZoneInfo("America/New_York"), {})


class Pinpoint(BaseHTTPRequestHandler):
    """Two campaigns, one a page; of each figure a value a day."""

    def do_GET(self):
        address = urlsplit(self.path)
        self.server.asked.append((address.path, parse_qs(address.query)))
        if self.server.gone:
            return self.answer(410, {"Message": "Pinpoint has ended."})
        name = address.path.rpartition("/")[2]
        if name == "campaigns":
            second = "token=next" in address.query
            answer = {"Item": [{"Id": SECOND if second else FIRST}]}
            return self.answer(200, answer if second else answer | {"NextToken": "next"})
        values = self.server.values.get(name, {})
        rows = [
            {
                "GroupedBys": [{"Key": "Date", "Type": "String", "Value": day}],
                "Values": [{"Key": "Figure", "Type": "Double", "Value": value}],
            }
            for day, value in values.items()
        ]
        return self.answer(200, {"KpiName": name, "KpiResult": {"Rows": rows}})

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        return


@pytest.fixture
def pinpoint(settings, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pinpoint)
    server.asked, server.gone = [], False
    server.values = {
        "txn-sms-sent-grouped-by-date": {"2026-11-23": "3.0", "2026-11-24": "7.0"},
        "txn-sms-delivered-grouped-by-date": {"2026-11-24": "5.0"},
        "unique-deliveries-grouped-by-date": {"2026-11-23": "2.0", "2026-11-24": "4.0"},
        "successful-delivery-rate-grouped-by-date": {"2026-11-24": "0.714285"},
    }
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.PINPOINT_APPLICATION_ID = APP
    settings.PINPOINT_ENDPOINT = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_PINPOINT", settings.PINPOINT_ENDPOINT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    yield server
    server.shutdown()
    server.server_close()


def test_what_the_application_and_its_campaigns_say_is_kept_by_day(pinpoint):
    pinpoint_figures.read(NOW)
    kept = set(AwsFigure.objects.values_list("of", flat=True))
    assert kept == {APP, f"{APP}/{FIRST}", f"{APP}/{SECOND}"}
    rate = AwsFigure.objects.get(of=APP, metric="successful-delivery-rate-grouped-by-date")
    assert (str(rate.value), rate.seconds) == ("0.714285", 86_400)
    assert rate.begins_at == datetime(2026, 11, 24, tzinfo=UTC)


def test_no_range_is_longer_than_pinpoint_takes(pinpoint):
    pinpoint_figures.read(NOW)
    ranges = {
        (query["start-time"][0], query["end-time"][0])
        for path, query in pinpoint.asked
        if "/kpis/" in path
    }
    assert ranges == {("2026-10-25T00:00:00Z", "2026-11-24T17:00:00Z")}


def test_a_later_reading_takes_the_place_of_an_earlier_one(pinpoint):
    pinpoint_figures.read(NOW)
    pinpoint.values["txn-sms-sent-grouped-by-date"]["2026-11-24"] = "9.0"
    pinpoint_figures.read(NOW)
    days = pinpoint_figures.by_day("txn-sms-sent-grouped-by-date", SCOPE.start, SCOPE.end)
    assert list(days.values()) == [9]


def test_ours_stand_beside_theirs_in_days_of_utc(pinpoint):
    pinpoint_figures.read(NOW)
    campaign = CampaignFactory(pinpoint_id=FIRST, name="Sale")
    sent = {"sent_at": NOW, "final_at": NOW, "changed_at": NOW, "aws_id": "a"}
    MessageFactory.create_batch(6, run=RunFactory(campaign=campaign), state="delivered", **sent)
    rollups.rebuild()
    texts, campaigns = beside_pinpoint.panels(SCOPE)
    assert texts.rows == [
        ["2026-11-23", 0, 3, 3, 0, None, None],
        ["2026-11-24", 6, 7, 1, 6, 5, -1],
    ]
    assert campaigns.rows == [["Sale", 6, 6], [SECOND, None, 6]]


def test_the_dashboard_shows_it(pinpoint, admin_client):
    pinpoint_figures.read(NOW)
    page = admin_client.get(reverse("dashboard", args=["deliverability"]))
    assert "ours beside Pinpoint" in page.content.decode()


@pytest.mark.parametrize("missing", ["PINPOINT_APPLICATION_ID", "PINPOINT_ENDPOINT"])
def test_without_an_application_or_an_endpoint_nothing_is_asked_or_shown(
    pinpoint, settings, missing
):
    setattr(settings, missing, "")
    assert pinpoint_figures.SOURCE not in syncing.sources()
    assert beside_pinpoint.panels(SCOPE) == []


def test_that_pinpoint_has_ended_is_said_among_the_readings(pinpoint):
    pinpoint.gone = True
    syncing.due(NOW)
    assert syncing.run(pinpoint_figures.SOURCE, NOW)
    assert AwsSource.objects.get(name=pinpoint_figures.SOURCE).error
