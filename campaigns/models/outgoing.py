"""What we tell others: where to, and each event on its way there."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.models import Program
from contacts.sealing import unseal


class Destination(models.Model):
    """Where events of ours go: a stream in Pinpoint's own format, or a webhook."""

    class Kind(models.TextChoices):
        """How events get there."""

        KINESIS = "kinesis", _("Kinesis data stream")
        FIREHOSE = "firehose", _("Firehose stream")
        WEBHOOK = "webhook", _("webhook")

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    address = models.CharField(
        _("address"),
        max_length=500,
        help_text=_("The stream's name or ARN, or the https:// address that is posted to."),
    )
    # As Pinpoint's interface was told; we write with the installation's own credentials.
    role_arn = models.CharField(max_length=500, blank=True, editable=False)
    # What a webhook's signature is made with (https://www.standardwebhooks.com), encrypted.
    sealed = models.BinaryField(default=b"", editable=False)
    program = models.ForeignKey(
        Program,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("program"),
        help_text=_("Only events of this program; of all, if it is left empty."),
    )
    active = models.BooleanField(_("active"), default=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # What Pinpoint's interface put is one for each program; it may be changed there only.
    is_event_stream = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(is_event_stream=True),
                name="one_event_stream_of_a_program",
            ),
            models.CheckConstraint(
                condition=Q(is_event_stream=False) | Q(program__isnull=False),
                name="event_stream_is_of_a_program",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str | None:
        """The secret itself, "" without any; None where none of our keys opens it."""
        if not self.sealed:
            return ""
        opened = unseal(bytes(self.sealed))
        return None if opened is None else opened.decode()


class OutgoingEvent(models.Model):
    """One event on its way to one destination; written in the transaction that it tells of."""

    class State(models.TextChoices):
        """Whether it has arrived."""

        WAITING = "waiting", _("waiting")
        ARRIVED = "arrived", _("arrived")
        GIVEN_UP = "given_up", _("given up")

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, db_index=False)
    event_type = models.CharField(_("event"), max_length=40)
    payload: Any = models.JSONField(_("event as sent"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("resend_outgoingevent", "Can have events sent to others again")]
        indexes = [
            # Delivering: what is due, by destination, the oldest first.
            models.Index(
                fields=["destination", "id"], name="outgoing_waiting", condition=Q(state="waiting")
            ),
            # What needs a person.
            models.Index(fields=["id"], name="outgoing_given_up", condition=Q(state="given_up")),
            # Dropping what arrived long ago.
            models.Index(
                fields=["ended_at"], name="outgoing_arrived", condition=Q(state="arrived")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.pk}"
