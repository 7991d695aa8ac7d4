"""The derived tables come out of the ledger the same, whatever happened."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance import ledger, rebuilding
from compliance.models import (
    Consent,
    LedgerEntry,
    Subject,
    SuppressedNumber,
    Suppression,
)
from tests.compliance.acts import NOON, act, no, yes
from tests.compliance.factories import ProgramFactory
from tests.compliance.histories import histories

pytestmark = pytest.mark.django_db
ANA = "+12125550111"


def derived():
    return (
        set(
            Consent.objects.values_list(
                "phone", "program", "message_class", "state", "entry", "since", "expires_at"
            )
        ),
        set(Suppression.objects.values_list("phone", "scope", "entry", "since")),
        set(SuppressedNumber.objects.values_list("key", "reason", "source", "entry", "added_at")),
    )


@pytest.fixture
def programs():
    return [ProgramFactory(), ProgramFactory(express_days=30), ProgramFactory(implied_days=5)]


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_rebuild_changes_nothing_after_any_history(programs, data):
    with transaction.atomic():
        for batch in data.draw(histories([program.pk for program in programs])):
            ledger.append(batch)
        before = derived()
        assert rebuilding.rebuild() == 0
        Consent.objects.all().delete()
        Suppression.objects.all().delete()
        SuppressedNumber.objects.all().delete()
        rebuilding.rebuild()
        assert derived() == before
        transaction.set_rollback(True)


def test_what_is_derived_does_not_depend_on_the_batches(programs):
    @settings(max_examples=25)
    @given(histories([program.pk for program in programs]))
    def check(batches):
        found = []
        for split in (batches, [[each] for batch in batches for each in batch]):
            with transaction.atomic():
                for batch in split:
                    ledger.append(batch)
                found.append(derived())
                transaction.set_rollback(True)
        assert found[0] == found[1]

    check()


def test_it_mends_what_was_tampered_with(programs):
    yes(ANA, programs[0])
    no("+12125550112")
    act("+12125550113", "erasure", source="operator")
    SuppressedNumber.objects.create(key="ab" * 32, reason="litigator", source="x", added_at=NOON)
    before = derived()
    Consent.objects.update(state="revoked")
    Consent.objects.create(
        phone="+12125550199",
        program=programs[0],
        message_class="promotional",
        state="active",
        entry_id=1,
        since=NOON,
    )
    Suppression.objects.all().delete()
    SuppressedNumber.objects.filter(reason="erased").update(added_at=NOON - timedelta(days=1))
    assert rebuilding.rebuild() == 4
    assert derived() == before


@pytest.mark.django_db(transaction=True)
def test_checking_changes_nothing_and_says_how_much_is_wrong():
    yes(ANA, ProgramFactory())
    call_command("rebuild_consent", check=True, stdout=StringIO())
    Consent.objects.update(state="revoked")
    with pytest.raises(CommandError, match="1 rows are not what the ledger says"):
        call_command("rebuild_consent", check=True)
    assert Consent.objects.get().state == "revoked"
    call_command("rebuild_consent", stdout=StringIO())
    assert Consent.objects.get().state == "active"


def test_a_number_that_is_gone_is_named_and_nothing_is_lost(programs):
    no(ANA)
    Subject.objects.update(phone=None)
    with pytest.raises(CommandError, match="nobody erased it"), transaction.atomic():
        call_command("rebuild_consent")
    assert Suppression.objects.filter(phone=ANA).exists()


def test_the_histories_hold_every_act_and_source(programs):
    """Else the property above would say less than it seems to."""
    seen = set()

    @settings(max_examples=60, database=None)
    @given(histories([1]))
    def collect(batches):
        seen.update((a.act, a.source) for batch in batches for a in batch)

    collect()
    assert {act for act, _ in seen} == set(LedgerEntry.Act.values)
    assert {source for _, source in seen} == set(LedgerEntry.Source.values)
