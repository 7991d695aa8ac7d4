"""The roles and what each may do (docs/roles.md).

A role is a group. Whoever runs the site may take permissions from it, add others, rename it or
delete it: after each migration a role gets only what it has never been given.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet

from config.models import Role

VIEW_ALL = [
    "analytics.view_alert",
    "analytics.view_alertrule",
    "campaigns.view_campaign",
    "campaigns.view_message",
    "campaigns.view_inboundmessage",
    "campaigns.view_price",
    "campaigns.view_awsidentity",
    "campaigns.view_registration",
    "campaigns.view_awssource",
    "campaigns.view_accountfact",
    "campaigns.view_conversation",
    "campaigns.view_keywordrule",
    "campaigns.view_cannedreply",
    "campaigns.view_messagetemplate",
    "contacts.view_contact",
    "contacts.view_segment",
    "contacts.view_contactlist",
    "contacts.view_import",
    "config.view_endpointjob",
    "contacts.view_attributename",
    "compliance.view_program",
    "compliance.view_signuppage",
    "compliance.view_originator",
    "compliance.view_consent",
    "compliance.view_suppressednumber",
    "compliance.view_suppression",
    "compliance.view_policy",
    "compliance.view_holidaychange",
    "compliance.view_emergency",
]
ROLES: dict[str, list[str]] = {
    "Marketer": [
        *VIEW_ALL,
        "analytics.handle_alert",
        "contacts.see_numbers",
        "campaigns.add_campaign",
        "campaigns.change_campaign",
        "campaigns.delete_campaign",
        "campaigns.launch_campaign",
        "campaigns.reply_conversation",
        "campaigns.add_keywordrule",
        "campaigns.change_keywordrule",
        "campaigns.delete_keywordrule",
        "campaigns.add_cannedreply",
        "campaigns.change_cannedreply",
        "campaigns.delete_cannedreply",
        "campaigns.add_messagetemplate",
        "campaigns.change_messagetemplate",
        "campaigns.delete_messagetemplate",
        "campaigns.approve_campaign",
        "contacts.add_contact",
        "contacts.change_contact",
        "contacts.add_segment",
        "contacts.change_segment",
        "contacts.delete_segment",
        "contacts.add_contactlist",
        "contacts.delete_contactlist",
        "contacts.add_import",
    ],
    "Compliance": [
        *VIEW_ALL,
        "analytics.handle_alert",
        "contacts.see_numbers",
        "campaigns.approve_campaign",
        "campaigns.view_event",
        "campaigns.add_price",
        "campaigns.change_price",
        "compliance.view_brand",
        "compliance.add_brand",
        "compliance.change_brand",
        "compliance.view_tendlccampaign",
        "compliance.add_tendlccampaign",
        "compliance.change_tendlccampaign",
        "campaigns.replay_event",
        "compliance.add_ledgerentry",
        "compliance.add_suppressednumber",
        "compliance.correct_entry",
        "compliance.delete_suppressednumber",
        "compliance.erase_person",
        "compliance.view_ledgercheck",
        "compliance.view_ledgerentry",
        "compliance.view_wording",
        "compliance.add_program",
        "compliance.change_program",
        "contacts.export_person",
        "compliance.export_evidence",
        "compliance.add_signuppage",
        "compliance.change_signuppage",
        "compliance.change_originator",
        "compliance.add_policy",
        "compliance.change_policy",
        "compliance.add_holidaychange",
        "compliance.change_holidaychange",
        "compliance.delete_holidaychange",
        "compliance.add_emergency",
        "compliance.change_emergency",
        "compliance.view_rulesversion",
        "campaigns.grant_waiver",
        "campaigns.manage_registration",
        "compliance.view_answerreview",
        "compliance.decide_answerreview",
        "compliance.view_listednumber",
        "compliance.view_listcheck",
        "admin.view_logentry",
    ],
    "Analyst": list(VIEW_ALL),
}


ADMINISTRATOR = "Administrator"
# An administrator may do whatever there is a permission for in these apps.
APPS = ("admin", "analytics", "auth", "campaigns", "compliance", "config", "contacts")


def sync(**kwargs: Any) -> None:
    """Make the roles, and give each what it has never been given; safe to run again.

    What the product itself takes from a role is taken from its group as well.
    """
    with transaction.atomic():
        for name in (*ROLES, ADMINISTRATOR):
            role = Role.objects.select_for_update().filter(name=name).first() or _make(name)
            if role.group is None:  # deleted by the site
                continue
            wanted = _wanted(name)
            given = set(role.given)
            role.group.permissions.add(*_permissions(wanted - given))
            role.group.permissions.remove(*_permissions(given - wanted))
            role.given = sorted(wanted)
            role.save()


def _make(name: str) -> Role:
    group, _ = Group.objects.get_or_create(name=name)
    return Role.objects.create(name=name, group=group)


def _wanted(name: str) -> set[str]:
    if name != ADMINISTRATOR:
        return set(ROLES[name])
    found = Permission.objects.filter(content_type__app_label__in=APPS)
    return {
        f"{app}.{code}" for app, code in found.values_list("content_type__app_label", "codename")
    }


def _permissions(names: set[str]) -> QuerySet[Permission]:
    query = Q(pk__in=())
    for name in names:
        app, _dot, codename = name.partition(".")
        query |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(query)
