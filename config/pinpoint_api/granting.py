"""What an access key may be given, by name and in words."""

from django.contrib.auth.models import Permission

from config.pinpoint_api.table import OPERATIONS

# What no operation needs in every case, yet changes what it does or answers.
BESIDES = ("contacts.add_contactlist", "contacts.see_numbers")


def grantable() -> list[str]:
    """Return what some operation needs, by name (contacts.view_contact)."""
    needed = {need for operation in OPERATIONS.values() for need in operation.needs}
    return sorted({*needed, *BESIDES})


def operations_with(name: str) -> list[str]:
    """Return the operations that need a permission."""
    return sorted(op for op, operation in OPERATIONS.items() if name in operation.needs)


def in_words(name: str) -> str:
    """Return a permission's own words, and the operations that need it."""
    app, _dot, codename = name.partition(".")
    named = Permission.objects.filter(content_type__app_label=app, codename=codename)
    words = named.values_list("name", flat=True).first() or name
    operations = ", ".join(operations_with(name))
    return f"{words} — {operations}" if operations else words
