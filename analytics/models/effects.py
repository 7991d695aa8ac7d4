"""What people of a run did, told apart by the arm they were put into."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Run


class ArmOutcome(models.Model):
    """How many people of one arm of a run did something in the days after it was written.

    Everybody counts who was put into the arm, whether or not a text reached them: only so are
    the arms, and the hold-out, alike in all but the text.
    """

    PEOPLE = "people"  # all of the arm
    ANSWERED = "answered"
    OPTED_OUT = "opted_out"
    EVENT = "event:"  # and the kind of event

    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="+", verbose_name=_("run"), db_index=False
    )
    arm = models.PositiveSmallIntegerField(_("arm"), null=True)  # none: held out
    outcome = models.CharField(_("outcome"), max_length=110)
    people = models.PositiveIntegerField(_("people"))

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["run", "arm", "outcome"],
                nulls_distinct=False,
                name="one_count_per_arm_and_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.run_id}, arm {self.arm}: {self.outcome}"
