"""What AWS tells us."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing AWS told us, as it came. Committed before it is acknowledged."""

    class Status(models.TextChoices):
        """Whether it has been acted on."""

        NEW = "new", _("new")
        DONE = "done", _("done")
        UNMATCHED = "unmatched", _("not about a text of ours")
        UNKNOWN = "unknown", _("of a type we do not know")
        BROKEN = "broken", _("could not be read or acted on")

    # What makes a second delivery of the same thing recognisable.
    dedupe_key = models.CharField(max_length=200, unique=True)
    source = models.CharField(max_length=10)
    received_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    payload = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("replay_event", "Can have AWS's events acted on again")]
        indexes = [
            # Processing: what has not been acted on, oldest first.
            models.Index(fields=["id"], name="event_new", condition=Q(status="new")),
            # What needs a person: the dead letters.
            models.Index(fields=["id"], name="event_broken", condition=Q(status="broken")),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}"
