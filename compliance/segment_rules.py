"""What programs add to the rules of segments: who said yes, who left, whose people they are."""

from collections.abc import Iterable, Sequence
from functools import partial

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from compliance.models import Consent, MessageClass, Program, Suppression
from contacts.models import Endpoint, Segment
from contacts.segments import fields
from contacts.segments.fields import Asked, Cost, Field, Fixed, Operator, Takes

OPERATORS = (
    Operator("is", _("is any of"), Takes.OPTIONS),
    Operator("is_not", _("is none of"), Takes.OPTIONS),
)
GROUP = _("Consent")
# Besides the states that are stored: what has ended by itself, and what never was.
STATES = (*Consent.State.choices, ("expired", _("ended by itself")), ("none", _("never asked")))
REACHES = (*Suppression.Scope.choices, ("none", _("nothing: did not opt out")))


class Programs:
    """`consent.promotional.3`: what people said to one program, for one kind of text."""

    def find(self, name: str) -> Field | None:
        """Look the program up."""
        kind, _dot, rest = name.partition(".")
        message_class, _dot, number = rest.partition(".")
        if kind != "consent" or message_class not in MessageClass or not number.isascii():
            return None
        if not number.isdecimal() or len(number) > 18:
            return None
        program = Program.objects.filter(pk=int(number)).first()
        return self._field(program, MessageClass(message_class)) if program else None

    def offered(self) -> Iterable[Field]:
        """Offer every program, for both kinds of texts."""
        for program in Program.objects.order_by("name"):
            for message_class in MessageClass:
                yield self._field(program, message_class)

    def _field(self, program: Program, message_class: MessageClass) -> Field:
        return Field(
            name=f"consent.{message_class.value}.{program.pk}",
            label=f"{program}: {message_class.label}",
            group=GROUP,
            operators=OPERATORS,
            condition=partial(_consent, program.pk, message_class.value),
            options=lambda: STATES,
            cost=Cost.ROWS,
        )


def _consent(
    program_id: int, message_class: str, op: str, values: Sequence[str], asked: Asked
) -> Q:
    recorded = Consent.objects.filter(
        phone=OuterRef("phone"), program=program_id, message_class=message_class
    )
    ended = Q(state=Consent.State.ACTIVE, expires_at__isnull=False, expires_at__lte=asked.now)
    wanted = Q(state__in=[value for value in values if value in Consent.State]) & ~ended
    if "expired" in values:
        wanted |= ended
    holds = Q(Exists(recorded.filter(wanted)))
    if "none" in values:
        holds |= ~Q(Exists(recorded))
    return holds if op == "is" else ~holds


def _opt_out(op: str, values: Sequence[str], asked: Asked) -> Q:
    recorded = Suppression.objects.filter(phone=OuterRef("phone"))
    holds = Q(Exists(recorded.filter(scope__in=values)))
    if "none" in values:
        holds |= ~Q(Exists(recorded))
    return holds if op == "is" else ~holds


def _application(op: str, values: Sequence[str], asked: Asked) -> Q:
    """Find the endpoints of applications, and whom none has: who came with a list is everybody's.

    An application finds such people by their ids, too (contacts.endpoints.find).
    """
    # One answer for each person, looked up by the index: to ask whether there is one or none at
    # all would read every endpoint anew for each slice of an audience.
    own = Q(application_id__in=values, active=True)
    known = Endpoint.objects.filter(contact=OuterRef("pk")).values("contact")
    holds = Q(Coalesce(Subquery(known.annotate(own=BoolOr(own)).values("own")), True))
    return holds if op == "is" else ~holds


def _applications() -> list[tuple[str, str]]:
    """Return the programs by the ids that segments name; those of deleted ones by the id alone."""
    named = Segment.objects.exclude(application_id="").values_list("application_id", flat=True)
    programs = Program.objects.order_by("name").values_list("application_id", "name")
    return [*({one: one for one in named.distinct()} | dict(programs)).items()]


fields.register(
    Programs(),
    Fixed(
        Field(
            "application",
            _("Registered by the program"),
            _("Programs"),
            (
                Operator("is", _("is any of, or by none"), Takes.OPTIONS),
                Operator("is_not", _("is only another than"), Takes.OPTIONS),
            ),
            _application,
            options=_applications,
            cost=Cost.ROWS,
        )
    ),
    Fixed(
        Field(
            "opted_out",
            _("Opted out of"),
            GROUP,
            OPERATORS,
            _opt_out,
            options=lambda: REACHES,
            cost=Cost.ROWS,
        )
    ),
)
