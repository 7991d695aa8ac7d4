"""E-mails on their way: alerts and reports."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutgoingMail(models.Model):
    """One e-mail to one person; written in the transaction that it tells of, sent afterwards."""

    class State(models.TextChoices):
        """Whether the mail server has taken it."""

        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        GIVEN_UP = "given_up", _("given up")

    # What it tells, and whom: whoever asks for it again finds it there.
    key = models.CharField(max_length=200, unique=True)
    # The same at every attempt, so that mail programs show a doubled one once.
    message_id = models.CharField(max_length=200)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    due_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("e-mail")
        default_permissions = ("view",)
        permissions = [("resend_outgoingmail", "Can have e-mails sent again")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None)
                | ~Q(state="waiting") & Q(ended_at__isnull=False),
                name="mail_that_ended_has_a_time",
            )
        ]
        indexes = [
            # Sending: what is due, the oldest first.
            models.Index(fields=["due_at"], name="mail_waiting", condition=Q(state="waiting")),
            # What needs a person.
            models.Index(fields=["id"], name="mail_given_up", condition=Q(state="given_up")),
            # Dropping what was sent long ago.
            models.Index(fields=["ended_at"], name="mail_sent", condition=Q(state="sent")),
        ]

    def __str__(self) -> str:
        return self.subject
