"""Which events a campaign answers, written on its page."""

import html
import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from campaigns.admin.event_rules import posted, rows_of, rules_of
from campaigns.models import Campaign, CampaignVersion
from campaigns.pinpoint_v1 import schedules
from tests.campaigns.actions.test_pages import form_of, page

pytestmark = pytest.mark.django_db

CARRIER = {"field": "attributes.Carrier", "op": "is", "values": ["UPS", "DHL, Express"]}
TOTAL = {"field": "metrics.Total", "op": "gte", "values": ["50.0"]}


@pytest.fixture
def shipped(draft):
    """A draft that answers an event."""
    Campaign.objects.update(timing="event", event="order.shipped")
    draft.refresh_from_db()
    return draft


@pytest.fixture
def as_ana(client, ana):
    client.force_login(ana)
    return client


def all_of(*rules):
    return {"match": "all", "rules": list(rules)}


def typed(*rows):
    parts = ("name", "asks", "value")
    return {
        f"event_rules-{n}-{part}": said
        for n, row in enumerate(rows)
        for part, said in zip(parts, row, strict=True)
    }


def save(client, campaign, *rows):
    answer = client.post(page(campaign), form_of(campaign) | typed(*rows))
    campaign.refresh_from_db()
    return answer


def told(campaign):
    dimensions = schedules.schedule_of(campaign, "UTC")["EventFilter"]["Dimensions"]
    return {name: dimensions[name] for name in ("Attributes", "Metrics") if name in dimensions}


def shown(words):
    """Return the rows of a page as a browser would send them back."""
    names = re.findall(r'name="(event_rules-\d+-(?:name|value))" value="([^"]*)"', words)
    chosen = re.findall(r'name="(event_rules-\d+-asks)".*?value="([\w.]+)" selected', words, re.S)
    return {name: html.unescape(value) for name, value in [*names, *chosen]}


def test_what_is_written_is_stored_audited_and_told_by_the_interface(as_ana, ana, shipped):
    rows = (
        ("Carrier", "attributes.is", 'UPS, "DHL, Express"'),
        ("Total", "metrics.gte", " 50 "),
        (" Note ", "attributes.is_not", "gift"),
        ("", "attributes.is", " "),
    )
    assert save(as_ana, shipped, *rows).status_code == 302
    note = {"field": "attributes.Note", "op": "is_not", "values": ["gift"]}
    assert shipped.event_rules == all_of(CARRIER, TOTAL, note)
    assert shipped.version == 2
    kept = CampaignVersion.objects.get(campaign=shipped, number=2)
    assert kept.content["event_rules"] == shipped.event_rules
    assert told(shipped) == {
        "Attributes": {
            "Carrier": {"AttributeType": "INCLUSIVE", "Values": ["UPS", "DHL, Express"]},
            "Note": {"AttributeType": "EXCLUSIVE", "Values": ["gift"]},
        },
        "Metrics": {"Total": {"ComparisonOperator": "GREATER_THAN_OR_EQUAL", "Value": 50.0}},
    }
    assert "Edited, version 2: Of these events." in as_ana.get(page(shipped)).content.decode()


def test_an_edit_of_something_else_leaves_the_rules_alone(as_ana, shipped):
    odd = {"field": "attributes.At ", "op": "between", "values": ["2026-01-02", " 2026-01-01"]}
    Campaign.objects.update(event_rules=all_of(odd, CARRIER, TOTAL))
    shipped.refresh_from_db()
    seen = shown(as_ana.get(page(shipped)).content.decode())
    as_ana.post(page(shipped), form_of(shipped) | seen)
    shipped.refresh_from_db()
    assert (shipped.version, shipped.event_rules) == (1, all_of(odd, CARRIER, TOTAL))
    as_ana.post(page(shipped), form_of(shipped) | seen | {"name": "Other"})
    shipped.refresh_from_db()
    assert (shipped.version, shipped.event_rules) == (2, all_of(odd, CARRIER, TOTAL))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@given(
    st.dictionaries(
        TEXTS, st.lists(TEXTS.filter(str.strip), min_size=1, max_size=3), min_size=1, max_size=3
    ),
    st.dictionaries(TEXTS, st.floats(allow_nan=False, allow_infinity=False), max_size=2),
)
def test_whatever_the_interface_stored_comes_back_from_the_page(attributes, metrics):
    stored = all_of(
        *({"field": f"attributes.{n}", "op": "is", "values": v} for n, v in attributes.items()),
        *({"field": f"metrics.{n}", "op": "lt", "values": [repr(v)]} for n, v in metrics.items()),
    )
    rows = [(row.name, row.asks, row.value) for row in rows_of(stored)]
    assert rules_of(posted(typed(*rows)), stored) == (stored, {})


def test_without_rows_every_such_event_is_answered(as_ana, shipped):
    Campaign.objects.update(event_rules=all_of(TOTAL))
    save(as_ana, shipped, ("", "attributes.is", ""))
    assert (shipped.event_rules, shipped.version) == ({}, 2)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("", "attributes.is", "UPS"), "Write the name"),
        (("Carrier", "attributes.is", " , "), "needs a value"),
        (("Total", "metrics.gt", "many"), "not a number"),
        (("Total", "metrics.gt", "1e999"), "not a number"),
        (("Total", "metrics.gt", ""), "needs a value"),
        (("At", "attributes.on", "soon"), "not a date"),
        (("At", "attributes.between", "2026-01-01"), "needs two values"),
        (("Plan", "attributes.is_not", "gold"), "each is asked about once"),
    ],
)
def test_a_mistake_is_named_at_its_row_and_what_was_typed_stays(as_ana, shipped, row, words):
    answer = save(as_ana, shipped, ("Plan", "attributes.is", "gold"), row)
    assert (answer.status_code, shipped.event_rules, shipped.version) == (200, {}, 1)
    body = answer.content.decode()
    said = re.search(r'id="event-rule-1-problem"[^>]*>([^<]*)<', body)
    assert said
    assert words in html.unescape(said[1])
    assert shown(body) == typed(("Plan", "attributes.is", "gold"), row)


def test_rows_are_added_and_removed_with_what_was_typed(as_ana):
    address = reverse("admin:campaigns_campaign_event_rules")
    plan, total = ("Plan", "attributes.is", "gold"), ("Total", "metrics.lt", "5")
    rows = typed(plan, total)
    added = as_ana.post(address, rows | {"do": "add"}).content.decode()
    assert shown(added) == typed(plan, total, ("", "attributes.is", ""))
    removed = as_ana.post(address, rows | {"do": "remove:0"}).content.decode()
    assert shown(removed) == typed(total)
    for nonsense in ("remove:7", "remove:x", "remove:²", "add:", "sink"):
        assert as_ana.post(address, rows | {"do": nonsense}).status_code == 200


def test_who_may_only_look_reads_the_rules_and_draws_no_rows(client, analyst, shipped):
    Campaign.objects.update(event_rules=all_of(TOTAL))
    client.force_login(analyst)
    words = client.get(page(shipped)).content.decode()
    assert "Total is at least 50" in words
    assert "event_rules-0" not in words
    assert client.post(reverse("admin:campaigns_campaign_event_rules")).status_code == 403
