"""What is said of a sender, in its list and on its page: our own words and AWS's."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from campaigns.models import AwsIdentity
from compliance.models import Originator

WORKING = "ACTIVE"
REGISTERED_KINDS = frozenset({"TEN_DLC", "TOLL_FREE", "POOL"})
# The lines of the page that only AWS fills.
TOLD = (
    *("status", "able", "health", "price", "two_way", "where_answers_go", "goes_abroad"),
    *("protected", "registration_id", "daily_cap", "since", "aws_id", "arn", "read_at"),
)


def at_aws(row: Originator) -> AwsIdentity | None:
    """Return what AWS said of it last; None: AWS has never told of it."""
    found: AwsIdentity | None = getattr(row, "aws", None)
    return found


def told(name: str, description: Any, *, boolean: bool = False) -> Any:
    """Return a line of the page with what AWS says."""

    @admin.display(description=description, boolean=boolean)
    def line(_self: Any, row: Originator) -> Any:
        aws = at_aws(row)
        found = getattr(aws, name) if aws else None
        return (
            date_format(localtime(found), "DATETIME_FORMAT")
            if isinstance(found, datetime)
            else found
        )

    return line


class SenderColumns:
    """Columns of the list, few enough for a laptop, and lines of the page."""

    @admin.display(description=gettext_lazy("type"), ordering="kind")
    def sort(self, row: Originator) -> str:
        """What it is, and which texts it sends."""
        return f"{row.get_kind_display()}, {row.get_message_class_display()}"

    @admin.display(description=gettext_lazy("sends"), ordering="country")
    def sends(self, row: Originator) -> str:
        """What it can send, and where to."""
        what, where = self.able(row), self.reaches(row)
        return _("{what} to {where}").format(what=what, where=where) if what and where else where

    @admin.display(description=gettext_lazy("STOP and HELP"))
    def answers(self, row: Originator) -> str:
        """Who answers what people write back."""
        if self.two_way(row) is False:
            return _("no answers come in")
        return _("Sendpoint answers") if row.self_managed_opt_outs else _("AWS answers")

    @display(
        description=gettext_lazy("status"),
        ordering="aws__status",
        label={"ACTIVE": "success", "DELETED": "danger", "unknown": "info", "other": "warning"},
    )
    def state(self, row: Originator) -> tuple[str, str]:
        """Show the status as a coloured label."""
        aws = at_aws(row)
        if aws is None:
            return "unknown", _("AWS does not tell of it")
        known = aws.status if aws.status in {"ACTIVE", "DELETED"} else "other"
        return known, aws.status.lower().replace("_", " ")

    @admin.display(description=gettext_lazy("status"))
    def status(self, row: Originator) -> str:
        """Show the status on the page, where there are no labels."""
        words: str = self.state(row)[1]
        return words

    @admin.display(description=gettext_lazy("can"))
    def able(self, row: Originator) -> str:
        """Its capabilities."""
        aws = at_aws(row)
        return ", ".join(aws.capabilities) if aws else ""

    @admin.display(description=gettext_lazy("countries"))
    def reaches(self, row: Originator) -> str:
        """Where it is at home, and whether it goes abroad."""
        aws = at_aws(row)
        return _("{} and abroad").format(row.country) if aws and aws.international else row.country

    @admin.display(description=gettext_lazy("parts a second"))
    def fastest(self, row: Originator) -> int:
        """How fast it may send, its 10DLC campaign's pace included."""
        return row.pace

    @admin.display(description=gettext_lazy("registered"), boolean=True)
    def registration(self, row: Originator) -> bool | None:
        """Whether carriers let its texts pass; empty where none is needed."""
        return row.registered if row.kind in REGISTERED_KINDS else None

    @admin.display(description=gettext_lazy("answers come in"), boolean=True)
    def two_way(self, row: Originator) -> bool | None:
        """Whether people can answer."""
        aws = at_aws(row)
        return aws.two_way if aws else None

    @admin.display(description=gettext_lazy("health"))
    def health(self, row: Originator) -> str:
        """Say what keeps it from sending."""
        aws = at_aws(row)
        if aws and aws.gone_at:
            return _("AWS no longer has it.")
        if aws and aws.status != WORKING:
            return _("Not ready at AWS.")
        if self.registration(row) is False:
            return _("Not registered: US carriers block it.")
        if not row.active:
            return _("Switched off: tick “active” on its page.")
        paused: str = getattr(row, "paused", None) or ""
        return paused or _("in order")

    @admin.display(description=gettext_lazy("a month"), ordering="aws__monthly_usd")
    def price(self, row: Originator) -> str:
        """What it costs."""
        aws = at_aws(row)
        return "" if aws is None or aws.monthly_usd is None else f"${aws.monthly_usd:,.2f}"

    where_answers_go = told("two_way_channel", gettext_lazy("where answers go"))
    goes_abroad = told("international", gettext_lazy("sends to other countries"), boolean=True)
    protected = told("protected", gettext_lazy("protected from release"), boolean=True)
    registration_id = told("registration_id", gettext_lazy("registration"))
    daily_cap = told("daily_cap", gettext_lazy("T-Mobile's texts a day"))
    since = told("since", gettext_lazy("since"))
    aws_id = told("aws_id", gettext_lazy("id at AWS"))
    arn = told("arn", "ARN")
    read_at = told("read_at", gettext_lazy("as of"))
