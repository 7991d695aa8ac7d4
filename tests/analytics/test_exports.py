import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from analytics import exports
from tests.campaigns.factories import CampaignFactory, MessageFactory, RunFactory
from tests.config import world

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def campaign():
    """One text that arrived, and one that did not."""
    run = RunFactory(campaign=CampaignFactory())
    MessageFactory(
        run=run, phone=world.NUMBER, state="delivered", sent_at=AT, final_at=AT, parts=2,
        price=Decimal("0.0116"), country="US", carrier="=Carrier()", aws_id="a-1", body="Hi, Ana",
    )  # fmt: skip
    MessageFactory(run=run, state="failed", reason="UNREACHABLE", sent_at=AT)
    return run.campaign


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_every_text_is_a_line_with_what_became_of_it(campaign):
    arrived, failed = read("".join(exports.lines(campaign.pk)))
    assert arrived["phone"] == world.NUMBER
    assert (arrived["state"], arrived["parts"], arrived["price_usd"]) == (
        "delivered",
        "2",
        "0.01160",
    )
    assert (arrived["sent_at"], arrived["text"]) == ("2026-11-24T09:30:00.000+00:00", "Hi, Ana")
    assert (failed["reason"], failed["why"]) == (
        "UNREACHABLE", "The phone is switched off or out of reach.",
    )  # fmt: skip


def test_words_of_others_are_no_formulas(campaign):
    assert read("".join(exports.lines(campaign.pk)))[0]["carrier"] == "'=Carrier()"


def test_other_campaigns_are_not_in_it(campaign):
    MessageFactory(run=RunFactory())
    assert len(read("".join(exports.lines(campaign.pk)))) == 2


def test_the_rows_are_read_piece_by_piece(campaign, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(exports, "CHUNK", 1)
    with django_assert_num_queries(1):
        found = exports.lines(campaign.pk)
        assert next(found).startswith("message,phone")
        assert world.NUMBER in next(found)


def export(client, campaign, role):
    client.force_login(world.person(role))
    answer = client.post(reverse("campaign_export", args=[campaign.pk]))
    return b"".join(answer.streaming_content).decode()


def test_a_marketer_gets_it_and_it_is_on_record(client, campaign):
    assert world.NUMBER in export(client, campaign, "Marketer")
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (str(campaign.pk), "Exported its texts.")


def test_an_analyst_gets_it_with_masked_numbers(client, campaign):
    text = export(client, campaign, "Analyst")
    assert world.NUMBER not in text
    assert "+1••••••••87" in text
