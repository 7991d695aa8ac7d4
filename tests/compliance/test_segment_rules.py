from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from compliance import ledger
from compliance.models import Consent, LedgerEntry, Suppression
from contacts.segments import RuleError, matching, validate
from tests.compliance.factories import ProgramFactory
from tests.contacts.factories import ContactFactory
from tests.contacts.oracle import Oracle
from tests.contacts.pages import rule
from tests.contacts.trees import groups_of, rules

NOW = datetime(2026, 6, 15, 17, tzinfo=UTC)
PROGRAM, OTHER = 71, 72
CLASSES = ["promotional", "transactional"]
STATES = ["pending", "active", "revoked"]
ENDS = st.sampled_from([None, NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)])
consents = st.dictionaries(
    st.tuples(st.sampled_from([PROGRAM, OTHER]), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(STATES), ENDS),
)
histories = st.tuples(consents, st.sampled_from(["none", "marketing", "all"]))
own_rules = rules(
    st.builds("consent.{}.{}".format, st.sampled_from(CLASSES), st.sampled_from([PROGRAM, OTHER])),
    ["is", "is_not"],
    st.lists(st.sampled_from([*STATES, "expired", "none"]), min_size=1, max_size=3),
) | rules(
    st.just("opted_out"),
    ["is", "is_not"],
    st.lists(st.sampled_from(["none", "marketing", "all"]), min_size=1, max_size=2),
)


def said(known):
    """Judge from the histories by number."""

    def consent(rule, contact):
        _, message_class, program = rule["field"].split(".")
        state, ends = known[contact.phone][0].get((int(program), message_class), ("none", None))
        if state == "active" and ends and ends <= NOW:
            state = "expired"
        return (state in rule["values"]) == (rule["op"] == "is")

    def opted_out(rule, contact):
        return (known[contact.phone][1] in rule["values"]) == (rule["op"] == "is")

    return {"consent": consent, "opted_out": opted_out}


singles = st.lists(own_rules, min_size=6, max_size=6)


class RandomTrees(TestCase):
    @settings(
        max_examples=60,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(histories, min_size=3, max_size=6), groups_of(own_rules), singles)
    def test_consent_is_asked_as_the_oracle_asks(self, people, tree, single):
        for pk in (PROGRAM, OTHER):
            ProgramFactory(pk=pk)
        entry = some_entry()
        known = {}
        for consented, scope in people:
            contact = ContactFactory()
            known[contact.phone] = (consented, scope)
            for (program, message_class), (state, ends) in consented.items():
                Consent.objects.create(
                    phone=contact.phone,
                    program_id=program,
                    message_class=message_class,
                    state=state,
                    expires_at=ends,
                    entry_id=entry,
                    since=NOW,
                )
            if scope != "none":
                Suppression.objects.create(
                    phone=contact.phone, scope=scope, entry_id=entry, since=NOW
                )
        judge = Oracle(NOW, facts=said(known))
        contacts = list(matching({"match": "all", "rules": []}))
        for asked in (tree, *({"match": "all", "rules": [one]} for one in single)):
            found = set(matching({**asked, "as_of": NOW.isoformat()}))
            assert found == {contact for contact in contacts if judge.matches(asked, contact)}


def some_entry():
    ledger.append(
        [
            ledger.Act(
                phone="+16465550199",
                act=LedgerEntry.Act.OPT_OUT,
                scope=LedgerEntry.Scope.ALL,
                source=LedgerEntry.Source.KEYWORD,
                happened_at=NOW,
            )
        ]
    )
    return LedgerEntry.objects.latest("id").pk


@pytest.mark.parametrize(
    "field", ["consent", "consent.promotional.", "consent.promotional.9", "consent.shoe.1"]
)
def test_a_program_that_is_not_there_is_refused(db, field):
    with pytest.raises(RuleError, match="not a field"):
        validate({"match": "all", "rules": [rule(field, "is", "active")]})


def test_a_state_that_nobody_can_be_in_is_refused(db):
    program = ProgramFactory(name="Offers")
    wrong = rule(f"consent.promotional.{program.pk}", "is", "hesitant")
    with pytest.raises(RuleError, match="“hesitant” is not something that Offers: promotional"):
        validate({"match": "all", "rules": [wrong]})
