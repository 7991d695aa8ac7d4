"""One text to one person."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Upper
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.run import Run
from compliance.models import Originator, Program
from contacts.models import Contact


class Message(models.Model):
    """One text to one person: the queue, the record and the state, in one row."""

    class State(models.TextChoices):
        """Where the text is. Everything after ACCEPTED is terminal, except UNKNOWN."""

        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being handed to AWS")
        ACCEPTED = "accepted", _("accepted by AWS")
        UNKNOWN = "unknown", _("fate unclear")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        BLOCKED = "blocked", _("blocked by the gate")
        EXPIRED = "expired", _("expired before it could go")
        CANCELLED = "cancelled", _("cancelled")

    class Purpose(models.TextChoices):
        """Why the text is sent: all but CAMPAIGN go to one person, ahead of campaigns."""

        CAMPAIGN = "campaign", _("campaign")
        NOTICE = "notice", _("notice to one person")
        OFFER = "offer", _("offer to one person")  # promotional, under all of its rules
        REPLY = "reply", _("answer to a person's text")
        OPT_OUT = "opt_out", _("confirmation of an opt-out")
        OPT_IN = "opt_in", _("question whether somebody signed up, or its answer")
        HELP = "help", _("answer to HELP")
        TEST = "test", _("test of a campaign")

    # One foreign key of both (migration 0006) holds that the campaign is the run's: a check less
    # for each of a million rows. Their indexes are those of Meta.
    run = models.ForeignKey(
        Run,
        on_delete=models.PROTECT,
        null=True,
        related_name="messages",
        db_index=False,
        db_constraint=False,
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    # A direct text (campaigns/direct.py) has no campaign to take these from.
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.CAMPAIGN)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, db_index=False)
    originator = models.ForeignKey(Originator, on_delete=models.PROTECT, null=True, db_index=False)
    # What asks for a direct text names it, so that asking twice sends one.
    key = models.CharField(max_length=100, null=True)  # noqa: DJ001 - NULL: no name
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    phone = models.CharField(_("phone"), max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    body = models.TextField(_("text as sent"), blank=True)
    rules = models.CharField(max_length=20, blank=True)  # version the gate decided by last
    # Every answer of the gate that counted, oldest first (compliance.questions.Decision.record):
    # where the person may be, what the clocks there showed, and why it went, waited or never went.
    decisions: Any = models.JSONField(null=True)
    arm = models.PositiveSmallIntegerField(default=0, db_default=0)  # see campaigns/arms.py
    # What it will cost by the price list of the moment it was handed over, in US dollars.
    expected_usd = models.DecimalField(max_digits=10, decimal_places=5, null=True)
    aws_id = models.CharField(max_length=64, blank=True)
    parts = models.PositiveSmallIntegerField(null=True)
    price = models.DecimalField(max_digits=10, decimal_places=5, null=True)  # US dollars
    carrier_fee = models.DecimalField(max_digits=10, decimal_places=5, null=True)
    priced_at = models.DateTimeField(null=True)  # when the event that named the price happened
    country = models.CharField(max_length=2, blank=True)
    carrier = models.CharField(_("carrier"), max_length=60, blank=True, db_default="")
    # The status of AWS's last event: SUCCESSFUL may be all that a carrier ever says.
    receipt = models.CharField(_("receipt"), max_length=30, blank=True, db_default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    event_at = models.DateTimeField(null=True)  # when AWS's last applied event happened
    final_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    # What a program of somebody else's wants to read in the events about it; NULL: nothing.
    context: Any = models.JSONField(null=True)
    # The ids that India asks for (campaigns/india.py), of a direct text; NULL: none.
    country_parameters: Any = models.JSONField(null=True)
    # When a person decided to leave a text of unclear fate as it is.
    left_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("send_message", "Can send single texts")]
        constraints = [
            models.UniqueConstraint(fields=["run", "contact"], name="one_message_per_run_contact"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claim__isnull=False, sent_at__isnull=False),
                name="message_sending_has_claim_and_time",
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(key__isnull=False), name="one_message_per_key"
            ),
            models.CheckConstraint(
                condition=Q(
                    purpose="campaign",
                    run__isnull=False,
                    campaign__isnull=False,
                    program__isnull=True,
                    originator__isnull=True,
                )
                | Q(
                    ~Q(purpose="campaign"),
                    run__isnull=True,
                    campaign__isnull=True,
                    program__isnull=False,
                    originator__isnull=False,
                ),
                name="message_is_of_a_run_or_direct",
            ),
        ]
        indexes = [
            # Dispatch: the oldest due messages of a run that wait and are not leased.
            models.Index(
                fields=["run", "due_at", "id"], name="message_due", condition=Q(state="queued")
            ),
            # Dispatch: direct texts that wait, the oldest first.
            models.Index(
                fields=["originator", "due_at", "id"],
                name="message_direct_due",
                condition=Q(state="queued", run=None),
            ),
            # The inbox: words anywhere in our answers, rare ones and common ones.
            GinIndex(
                OpClass(Upper("body"), name="gin_trgm_ops"),
                name="message_direct_words",
                condition=Q(run=None),
            ),
            models.Index(fields=["-id"], name="message_direct", condition=Q(run=None)),
            # Tidying: leases of dead workers. No index holds a lease, so that taking one changes
            # no index (a heap-only update).
            models.Index(fields=["sent_at"], name="message_sending", condition=Q(state="sending")),
            # Receipts that do not carry our id (the console, other tools) find theirs by AWS's.
            models.Index(fields=["aws_id"], name="message_aws_id", condition=~Q(aws_id="")),
            # Counting a run by state.
            models.Index(fields=["run", "state"], name="message_run_state"),
            # The caps of one person: in a campaign, and over all in 24 hours.
            models.Index(
                fields=["phone", "sent_at"],
                name="message_person_sent",
                condition=Q(sent_at__isnull=False),
            ),
            # The timeline of one person, and what was ever sent to a number.
            models.Index(fields=["phone", "id"], name="message_person"),
            # The rollup: what changed since it last looked, and the texts of an hour.
            models.Index(
                fields=["changed_at"],
                name="message_changed",
                condition=~Q(state__in=["queued", "sending"]),
            ),
            # The rollup: what had been counted and waits, or is handed over, once more.
            models.Index(
                fields=["changed_at"],
                name="message_returned",
                condition=Q(state="queued", attempts__gte=1) | Q(state="sending", attempts__gte=2),
            ),
            models.Index(
                Coalesce("sent_at", "final_at"),
                name="message_hour",
                condition=~Q(state__in=["queued", "sending"]),
            ),
            # The report: why texts of a campaign went nowhere.
            models.Index(
                fields=["campaign", "reason"],
                name="message_went_nowhere",
                condition=Q(state__in=["blocked", "failed", "expired", "cancelled", "unknown"]),
            ),
            # The list of texts whose fate a person has to decide on.
            models.Index(
                fields=["changed_at"], name="message_unknown", condition=Q(state="unknown")
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


# The states in which a message stays, and those that still move.
TERMINAL = frozenset(
    {
        Message.State.DELIVERED,
        Message.State.FAILED,
        Message.State.BLOCKED,
        Message.State.EXPIRED,
        Message.State.CANCELLED,
    }
)

OPEN = frozenset({Message.State.QUEUED, Message.State.SENDING, Message.State.ACCEPTED})
