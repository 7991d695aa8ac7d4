"""The sidebar: what is where, for those who may see it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

SECTIONS: list[tuple[Any, list[tuple[Any, str, str]]]] = [
    (
        _("Campaigns"),
        [
            (_("Campaigns"), "campaign", "campaigns.campaign"),
            (_("Templates"), "draft", "campaigns.messagetemplate"),
            (_("Messages"), "sms", "campaigns.message"),
            (_("Prices"), "payments", "campaigns.price"),
            (_("Inbox"), "inbox", "campaigns.conversation"),
            (_("Keyword rules"), "bolt", "campaigns.keywordrule"),
            (_("Canned replies"), "quickreply", "campaigns.cannedreply"),
        ],
    ),
    (
        _("People"),
        [
            (_("Contacts"), "contacts", "contacts.contact"),
            (_("Segments"), "filter_alt", "contacts.segment"),
            (_("Lists"), "list_alt", "contacts.contactlist"),
            (_("Imports"), "upload_file", "contacts.import"),
            (_("Endpoint jobs"), "import_export", "config.endpointjob"),
            (_("Attributes"), "label", "contacts.attributename"),
        ],
    ),
    (
        _("Compliance"),
        [
            (_("Programs"), "handshake", "compliance.program"),
            (_("Look up a number"), "person_search", "compliance.ledgerentry:compliance_lookup"),
            (_("Sending rules"), "gavel", "compliance.policy"),
            (_("Holidays"), "event_busy", "compliance.holidaychange"),
            (_("Emergency stops"), "emergency_home", "compliance.emergency"),
            (_("Versions of the rules"), "published_with_changes", "compliance.rulesversion"),
            (_("Registered brands"), "badge", "compliance.brand"),
            (_("10DLC campaigns"), "groups", "compliance.tendlccampaign"),
            (_("Consent records"), "history_edu", "compliance.ledgerentry"),
            (_("Verifications"), "verified", "compliance.ledgercheck"),
            (_("Who may be texted"), "how_to_reg", "compliance.consent"),
            (_("Opted out"), "do_not_disturb_on", "compliance.suppression"),
            (_("Answers to read"), "mark_unread_chat_alt", "compliance.answerreview"),
            (_("Suppression list"), "block", "compliance.suppressednumber"),
            (_("AWS's opt-out lists"), "cloud_sync", "compliance.listednumber"),
            (_("Checks of the lists"), "fact_check", "compliance.listcheck"),
        ],
    ),
    (
        _("System"),
        [
            (_("Alerts"), "notifications", "analytics.alert"),
            (_("Alert rules"), "rule", "analytics.alertrule"),
            (_("AWS account"), "cloud", "campaigns.awsaccount"),
            (_("Texts from people"), "forum", "campaigns.inboundmessage"),
            (_("AWS events"), "cloud_download", "campaigns.event"),
            (_("Who is told"), "webhook", "campaigns.destination"),
            (_("Outgoing events"), "cloud_upload", "campaigns.outgoingevent"),
            (_("Senders"), "cell_tower", "compliance.originator"),
            (_("E-mails"), "mail", "analytics.outgoingmail"),
            (_("Registrations"), "verified_user", "campaigns.registration"),
            (_("Readings from AWS"), "sync", "campaigns.awssource"),
            (_("Access keys"), "key", "config.accesskey"),
            (_("Audit log"), "manage_history", "admin.logentry"),
            (_("Users"), "person", "auth.user"),
            (_("Roles"), "shield_person", "auth.group"),
        ],
    ),
]


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """Return unfold's navigation with the pages this person may view."""
    home = {"title": _("Home"), "icon": "home", "link": reverse_lazy("admin:index")}
    first = [home]
    if request.user.has_perm("campaigns.view_campaign"):
        link = reverse_lazy("dashboard", args=["overview"])
        first.append({"title": _("Figures"), "icon": "bar_chart", "link": link})
    found: list[dict[str, Any]] = [{"items": first}]
    for title, pages in SECTIONS:
        items = [
            {"title": name, "icon": icon, "link": reverse_lazy(f"admin:{_page(where)}")}
            for name, icon, where in pages
            if request.user.has_perm(where.partition(":")[0].replace(".", ".view_"))
        ]
        if items:
            found.append({"title": title, "separator": True, "items": items})
    return found


def zone(request: HttpRequest) -> list[str]:
    """Return the zone in which every page gives its times, and the colour of its label.

    On a phone its abbreviation leaves room for the page's title: see pages.css.
    """
    name = timezone.get_current_timezone_name().replace("_", " ")
    short = timezone.localtime().strftime("%Z")
    if not short[:1].isalpha():  # many zones have no letters of their own, but +03
        short = f"UTC{short}"
    words = '<span class="zone-name">{}</span><abbr class="zone-short" title="{}">{}</abbr>'
    return [format_html(words, name, name, short), "info"]


def _page(where: str) -> str:
    """Return the name of the page: that after the colon, else the model's list."""
    model, _colon, page = where.partition(":")
    return page or f"{model.replace('.', '_')}_changelist"
