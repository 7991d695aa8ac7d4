"""Named rule trees that find contacts."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.contact_list import ContactList
from pinpoint.ids import new_id


def everyone() -> dict[str, Any]:
    """Return the rule tree that finds every contact."""
    return {"match": "all", "rules": []}


class OfferedSegments(models.Manager["Segment"]):
    """Segments that were not deleted. What refers to one finds it all the same."""

    def get_queryset(self) -> models.QuerySet["Segment"]:
        """Leave the others out."""
        return super().get_queryset().filter(deleted_at=None)


class Segment(models.Model):
    """A named rule tree that finds contacts; evaluated anew whenever it is used."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    pinpoint_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    description = models.TextField(_("description"), blank=True)
    rules: Any = models.JSONField(_("rules"), default=everyone)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # The application whose program made it, by Pinpoint's interface; "": made here, for all.
    application_id = models.CharField(max_length=32, blank=True, default="", editable=False)
    # Since when it is offered no more; what was sent to it keeps it.
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OfferedSegments()
    everything = models.Manager["Segment"]()

    def __str__(self) -> str:
        return self.name


class SegmentVersion(models.Model):
    """The rules that a segment had from `saved_at` on. Written by contacts.segments.saving."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    rules: Any = models.JSONField(_("rules"))
    # What Pinpoint's interface was given, and the name it got here; None: it was built here.
    written: Any = models.JSONField(null=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["segment", "number"], name="one_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.segment} {self.number}"


class SegmentReference(models.Model):
    """A list or segment that a segment's rules ask for, which therefore cannot be deleted."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="references")
    to_segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, null=True, related_name="referred_by"
    )
    to_list = models.ForeignKey(
        ContactList, on_delete=models.PROTECT, null=True, related_name="referred_by"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_segment=None) ^ models.Q(to_list=None),
                name="segment_reference_is_to_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} → {self.to_segment_id or self.to_list_id}"
