"""Opt-ins and changed attributes as events that campaigns answer.

The rooms below tell of them in the transaction of what happened; here they are noted in it, and
campaigns.triggers answers them after it.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from campaigns import tasks, triggers
from campaigns.models import Happening
from compliance.acts import Recorded

OPT_IN = "opt_in"  # to the campaign's own program


def joined(entries: Sequence[Recorded]) -> None:
    """Note opt-ins to programs. Two queries, however many there are."""
    waiting = set(triggers.waiting_for([OPT_IN]).values_list("program", flat=True))
    _note(
        Happening(
            kind=OPT_IN,
            phone=entry.phone,
            program_id=entry.said.program_id,
            happened_at=entry.said.recorded_at,
        )
        for entry in entries
        if entry.said.program_id in waiting
    )


def changed(phone: str, paths: Collection[str]) -> None:
    """Note that attributes of a person changed; a campaign's event is a path: attributes.Plan."""
    waiting = set(triggers.waiting_for(paths).values_list("event", flat=True))
    now = timezone.now()
    _note(Happening(kind=path, phone=phone, happened_at=now) for path in paths if path in waiting)


def _note(happenings: Iterable[Happening]) -> None:
    if Happening.objects.bulk_create(happenings):
        transaction.on_commit(tasks.answer_happenings.delay)
