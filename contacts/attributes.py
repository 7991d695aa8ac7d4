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


COMMONEST = 20


def refresh() -> None:
    """Count anew which names are in use, on how many contacts, and their commonest values."""
    with transaction.atomic():
        common = _common_values()
        found = [
            AttributeName(path=path, contacts=count, common_values=common.get(path, []))
            for path, count in _rows(_NAMES)
        ]
        AttributeName.objects.exclude(path__in=[name.path for name in found]).delete()
        AttributeName.objects.bulk_create(
            found,
            update_conflicts=True,
            unique_fields=["path"],
            update_fields=["contacts", "common_values"],
        )


# A name longer than the catalogue's column is left out of it: the importer lets none through.
_NAMES = " UNION ALL ".join(
    f"SELECT '{column}.' || key AS path, count(*) FROM contacts_contact,"  # noqa: S608 - our names
    f" jsonb_object_keys({column}) AS key WHERE length(key) <= 100 GROUP BY key"
    for column in PREFIXES
)
# jsonb_path_query yields nothing, instead of failing, where a value is no list.
_VALUES = " UNION ALL ".join(
    f"""
    (SELECT '{column}.' || key AS path, held, row_number() OVER (
        PARTITION BY key ORDER BY count(*) DESC, held) AS place
    FROM contacts_contact, jsonb_each({column}) AS pair(key, value),
        jsonb_path_query(value, '$[*]') AS item, LATERAL (SELECT item #>> '{{}}') AS text(held)
    WHERE length(held) <= 100 GROUP BY key, held)"""  # noqa: S608 - our names
    for column in ("attributes", "user_attributes")
)


def _common_values() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    sql = f"SELECT path, held FROM ({_VALUES}) AS ranked WHERE place <= {COMMONEST} ORDER BY place"  # noqa: S608
    for path, value in _rows(sql):
        found.setdefault(path, []).append(value)
    return found


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


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


def _printed(attributes: dict[str, Any]) -> dict[str, str]:
    return {
        name: ", ".join(map(str, values)) if isinstance(values, list) else str(values)
        for name, values in attributes.items()
    }
