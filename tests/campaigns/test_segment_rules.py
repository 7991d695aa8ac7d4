from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns.models import InboundMessage
from contacts.segments import matching
from tests.campaigns.factories import CampaignFactory, ContactFactory, MessageFactory, RunFactory
from tests.contacts.oracle import Oracle
from tests.contacts.trees import NOW, groups_of, rules

CAMPAIGNS = [81, 82]
WHAT = ["sent", "delivered", "failed", "replied", "opted_out"]
AGES = st.sampled_from([0, 1, 2, 30])
# (campaign, state, days ago it was handed over or None, whether AWS gave it an id)
texts = st.tuples(
    st.sampled_from(CAMPAIGNS),
    st.sampled_from(["queued", "delivered", "failed", "expired"]),
    st.none() | AGES,
    st.booleans(),
)
# (campaign of the text it answers or None, days ago, what it was understood as)
answers = st.tuples(
    st.none() | st.sampled_from(CAMPAIGNS), AGES, st.sampled_from(["stop", "unsure", "other"])
)
histories = st.tuples(
    st.lists(texts, max_size=2, unique_by=lambda text: text[0]), st.lists(answers, max_size=2)
)
fields = st.sampled_from([f"text.{what}" for what in WHAT])
own_rules = st.one_of(
    rules(fields, ["exists", "missing"], st.just([])),
    rules(
        fields,
        ["in_campaign", "not_in_campaign"],
        st.lists(st.sampled_from(["81", "82"]), min_size=1, max_size=2),
    ),
    rules(fields, ["in_last", "not_in_last"], st.sampled_from([["1"], ["2"], ["30"]])),
)


def ago(days):
    return NOW - timedelta(days=days)


def happened(history, what):
    """Yield (campaign, days ago) of everything of that kind."""
    for campaign, state, days, has_id in history[0]:
        handed_over = days is not None
        if (what == "sent" and handed_over and (state != "failed" or has_id)) or (
            what == state and what in {"delivered", "failed"}
        ):
            yield campaign, days
    for campaign, days, intent in history[1]:
        if what == "replied" or (what == "opted_out" and intent != "other"):
            yield campaign, days


def engaged(known):
    def holds(rule, contact):
        found = list(happened(known[contact.phone], rule["field"].partition(".")[2]))
        op = rule["op"].removeprefix("not_")
        if op == "in_campaign":
            positive = any(str(campaign) in rule["values"] for campaign, _days in found)
        elif op == "in_last":
            most = int(rule["values"][0])
            positive = any(days is not None and days <= most for _campaign, days in found)
        else:
            return bool(found) == (op == "exists")
        return positive != rule["op"].startswith("not_")

    return {"text": holds}


singles = st.lists(own_rules, min_size=6, max_size=6)


class RandomTrees(TestCase):
    @settings(
        max_examples=60,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(histories, min_size=3, max_size=5), groups_of(own_rules), singles)
    def test_engagement_is_asked_as_the_oracle_asks(self, people, tree, single):
        runs = {pk: RunFactory(campaign=CampaignFactory(pk=pk)) for pk in CAMPAIGNS}
        known = {}
        for history in people:
            contact = ContactFactory()
            known[contact.phone] = history
            write(contact, history, runs)
        judge = Oracle(NOW, facts=engaged(known))
        contacts = list(matching({"match": "all", "rules": []}))
        for asked in (tree, *({"match": "all", "rules": [one]} for one in single)):
            found = set(matching({**asked, "as_of": NOW.isoformat()}))
            assert found == {contact for contact in contacts if judge.matches(asked, contact)}


def write(contact, history, runs):
    for campaign, state, days, has_id in history[0]:
        MessageFactory(
            run=runs[campaign],
            contact=contact,
            state=state,
            sent_at=None if days is None else ago(days),
            final_at=None if days is None else ago(days),
            aws_id="aws-1" if has_id else "",
        )
    for n, (campaign, days, intent) in enumerate(history[1]):
        answered = campaign and MessageFactory(
            run=runs[campaign],
            contact=None,
            phone=contact.phone,
        )
        InboundMessage.objects.create(
            inbound_id=f"{contact.pk}-{n}",
            sender=contact.phone,
            recipient="+12065550100",
            answers=answered or None,
            body="STOP",
            intent=intent,
            received_at=ago(days),
        )


def test_a_text_that_was_refused_at_the_call_was_sent_to_nobody(db):
    runs = {81: RunFactory(campaign=CampaignFactory(pk=81))}
    refused, failed_later = ContactFactory(), ContactFactory()
    write(refused, ([(81, "failed", 1, False)], []), runs)
    write(failed_later, ([(81, "failed", 1, True)], []), runs)
    ever = {"field": "text.sent", "op": "exists", "values": []}
    assert set(matching({"match": "all", "rules": [ever]})) == {failed_later}
