"""AWS's opt-out lists beside ours: which there are, who uses them, and what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from campaigns import aws_account, syncing
from compliance import mirroring
from compliance.models import ListCheck, ListedNumber

SOURCE = "opt_out_lists"
EVERY = timedelta(minutes=30)


def register() -> None:
    """Have their names read; who is on them is read by compliance/list_checks.py, once a day."""
    syncing.register(syncing.Source(SOURCE, _("Opt-out lists"), EVERY, read))


def read(now: datetime) -> None:
    """Keep which lists the account has."""
    pages = aws_account.client_of("pinpoint-sms-voice-v2").get_paginator("describe_opt_out_lists")
    account = aws_account.here()
    account.lists = [
        one["OptOutListName"] for page in pages.paginate() for one in page["OptOutLists"]
    ]
    account.save(update_fields=["lists"])


@dataclass(frozen=True, slots=True)
class Listed:
    """One list: whether AWS has it, whether originators use it, and how the two sides differ."""

    name: str
    at_aws: bool
    used: bool
    waiting: int  # what AWS has not taken yet
    check: ListCheck | None  # the last one that ended

    @property
    def missing(self) -> bool:
        """Tell whether opt-outs should be there and cannot."""
        return self.used and not self.at_aws


def compare(at_aws: Sequence[str]) -> list[Listed]:
    """Compare what AWS said at the last check with what is used here. Three queries."""
    used = mirroring.lists()
    # The outbox's own index holds these rows alone.
    undone = ListedNumber.objects.filter(Q(known=None) | ~Q(known=F("wanted")))
    waiting = dict(undone.values_list("list_name").annotate(n=Count("pk")).order_by())
    checks = {
        check.list_name: check
        for check in ListCheck.objects.exclude(finished_at=None)
        .order_by("list_name", "-started_at")
        .distinct("list_name")
    }
    return [
        Listed(name, name in at_aws, name in used, waiting.get(name, 0), checks.get(name))
        for name in sorted({*at_aws, *used})
    ]
