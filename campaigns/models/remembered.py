"""Numbers of colleagues, so that nobody types them for each test."""

from django.conf import settings
from django.db import models


class RememberedNumber(models.Model):
    """A number that somebody sent a test text to: campaigns/remembered_numbers.py."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    phone = models.CharField(max_length=20)
    used_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (
            # Also finds what one person used.
            models.UniqueConstraint(fields=["user", "phone"], name="remembered_once"),
        )
        # Finds who remembers a number, when it is erased or its owner asks what is held.
        indexes = (models.Index(fields=["phone"], name="remembered_phone"),)

    def __str__(self) -> str:
        return f"remembered number {self.pk}"
