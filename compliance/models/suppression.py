"""The global suppression list: numbers that are not texted, whatever they said."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.models.ledger import LedgerEntry


class SuppressedNumber(models.Model):
    """One number on the list, and why; held as the keyed hash that the ledger uses as well."""

    class Reason(models.TextChoices):
        """Why the number is on the list."""

        ERASED = "erased", _("erased person")
        DO_NOT_CALL = "do_not_call", _("do-not-call list")
        LITIGATOR = "litigator", _("known litigator")
        REASSIGNED = "reassigned", _("number was given to somebody else")
        OTHER = "other", _("another reason")

    key = models.CharField(max_length=64)  # ledger.subject_key
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    source = models.CharField(
        _("source"), max_length=200, help_text=_("Where the number comes from: list and date.")
    )
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Erased people are derived from the ledger; everything else is not.
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("suppressed number")
        default_permissions = ("add", "view", "delete")
        constraints = [
            models.UniqueConstraint(
                # Serves the gate: which of these keys are on the list?
                fields=["key", "reason"],
                name="one_suppression_per_number_reason",
            ),
            models.CheckConstraint(
                condition=Q(reason="erased", entry__isnull=False)
                | (~Q(reason="erased") & Q(entry__isnull=True)),
                name="suppressed_erased_by_the_ledger",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key[:12]} {self.reason}"
