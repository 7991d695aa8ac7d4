"""A contact as one application of Pinpoint's interface knows it."""

import random
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact


def cohort() -> int:
    """Return one of Pinpoint's hundred random buckets."""
    return random.randrange(100)


class Endpoint(models.Model):
    """What an application calls a contact; the contact is one for all applications.

    Attributes, user, place and time zone are the contact's. Of several endpoints of one
    application with the same number the one saved last is active.
    """

    application_id = models.CharField(_("application ID"), max_length=32)
    endpoint_id = models.CharField(_("endpoint ID"), max_length=200)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="endpoints")
    active = models.BooleanField(_("active"), default=True)
    # As the application said last; what the person themselves said counts before it.
    opted_out = models.BooleanField(_("opted out"), default=False)
    cohort = models.PositiveSmallIntegerField(default=cohort)
    # App version, make, model, platform: kept as they were given, used by nothing.
    demographic: Any = models.JSONField(default=dict)
    request_id = models.CharField(max_length=200, blank=True)
    effective_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["application_id", "endpoint_id"], name="one_endpoint_of_an_id"
            ),
            models.UniqueConstraint(
                fields=["application_id", "contact"],
                condition=Q(active=True),
                name="one_active_endpoint_of_a_contact",
            ),
        ]

    def __str__(self) -> str:
        return self.endpoint_id
