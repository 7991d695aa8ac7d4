"""What happened to a person, for the campaigns that answer it."""

from django.db import models

from compliance.models import Program


class Happening(models.Model):
    """Something that happened in a room below, until the campaigns that wait for it have answered.

    Written in the transaction of what happened, and only where a campaign waits for it.
    """

    kind = models.CharField(max_length=100)
    phone = models.CharField(max_length=20)
    # Whose campaigns it concerns; NULL: all.
    program = models.ForeignKey(Program, on_delete=models.CASCADE, null=True, db_index=False)
    happened_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
