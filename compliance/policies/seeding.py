"""The rules a new installation begins with: compliance/policies/reference.json, with sources."""

import json
from importlib import resources
from typing import Any

from django.db import connection, transaction

from compliance.models import HolidayChange, Policy, RulesVersion
from compliance.policies import versions


def seed(**kwargs: Any) -> None:
    """Load the reference where there are no rules yet; afterwards people keep them.

    Runs after every migration, so no installation is ever without rules, and newer packages
    make a version of their own.
    """
    if RulesVersion._meta.db_table not in connection.introspection.table_names():
        return  # migrating to a time before the rules
    with transaction.atomic():
        if RulesVersion.objects.exists():
            versions.make("Sendpoint")
            return
        content = resources.files("compliance.policies").joinpath("reference.json")
        rows = json.loads(content.read_text("utf-8"))
        Policy.objects.bulk_create([Policy(**row) for row in rows["policies"]])
        HolidayChange.objects.bulk_create([HolidayChange(**row) for row in rows["holidays"]])
        versions.make("Sendpoint", "The rules Sendpoint comes with.")
