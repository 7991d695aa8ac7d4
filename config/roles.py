"""The three roles and what each may do. Kept in step with the code after every migration."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

VIEW_ALL = [
    "campaigns.view_campaign",
    "campaigns.view_message",
    "campaigns.view_inboundmessage",
    "campaigns.view_price",
    "campaigns.view_conversation",
    "campaigns.view_keywordrule",
    "campaigns.view_cannedreply",
    "contacts.view_contact",
    "contacts.view_segment",
    "contacts.view_contactlist",
    "contacts.view_import",
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
        "compliance.view_answerreview",
        "compliance.decide_answerreview",
        "compliance.view_listednumber",
        "compliance.view_listcheck",
    ],
    "Analyst": list(VIEW_ALL),
}


def sync(**kwargs: Any) -> None:
    """Give each role exactly its permissions; safe to run again."""
    for name, wanted in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        query = Q()
        for permission in wanted:
            app, codename = permission.split(".")
            query |= Q(content_type__app_label=app, codename=codename)
        group.permissions.set(Permission.objects.filter(query))
