"""When a consent ends by itself."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from compliance.acts import Act
from compliance.models import LedgerEntry, Program

YES = frozenset({LedgerEntry.Act.OPT_IN_REQUESTED, LedgerEntry.Act.OPT_IN})


class Expiry:
    """The ends of a batch of acts by their programs' settings as they stand now.

    An end is written into the ledger with the act, so that a setting changed later changes no
    consent given before. One query for the batch, none where nobody opts in.
    """

    def __init__(self, acts: Iterable[Act]) -> None:
        programs = {act.program_id for act in acts if act.act in YES}
        self._programs = Program.objects.in_bulk([pk for pk in programs if pk is not None])

    def basis(self, act: Act) -> str:
        """Return what an opt-in rests on; an act that is none rests on nothing."""
        if act.act != LedgerEntry.Act.OPT_IN:
            return ""
        return str(act.basis or LedgerEntry.Basis.EXPRESS)

    def ends(self, act: Act) -> datetime | None:
        """Return when the consent that an act gives, or the wait for a YES, ends, if ever."""
        if act.act not in YES or act.program_id is None:
            return None
        program = self._programs[act.program_id]
        if act.act == LedgerEntry.Act.OPT_IN_REQUESTED:
            return act.happened_at + timedelta(hours=program.confirmation_hours)
        implied = act.basis == LedgerEntry.Basis.IMPLIED
        days = program.implied_days if implied else program.express_days
        return act.happened_at + timedelta(days=days) if days else None
