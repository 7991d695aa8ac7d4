"""Pinpoint's figures, against what the documents say of each, worked out by hand."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from analytics import pinpoint_kpis, rollups
from analytics.pinpoint_kpis import EVERY, Asked, NotAnswered, Row
from campaigns.models import Message
from tests.campaigns.factories import CampaignFactory, MessageFactory, RunFactory
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MONDAY, TUESDAY = datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2026, 11, 24, 1, tzinfo=UTC)


def text(at=MONDAY, state="delivered", **more):
    given = {
        "sent_at": at, "final_at": at, "changed_at": NOW, "parts": 2, "aws_id": "a",
        "country": "US", "price": Decimal("0.01"), "carrier_fee": Decimal("0.002"),
    }  # fmt: skip
    return MessageFactory(state=state, **{**given, **more})


@pytest.fixture
def direct():
    """Three texts to one person each: two delivered, one failed, in two countries."""
    program, originator = ProgramFactory(name="Orders"), OriginatorFactory()
    own = {
        "run": None, "campaign": None, "program": program, "originator": originator,
        "purpose": Message.Purpose.NOTICE,
    }  # fmt: skip
    text(**own)
    text(TUESDAY, country="FR", parts=1, price=Decimal("0.05"), **own)
    text(TUESDAY, "failed", reason="UNREACHABLE", **own)
    rollups.rebuild()
    return program


@pytest.fixture
def campaign():
    """Two runs: Ana got both, Ben one; one text was refused, one blocked."""
    campaign = CampaignFactory(status="completed")
    runs = [
        RunFactory(campaign=campaign, number=n, program=campaign.program, finished_at=NOW)
        for n in (1, 2)
    ]
    text(run=runs[0], phone="+12065550163")
    text(TUESDAY, run=runs[1], phone="+12065550163")
    text(TUESDAY, run=runs[1], phone="+12065550164")
    text(TUESDAY, "failed", run=runs[1], aws_id="", price=None, carrier_fee=None, reason="REFUSED")
    text(TUESDAY, "blocked", run=runs[1], sent_at=None, aws_id="", price=None, carrier_fee=None)
    rollups.rebuild()
    return campaign


def asked(**whose):
    return Asked(NOW - timedelta(days=7), NOW, **whose)


def rows(name, **whose):
    return pinpoint_kpis.rows(name, asked(**whose))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("txn-sms-sent", [Row(3)]),
        ("txn-sms-sent-grouped-by-country", [Row(1, "FR"), Row(2, "US")]),
        ("txn-sms-sent-grouped-by-date", [Row(1, "2026-11-23"), Row(2, "2026-11-24")]),
        ("txn-sms-sent-by-parts", [Row(5)]),
        ("txn-sms-sent-by-parts-grouped-by-country", [Row(1, "FR"), Row(4, "US")]),
        ("txn-sms-delivered", [Row(2)]),
        ("txn-sms-delivered-grouped-by-country", [Row(1, "FR"), Row(1, "US")]),
        ("txn-sms-delivered-grouped-by-date", [Row(1, "2026-11-23"), Row(1, "2026-11-24")]),
        ("txn-sms-delivered-by-parts", [Row(3)]),
        ("txn-sms-delivered-by-parts-grouped-by-country", [Row(1, "FR"), Row(2, "US")]),
        ("txn-sms-delivery-rate", [Row(2 / 3)]),
        ("txn-sms-delivery-rate-grouped-by-date", [Row(1, "2026-11-23"), Row(0.5, "2026-11-24")]),
        ("txn-sms-error-distribution", [Row(1, "UNREACHABLE")]),
        ("txn-sms-total-price-grouped-by-country", [Row(5000, "FR"), Row(2000, "US")]),
        ("txn-sms-average-price-grouped-by-country", [Row(5000, "FR"), Row(1000, "US")]),
        ("txn-sms-average-price-by-parts-grouped-by-country", [Row(5000, "FR"), Row(500, "US")]),
        ("sms-success-rate", [Row(2 / 3)]),
        ("sms-spend", [Row(7600)]),
        ("successful-delivery-rate", []),
        ("unique-deliveries", []),
    ],
)
def test_direct_texts_are_pinpoints_transactional_ones(direct, name, wanted):
    assert rows(name, program_id=direct.pk) == wanted


def test_a_campaigns_figures_are_by_run_day_and_person(campaign):
    first, second = campaign.runs.order_by("number").values_list("pk", flat=True)
    whose = {"campaign_id": campaign.pk}
    by_run = "grouped-by-campaign-activity"
    assert rows("successful-delivery-rate", **whose) == [Row(1.0)]
    assert rows(f"attempted-deliveries-{by_run}", **whose) == [
        Row(1, str(first)), Row(3, str(second)),
    ]  # fmt: skip
    assert rows(f"successful-deliveries-{by_run}", **whose) == [
        Row(1, str(first)), Row(2, str(second)),
    ]  # fmt: skip
    assert rows("unique-deliveries", **whose) == [Row(2)]
    assert rows(f"unique-deliveries-{by_run}", **whose) == [Row(1, str(first)), Row(2, str(second))]
    assert rows("unique-deliveries-grouped-by-date", **whose) == [
        Row(1, "2026-11-23"), Row(2, "2026-11-24"),
    ]  # fmt: skip
    assert rows("sms-spend", **whose) == [Row(3600)]


def test_an_applications_figures_are_those_of_its_campaigns(campaign, direct):
    own = {"program_id": campaign.program_id}
    assert rows("successful-deliveries-grouped-by-campaign", **own) == [Row(3, str(campaign.pk))]
    assert rows("unique-deliveries-grouped-by-campaign", **own) == [Row(2, str(campaign.pk))]
    assert rows("txn-sms-sent", **own) == []
    assert rows("sms-spend") == [Row(7600 + 3600)]  # of all programs


def test_where_nothing_was_sent_there_are_no_rows():
    assert [rows(name) for name, kpi in EVERY.items() if kpi.application] == [
        [] for kpi in EVERY.values() if kpi.application
    ]


@pytest.mark.parametrize(
    ("name", "whose", "words"),
    [
        ("sms-click-rate", {}, "no figure named sms-click-rate"),
        ("txn-sms-sent", {"campaign_id": 1}, "of an application only"),
        ("attempted-deliveries-grouped-by-campaign-activity", {}, "of a campaign only"),
    ],
)
def test_what_there_is_not_is_said(name, whose, words):
    with pytest.raises(NotAnswered, match=words):
        rows(name, **whose)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (NOW, NOW - timedelta(seconds=1), "begins after its end"),
        (NOW - timedelta(days=32), NOW, "longer than 31 days"),
        (NOW - timedelta(days=90), NOW - timedelta(days=80), "90 days ago"),
    ],
)
def test_a_range_has_pinpoints_limits(start, end, words):
    with pytest.raises(NotAnswered, match=words):
        Asked.within_limits(start, end, NOW)


def test_without_a_range_it_is_the_last_31_days():
    found = Asked.within_limits(None, None, NOW)
    assert (found.start, found.end) == (NOW - timedelta(days=31), NOW)


def say(capsys, *options):
    with time_machine.travel(NOW, tick=False):
        call_command("kpis", *options)
    return capsys.readouterr().out


def test_the_command_prints_a_program_as_json(direct, capsys):
    said = say(
        capsys, "--from", "2026-11-24", "--to", "2026-11-24", "--program", "Orders", "--json",
        "--name", "txn-sms-sent-grouped-by-country", "--name", "sms-success-rate",
    )  # fmt: skip
    assert [json.loads(line) for line in said.splitlines()] == [
        {
            "name": "txn-sms-sent-grouped-by-country",
            "rows": [{"CountryCode": "FR", "Sent": 1.0}, {"CountryCode": "US", "Sent": 1.0}],
        },
        {"name": "sms-success-rate", "rows": [{"SuccessRate": 0.5}]},
    ]


def test_the_command_prints_everything_for_people(campaign, capsys):
    said = say(capsys, "--campaign", str(campaign.pk))
    assert "unique-deliveries\n  -                        2.000" in said
    assert "txn-sms-sent" not in said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "yesterday"), "no day such as"),
        (("--campaign", "99"), "There is no campaign 99."),
        (("--program", "Nope"), "There is no program named Nope"),
        (("--from", "2026-09-01", "--to", "2026-11-01"), "longer than 31 days"),
    ],
)
def test_the_command_says_what_is_wrong(capsys, options, words):
    with pytest.raises(CommandError, match=words):
        say(capsys, *options)


def test_every_figure_is_in_the_documents_with_what_it_may_be_asked_of():
    lines = (ROOT / "docs" / "analytics.md").read_text().splitlines()
    told = {}
    for names, whose in re.findall(r"^\| (`[^|]+) \| ([^|]+) \|", "\n".join(lines), re.M):
        first, *endings = re.findall(r"`([^`]+)`", names)
        for name in (first, *(first + ending for ending in endings)):
            told[name] = whose
    assert told == {
        name: ", ".join(
            word
            for word, may in (("application", kpi.application), ("campaign", kpi.campaign))
            if may
        )
        for name, kpi in EVERY.items()
    }
