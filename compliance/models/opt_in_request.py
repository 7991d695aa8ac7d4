"""Who was asked to confirm, and until when the answer counts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.ledger import LedgerEntry
from compliance.models.program import MessageClass, Originator, Program


class OptInRequest(models.Model):
    """An open question: did you sign up? Answered by YES to the number that asked.

    The row goes when it is answered; what was asked and answered stands in the ledger.
    """

    phone = models.CharField(_("phone"), max_length=20)
    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    message_class = models.CharField(max_length=13, choices=MessageClass.choices)
    originator = models.ForeignKey(Originator, on_delete=models.PROTECT)
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                # Serves an answer: what was this number asked?
                fields=["phone", "program", "message_class"],
                name="one_open_question_per_phone_program_class",
            )
        ]

    def __str__(self) -> str:
        return f"question of entry {self.entry_id}"
