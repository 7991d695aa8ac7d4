"""What each verification of the ledger found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LedgerCheck(models.Model):
    """One walk along the chain: how far it held, its head, and the first thing that did not."""

    checked_at = models.DateTimeField(_("checked"))
    entries = models.PositiveBigIntegerField(_("entries that hold"))
    head = models.CharField(_("hash of the last of them"), max_length=64)
    broken_entry = models.PositiveBigIntegerField(_("broken entry"), null=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("verification of the ledger")
        verbose_name_plural = _("verifications of the ledger")
        default_permissions = ("view",)
        indexes = [
            # The home page: what did the last one find? The next: the last head that held.
            models.Index(fields=["checked_at"], name="ledger_check_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(broken_entry=None) | ~Q(problem=""), name="broken_entry_has_a_problem"
            )
        ]

    def __str__(self) -> str:
        return f"{self.checked_at:%Y-%m-%d %H:%M} UTC"
