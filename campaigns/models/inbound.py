"""What people text us."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.message import Message
from contacts.models import Contact


class InboundMessage(models.Model):
    """A text that a person sent us."""

    inbound_id = models.CharField(max_length=100, unique=True)
    sender = models.CharField(_("from"), max_length=20)
    recipient = models.CharField(_("to"), max_length=20)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    answers = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True)
    body = models.TextField(_("text"))
    intent = models.CharField(_("understood as"), max_length=10)
    rule = models.CharField(_("by rule"), max_length=40, blank=True)
    rules_version = models.CharField(max_length=20, blank=True)
    received_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    # Whether it was acted on and answered by itself, so that nobody need read it; not kept.
    settled = False

    class Meta:
        default_permissions = ("view",)
        indexes = [
            # The timeline of one person.
            models.Index(fields=["sender", "received_at"], name="inbound_person"),
            # The rollup: what came in since it last looked, and the answers of an hour.
            models.Index(fields=["created_at"], name="inbound_created"),
            models.Index(fields=["received_at"], name="inbound_received"),
            # The inbox: words anywhere in a text (icontains), by the three letters in a row.
            GinIndex(OpClass(Upper("body"), name="gin_trgm_ops"), name="inbound_words"),
        ]

    def __str__(self) -> str:
        return f"inbound {self.pk}"


class PersonEvent(models.Model):
    """Something a person did that another system saw: an order, a sign-up, a visit."""

    kind = models.CharField(max_length=100)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)
    happened_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            # What people did after a campaign reached them, or was kept from them.
            models.Index(fields=["happened_at"], name="person_event_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
