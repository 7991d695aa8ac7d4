"""The attribute catalogue, and the merge fields that a text may name."""

from typing import Any

from django.db import connection, transaction

from contacts.models import AttributeName, Contact

FIXED_FIELDS = frozenset(
    {
        "Address",
        "Id",
        "User.UserId",
        "Location.City",
        "Location.Region",
        "Location.PostalCode",
        "Location.Country",
        "Demographic.Timezone",
        "Demographic.Locale",
    }
)
# Where a contact keeps it -> how a text names it (aws-sms.md 10.3).
PREFIXES = {
    "attributes": "Attributes",
    "user_attributes": "User.UserAttributes",
    "metrics": "Metrics",
}


def refresh() -> None:
    """Count anew which names are in use, on how many contacts."""
    union = " UNION ALL ".join(
        f"SELECT '{column}.' || key AS path, count(*) AS contacts"  # noqa: S608 - our own names
        f" FROM contacts_contact, jsonb_object_keys({column}) AS key GROUP BY key"
        for column in PREFIXES
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(union)
        rows = cursor.fetchall()
        AttributeName.objects.exclude(path__in=[path for path, _ in rows]).delete()
        AttributeName.objects.bulk_create(
            [AttributeName(path=path[:120], contacts=count) for path, count in rows],
            update_conflicts=True,
            unique_fields=["path"],
            update_fields=["contacts"],
        )


def merge_field_paths() -> set[str]:
    """Return every field a text may name, such as `User.UserAttributes.FirstName`."""
    found = set(FIXED_FIELDS)
    for path in AttributeName.objects.values_list("path", flat=True):
        column, _, name = path.partition(".")
        found.add(f"{PREFIXES[column]}.{name}")
    return found


def merge_fields(contact: Contact) -> dict[str, Any]:
    """Return a contact's fields as a text names them; a list prints as its values."""
    return {
        "Address": contact.phone,
        "Id": contact.endpoint_id,
        "ChannelType": "SMS",
        "Attributes": _printed(contact.attributes),
        "Metrics": contact.metrics,
        "User": {
            "UserId": contact.user_id,
            "UserAttributes": _printed(contact.user_attributes),
        },
        "Location": {
            "City": contact.city,
            "Region": contact.region,
            "PostalCode": contact.postal_code,
            "Country": contact.country,
        },
        "Demographic": {"Timezone": contact.timezone, "Locale": contact.locale},
    }


def _printed(attributes: dict[str, list[str]]) -> dict[str, str]:
    return {name: ", ".join(values) for name, values in attributes.items()}
