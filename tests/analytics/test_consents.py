import random
from datetime import timedelta

import pytest
from django.http import QueryDict

from analytics import consent_panels, consents
from analytics.models import ConsentHour
from analytics.scope import ScopeForm
from compliance import ledger
from compliance.models import LedgerEntry
from tests.campaigns.factories import NOON
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
Act, Source = LedgerEntry.Act, LedgerEntry.Source


def record(program, act=Act.OPT_IN, source=Source.WEB_FORM, at=NOON, phone="+12125550001"):
    wording = ledger.keep_wording("Yes, text me offers.") if act == Act.OPT_IN else ""
    ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=act,
                source=source,
                program_id=program.pk,
                happened_at=at,
                wording_sha256=wording or None,
            )
        ]
    )


def counts():
    fields = ("hour", "program_id", "act", "source", "delay", "entries")
    return sorted(map(str, ConsentHour.objects.values_list(*fields)))


def scope():
    day = f"{NOON:%Y-%m-%d}"
    form = ScopeForm(QueryDict(f"from={day}&to={day}"))
    assert form.is_valid()
    return form.scope()


@pytest.mark.parametrize("seed", range(3))
def test_counting_step_by_step_is_counting_the_whole_ledger(seed):
    chance, program = random.Random(seed), ProgramFactory()
    for n in range(12):
        act = chance.choice([Act.OPT_IN, Act.OPT_OUT])
        source = chance.choice([Source.KEYWORD, Source.WEB_FORM])
        at = NOON - timedelta(minutes=chance.choice([0, 59, 61, 3000]))
        record(program, act, source, at, f"+1212555{n:04d}")
        if chance.random() < 0.5:
            consents.count(most=chance.choice([1, 2, 100]))
    while consents.count():
        pass
    stepwise = counts()
    assert sum(row.entries for row in ConsentHour.objects.all()) == LedgerEntry.objects.count()
    consents.recount()
    consents.count()
    assert counts() == stepwise


def test_counting_twice_counts_once():
    record(ProgramFactory())
    assert (consents.count(), consents.count()) == (1, 0)


def test_what_was_gained_and_lost_stands_on_its_day():
    program = ProgramFactory()
    record(program), record(program, phone="+12125550002"), record(program, Act.OPT_OUT)
    consents.count()
    (row,) = consent_panels.gained_and_lost(scope()).rows
    assert row[1:] == [2, 1, 0]


def test_the_time_from_a_stop_to_the_ledger_is_told_of_texts_alone():
    program = ProgramFactory()
    record(program, Act.OPT_OUT, Source.KEYWORD), record(program, Act.OPT_OUT, Source.WEB_FORM)
    consents.count()
    rows = consent_panels.stops(scope()).rows
    assert sum(row[1] for row in rows) == 1
    assert rows[-1][2] == 1


def test_an_empty_ledger_shows_nothing():
    assert consents.count() == 0
    assert consent_panels.gained_and_lost(scope()).rows == []
    assert consent_panels.stops(scope()).rows == []
