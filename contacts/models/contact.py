"""A person with a phone."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """A person with a phone: what Amazon Pinpoint called an SMS endpoint and its user."""

    class LineType(models.TextChoices):
        """What kind of line the number itself tells of (libphonenumber's data)."""

        MOBILE = "mobile", _("mobile")
        LANDLINE = "landline", _("landline")
        MOBILE_OR_LANDLINE = "either", _("mobile or landline")
        VOIP = "voip", _("VoIP")
        TOLL_FREE = "toll_free", _("toll-free")
        OTHER = "other", _("other")

    phone = models.CharField(
        _("phone"), max_length=20, unique=True, help_text=_("E.164: +12065550100")
    )
    user_id = models.CharField(_("user ID"), max_length=200, blank=True)
    endpoint_id = models.CharField(_("endpoint ID"), max_length=200, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    user_attributes = models.JSONField(_("user attributes"), default=dict, blank=True)
    metrics = models.JSONField(_("metrics"), default=dict, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text="ISO 3166-1 alpha-2"
    )
    timezone = models.CharField(
        _("time zone"), max_length=64, blank=True, help_text="America/Chicago"
    )
    locale = models.CharField(_("locale"), max_length=20, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    line_type = models.CharField(max_length=10, choices=LineType.choices, default=LineType.OTHER)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # When the person last did something themselves: texted us, or what their list says.
    last_active_at = models.DateTimeField(_("last active"), null=True, blank=True)

    class Meta:
        permissions = [
            ("export_person", "Can export everything held about a person"),
            ("see_numbers", "Can see phone numbers in full"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(phone__regex=r"^\+[1-9][0-9]{1,18}$"), name="contact_phone_is_e164"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="contact_is_somewhere_on_earth",
            ),
        ]
        indexes = [
            # Segment rules on attributes: attributes @> '{"Plan": ["premium"]}'.
            GinIndex(
                fields=["attributes"], opclasses=["jsonb_path_ops"], name="contact_attributes"
            ),
            GinIndex(
                fields=["user_attributes"],
                opclasses=["jsonb_path_ops"],
                name="contact_user_attributes",
            ),
            # Segment rules on the city, which ignore case: UPPER(city) = UPPER('New York').
            models.Index(Upper("city"), name="contact_city_caseless"),
            models.Index(Upper("region"), name="contact_region_caseless"),
            # Segment rules on how long ago: created_at >= now - 30 days.
            models.Index(fields=["created_at"], name="contact_created"),
            models.Index(
                fields=["last_active_at"],
                name="contact_last_active",
                condition=Q(last_active_at__isnull=False),
            ),
            # The list by a kind of line that few or none have: line_type = 'voip'.
            models.Index(
                fields=["line_type", "id"],
                name="contact_uncommon_line",
                condition=~Q(line_type="either"),
            ),
            # Segment rules on distance: the box around the point.
            models.Index(
                fields=["latitude", "longitude"],
                name="contact_place",
                condition=Q(latitude__isnull=False),
            ),
            # All phones of one user; search by user id.
            models.Index(fields=["user_id"], name="contact_user_id", condition=~Q(user_id="")),
            # Pinpoint's interface asks by endpoint ID for who came with an imported list.
            models.Index(
                fields=["endpoint_id"], name="contact_endpoint_id", condition=~Q(endpoint_id="")
            ),
        ]

    def __str__(self) -> str:
        return self.phone
