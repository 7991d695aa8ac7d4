"""Who may be texted, said as plainly as possible: lists of what happened, and no derived state.

It is the law's side of the property in test_nobody_wrongly_texted.py, so it is lenient where the
code is stricter, and shares no line with it.
"""

from dataclasses import dataclass, field


@dataclass
class Yes:
    phone: str
    at: object
    program: int | None  # None: START
    expires: object = None
    from_the_phone: bool = False
    entry: int = 0
    n: int = 0


@dataclass
class No:
    phone: str
    at: object
    program: int | None  # None: everything
    n: int = 0


@dataclass
class World:
    happened: list = field(default_factory=list)
    erased: dict = field(default_factory=dict)  # phone -> (n, at) of the last erasure
    listed: set = field(default_factory=set)
    corrected: set = field(default_factory=set)
    asked: list = field(default_factory=list)  # (phone, program) of requests

    def add(self, event):
        event.n = len(self.happened)
        self.happened.append(event)

    def erase(self, phone, at):
        self.erased[phone] = (len(self.happened), at)

    def ask(self, phone, program):
        self.asked.append((phone, program))

    def may_be_texted(self, phone, program, now):
        """A yes to this program that counts, and every no answered by the person's later yes."""
        if phone in self.listed:
            return False
        mine = self._since_erasure(phone)
        if mine is None:
            return False
        noes = [e for e in mine if isinstance(e, No) and e.program in (None, program)]
        yeses = [e for e in mine if isinstance(e, Yes)]
        return any(
            yes.program == program
            and yes.entry not in self.corrected
            and (yes.expires is None or now < yes.expires)
            and all(self._answered(no, yes, yeses) for no in noes)
            for yes in yeses
        )

    def may_be_asked(self, phone, program):
        """Somebody signed them up, and no unanswered no forbids it."""
        if phone in self.listed:
            return False
        mine = self._since_erasure(phone)
        if mine is None:
            return False
        yeses = [e for e in mine if isinstance(e, Yes)]
        noes = [e for e in mine if isinstance(e, No) and e.program in (None, program)]
        for who, what in self.asked:
            if (who, what) == (phone, program) and all(
                self._answered(no, None, yeses) for no in noes
            ):
                return True
        return False

    def _since_erasure(self, phone):
        """What counts of a person: all, or, once erased, what follows a text of their own."""
        mine = [event for event in self.happened if event.phone == phone]
        if phone not in self.erased:
            return mine
        n, at = self.erased[phone]
        later = [event for event in mine if event.n >= n]
        for place, event in enumerate(later):
            if isinstance(event, Yes) and event.from_the_phone and event.at >= at:
                return later[place:]
        return None

    @staticmethod
    def _answered(no, yes, yeses):
        """A no is answered by a later yes from the phone itself: to the program, or START."""
        starts = [e for e in yeses if e.program is None and no.program is None]
        return any(
            e.from_the_phone and e.n > no.n and e.at >= no.at
            for e in [*starts, *([yes] if yes else [])]
        )
