"""What may be sent now: derived from the ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.ledger import LedgerEntry
from compliance.models.program import MessageClass, Program


class Consent(models.Model):
    """What a number may be sent now, per program and class. Derived from the ledger."""

    class State(models.TextChoices):
        """Asked, yes, or no longer."""

        PENDING = "pending", _("asked to confirm")
        ACTIVE = "active", _("opted in")
        REVOKED = "revoked", _("opted out")

    phone = models.CharField(_("phone"), max_length=20)
    # Whatever is here was derived from a ledger entry, which names the same program, has that
    # checked and is never removed; to check it again, and to index it, costs an import a tenth.
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    message_class = models.CharField(max_length=13, choices=MessageClass.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    entry = models.ForeignKey(
        LedgerEntry, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    since = models.DateTimeField()
    # An active consent counts until then; NULL = until it is revoked.
    expires_at = models.DateTimeField(_("ends"), null=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                # Serves the gate: consent of a batch of numbers.
                fields=["phone", "program", "message_class"],
                name="one_consent_per_phone_program_class",
            )
        ]

    def __str__(self) -> str:
        return f"{self.phone} {self.state}"


class Suppression(models.Model):
    """A number that said no to everything, or to everything promotional. Derived from the ledger.

    Numbers that must not be texted whoever said what are in SuppressedNumber.
    """

    class Scope(models.TextChoices):
        """What is not sent."""

        MARKETING = "marketing", _("everything promotional")
        ALL = "all", _("everything we send")

    phone = models.CharField(_("phone"), max_length=20, primary_key=True)
    scope = models.CharField(
        _("gets none of"), max_length=10, choices=Scope.choices, default=Scope.ALL
    )
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT)
    since = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.phone
