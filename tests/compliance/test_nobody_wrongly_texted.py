"""No sequence of sign-ups, opt-outs, imports, erasures, clock jumps and sends texts somebody who
may not be texted, through the real machine: ledger, gate, queue, dispatcher."""

import json
import time
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from campaigns import direct, event_log
from campaigns.dispatch import Dispatcher
from campaigns.models import Message
from compliance import (
    corrections,
    double_opt_in,
    erasure,
    gate,
    ledger,
    opt_outs,
    rebuilding,
    suppression,
    verification,
)
from compliance.models import Consent, LedgerEntry, OptInRequest
from contacts.models import Contact
from pinpoint.receivers.raw import RawEvent
from tests.campaigns.events import inbound
from tests.campaigns.factories import NOON, CampaignFactory, RunFactory
from tests.campaigns.gateways import Accepting
from tests.compliance.factories import OriginatorFactory, ProgramFactory
from tests.compliance.reference import No, World, Yes

pytestmark = pytest.mark.django_db
PEOPLE = ("+12125550111", "+12125550112")
OURS = "+12065550100"  # what inbound texts are addressed to
people = st.sampled_from(PEOPLE)
programs = st.integers(0, 2)


class Machine(RuleBasedStateMachine):
    """Two people, three programs: one asks once, one's yes ends after two days, one asks twice."""

    sent = 0
    blocked = 0

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction._from_testcase = True  # as Django's own: durable blocks may stand in it
        self.transaction.__enter__()
        self.clock = time_machine.travel(NOON, tick=False)
        self.traveller = self.clock.start()
        self.world = World()
        self.gateway = Accepting()
        self.texts_in = 0
        self.admin = User.objects.create_superuser("ada")
        number = OriginatorFactory(identity=OURS)
        self.programs = [
            ProgramFactory(),
            ProgramFactory(express_days=2),
            ProgramFactory(double_opt_in=True, confirmation_originator=number),
        ]
        self.campaigns = [
            CampaignFactory(
                program=program, originator=number, status="sending", daily_limit=99, total_limit=99
            )
            for program in self.programs
        ]
        far = NOON + timedelta(days=400)
        self.runs = [RunFactory(campaign=c, audience=0, expires_at=far) for c in self.campaigns]
        self.number = number

    def teardown(self):
        assert verification.verify().broken is None
        assert rebuilding.rebuild() == 0
        type(self).sent += len(self.gateway.texts)
        type(self).blocked += Message.objects.filter(state="blocked").count()
        self.clock.stop()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def act(self, phone, program, source, *, kind="opt_in"):
        return ledger.Act(
            phone=phone,
            act=kind,
            source=source,
            program_id=self.programs[program].pk,
            happened_at=timezone.now(),
        )

    def note_yes(self, phone, program, *, from_the_phone=False):
        days = self.programs[program].express_days
        now = timezone.now()
        self.world.add(
            Yes(
                phone,
                now,
                self.programs[program].pk,
                now + timedelta(days=days) if days else None,
                from_the_phone,
                ledger.head()[0],
            )
        )

    @rule(phone=people, program=programs, source=st.sampled_from(["web_form", "api"]))
    def signs_up(self, phone, program, source):
        double_opt_in.join(self.act(phone, program, source))
        if self.programs[program].double_opt_in:
            self.world.ask(phone, self.programs[program].pk)
        else:
            self.note_yes(phone, program)

    @rule(phone=people, program=programs)
    def is_imported(self, phone, program):
        Contact.objects.get_or_create(phone=phone)
        ledger.append([self.act(phone, program, "import")])
        self.note_yes(phone, program)

    def text(self, phone, body):
        self.texts_in += 1
        name = f"in-{self.texts_in}"
        payload = json.dumps(inbound(phone, body, inbound_id=name))
        event_log.store([RawEvent(name, "sns", payload, timezone.now())])
        event_log.process_batch()

    @rule(phone=people)
    def texts_stop(self, phone):
        self.text(phone, "STOP")
        self.world.add(No(phone, timezone.now(), None))

    @rule(phone=people)
    def texts_start(self, phone):
        self.text(phone, "START")
        self.world.add(Yes(phone, timezone.now(), None, from_the_phone=True))

    @rule(phone=people)
    def texts_yes(self, phone):
        """It counts where a question went out that is still open, by the texts themselves."""
        open_now = set(
            OptInRequest.objects.filter(phone=phone, expires_at__gt=timezone.now()).values_list(
                "program", flat=True
            )
        )
        asked = set(
            Message.objects.filter(
                phone=phone, purpose="opt_in", sent_at__isnull=False
            ).values_list("program", flat=True)
        )
        before = set(self.active(phone))
        self.text(phone, "Yes")
        for program in (open_now & asked) | (set(self.active(phone)) - before):
            assert program in asked
            place = [p.pk for p in self.programs].index(program)
            self.note_yes(phone, place, from_the_phone=True)

    @staticmethod
    def active(phone):
        return Consent.objects.filter(phone=phone, state="active").values_list("program", flat=True)

    @rule(phone=people, program=programs)
    def leaves_a_program(self, phone, program):
        ledger.append([self.act(phone, program, "web_form", kind="opt_out")])
        self.world.add(No(phone, timezone.now(), self.programs[program].pk))

    @rule(phone=people)
    def is_opted_out_by_the_carrier(self, phone):
        opt_outs.opt_out(phone, source="carrier", happened_at=timezone.now(), evidence={})
        self.world.add(No(phone, timezone.now(), None))

    @rule(phone=people)
    def is_erased(self, phone):
        erasure.erase(phone, self.admin)
        self.world.erase(phone, timezone.now())

    @rule(phone=people)
    def is_listed(self, phone):
        suppression.take(
            [phone],
            country="US",
            reason="litigator",
            source="a list",
            user=None,
            now=timezone.now(),
        )
        self.world.listed.add(phone)

    @rule(phone=people)
    def is_taken_off_the_list(self, phone):
        key = ledger.subject_key(phone)
        for number in suppression.SuppressedNumber.objects.filter(key=key):
            suppression.remove(number.pk, self.admin)
        self.world.listed.discard(phone)

    @rule(data=st.data())
    def is_corrected(self, data):
        entries = LedgerEntry.objects.filter(act="opt_in").order_by("pk")
        if numbers := list(entries.values_list("pk", flat=True)):
            number = data.draw(st.sampled_from(numbers))
            try:
                corrections.correct(number, "wrong", self.admin)
            except corrections.NotPossible:
                return
            self.world.corrected.add(number)

    @rule(hours=st.sampled_from([1, 9, 25, 80]))
    def time_passes(self, hours):
        self.traveller.shift(timedelta(hours=hours))

    @rule(back=st.sampled_from([1, 30]))
    def the_clock_jumps_back(self, back):
        self.traveller.shift(-timedelta(minutes=back))

    @initialize(joined=st.sets(st.tuples(people, programs), min_size=2))
    def some_are_in_already(self, joined):
        for phone, program in sorted(joined):
            self.is_imported(phone, program)

    @rule(phone=people, program=programs, promotional=st.booleans(), at_once=st.booleans())
    def a_text_is_queued(self, phone, program, promotional, at_once):
        now = timezone.now()
        if promotional:
            Message.objects.create(
                run=self.runs[program],
                campaign=self.campaigns[program],
                phone=phone,
                due_at=now,
                created_at=now,
                changed_at=now,
            )
        else:
            direct.send(
                phone=phone,
                body="Your table is ready.",
                program_id=self.programs[program].pk,
                originator_id=self.number.pk,
            )
        if at_once:
            self.the_dispatcher_works()

    @rule()
    def the_dispatcher_works(self):
        before = len(self.gateway.texts)
        dispatcher = Dispatcher(self.gateway, now=timezone.now, at_once=1)
        dispatcher.work_all(until=time.monotonic() + 5)
        for text in self.gateway.texts[before:]:
            self.check(text)

    @invariant()
    def the_gate_lets_nobody_through_who_may_not_be_texted(self):
        """Ask for everybody after every step: what is asked at random is asked too seldom."""
        now = timezone.now()
        asked = [
            gate.Question(phone, program.pk, message_class)
            for phone in PEOPLE
            for program in self.programs
            for message_class in ("promotional", "transactional")
        ]
        for question, decision in zip(asked, gate.decide(asked, now), strict=True):
            if decision.verdict is gate.Verdict.SEND:
                assert self.world.may_be_texted(question.phone, question.program_id, now), question

    def check(self, text):
        """Ask the reference of each text that was handed over."""
        message = Message.objects.get(pk=text.context["message"])
        program = message.program_id or message.campaign.program_id
        phone, now = text.clearance.phone, timezone.now()
        if message.purpose == "opt_in":
            allowed = self.world.may_be_asked(phone, program)
            # or it welcomes back who has just texted START
            allowed |= self.world.may_be_texted(phone, program, now)
        elif message.purpose == "opt_out":
            allowed = phone not in self.world.listed and any(
                isinstance(e, No) and e.phone == phone and now - e.at <= timedelta(minutes=5)
                for e in self.world.happened
            )
        else:
            allowed = self.world.may_be_texted(phone, program, now)
        assert allowed, f"{message.purpose} text to {phone} of program {program}"


def run(examples, steps):
    Machine.sent = Machine.blocked = 0
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return Machine.sent, Machine.blocked


@pytest.mark.slow
def test_nobody_is_texted_who_may_not_be():
    sent, blocked = run(examples=12, steps=40)
    # Else the property would say less than it seems to.
    assert sent
    assert blocked


@pytest.mark.soak
def test_nobody_is_texted_who_may_not_be_in_thousands_of_histories():
    sent, _blocked = run(examples=2000, steps=60)
    assert sent
