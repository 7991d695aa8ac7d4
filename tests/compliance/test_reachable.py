from collections import Counter
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Permission, User
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from compliance import gate, ledger
from compliance.addresses import Address
from compliance.departures import departures
from compliance.models import LedgerEntry, SuppressedNumber
from compliance.reachable import reachable
from compliance.reasons import Reason
from contacts.models import Contact
from tests.compliance.factories import ProgramFactory
from tests.contacts.factories import ContactFactory
from tests.contacts.pages import group, inputs, rule

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)  # Tuesday noon in New York, nine in California
# Whole and split area codes, toll-free, islands, abroad.
AREAS = ["+1212555", "+1415555", "+1850595", "+1850314", "+1800555", "+1808555", "+1604555"]
ABROAD = ["+447911123", "+49301234", "+61412345"]
HOURS = st.integers(0, 7 * 24).map(lambda hours: NOON + timedelta(hours=hours))
addresses = st.sampled_from(
    [
        {},
        {"country": "US", "region": "FL", "city": "Pensacola"},
        {"country": "US", "region": "Florida", "city": "Miami", "postal_code": "33101"},
        {"postal_code": "32501"},
        {"country": "US", "region": "NY", "postal_code": "32501-1234"},
        {"country": "US", "postal_code": "96910"},
        {"country": "CA", "postal_code": "V6B 1A1"},
        {"country": "DE", "city": "Berlin", "postal_code": "10115"},
        {"country": "AU", "city": "Perth"},
        {"timezone": "America/Chicago"},
    ]
)
acts = st.lists(st.sampled_from(["yes", "transactional yes", "no", "leave", "list"]), max_size=2)
people = st.tuples(st.sampled_from(AREAS + ABROAD), addresses, acts)


class RandomPeople(TestCase):
    @settings(
        max_examples=40,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        st.lists(people, min_size=1, max_size=8),
        st.sampled_from(["promotional", "transactional"]),
        HOURS,
    )
    def test_it_counts_what_the_gate_decides(self, persons, message_class, now):
        program = ProgramFactory()
        for n, (begins, address, done) in enumerate(persons):
            contact = ContactFactory(phone=f"{begins}{n:04d}", **address)
            act(contact.phone, program, done)
        found = reachable(Contact.objects.all(), program, message_class, now)
        questions = [
            gate.Question(
                contact.phone,
                program.pk,
                message_class,
                contact.timezone,
                Address(contact.country, contact.region, contact.city, contact.postal_code),
            )
            for contact in Contact.objects.all()
        ]
        decided = gate.decide(questions, now)
        counted = [decision.reason for decision in decided]
        expected = {reason: counted.count(reason) for reason in set(counted)}
        assert found.people == len(persons)
        assert {None: found.now, **dict(found.rest)} == {None: 0, **expected}
        self.leave_when_the_gate_says(program, message_class, now, decided)

    def leave_when_the_gate_says(self, program, message_class, now, decided):
        everybody = Contact.objects.all()
        expires_at = now + timedelta(hours=72)
        found = departures(everybody, program, message_class, lambda _: now, now, expires_at)
        leaves = [one.until if one.reason else now for one in decided]
        some = Counter(at for at in leaves if at and at < expires_at)
        by_instant = Counter()
        for (at, _zone), people in found.leaving.items():
            by_instant[at] += people
        assert by_instant == some
        assert found.people == len(decided)


def act(phone, program, done):
    # Of a stranger who is on the list it says that they never opted in; the last thing is "list".
    for one in sorted(done, key="list".__eq__) if set(done) - {"list"} else []:
        if one == "list":
            SuppressedNumber.objects.get_or_create(
                key=ledger.subject_key(phone),
                reason="litigator",
                defaults={"source": "a list", "added_at": NOON},
            )
            continue
        ledger.append(
            [
                ledger.Act(
                    phone=phone,
                    act=LedgerEntry.Act.OPT_IN if "yes" in one else LedgerEntry.Act.OPT_OUT,
                    scope=LedgerEntry.Scope.ALL if one == "leave" else LedgerEntry.Scope.PROGRAM,
                    source=LedgerEntry.Source.WEB_FORM,
                    program_id=program.pk,
                    message_class="transactional" if "trans" in one else "promotional",
                    happened_at=NOON,
                )
            ]
        )


def test_the_page_names_the_reasons_of_the_rest(admin_client):
    program = ProgramFactory(name="Offers")
    yes, no, _never = ContactFactory.create_batch(3)
    act(yes.phone, program, ["transactional yes"])
    act(no.phone, program, ["leave"])
    page = admin_client.post(
        reverse("admin:compliance_reachable"),
        inputs(group("all")) | {"reachable_class": "transactional"},
    )
    assert (page.context["found"].people, page.context["found"].now) == (3, 1)
    assert [reason for reason, _count in page.context["found"].rest] == [
        Reason.NO_CONSENT,
        Reason.SUPPRESSED,
    ]
    assert "This number opted out of everything" in page.content.decode()


def test_wrong_rules_and_no_program_are_no_error(admin_client):
    url = reverse("admin:compliance_reachable")
    assert "There is no program yet" in admin_client.post(url).content.decode()
    ProgramFactory()
    wrong = inputs(group("all", rule("metrics.a", "gt", "many")))
    assert "found" not in admin_client.post(url, wrong).context


def test_it_needs_the_right_to_see_segments_and_programs(client, db):
    user = User.objects.create_user("eve", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_segment"))
    client.force_login(user)
    assert client.post(reverse("admin:compliance_reachable")).status_code == 403
