"""One of everything that the pages show, for tests that walk over all of them."""

import re
from datetime import UTC, date, datetime, timedelta

from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from analytics.models import Alert, AlertRule, OutgoingMail
from campaigns.models import (
    AwsAccount,
    AwsIdentity,
    AwsSource,
    CannedReply,
    Conversation,
    Destination,
    Event,
    InboundMessage,
    KeywordRule,
    MessageTemplate,
    OutgoingEvent,
    Price,
    Registration,
    RegistrationForm,
)
from compliance import ledger
from compliance.models import (
    AnswerReview,
    Brand,
    Emergency,
    HolidayChange,
    LedgerCheck,
    LedgerEntry,
    ListCheck,
    ListedNumber,
    SuppressedNumber,
    Suppression,
    TenDlcCampaign,
)
from compliance.policies import versions
from config.models import AccessKey, EndpointJob
from contacts.models import AttributeName, Contact, ContactList, Import, ListMember, RejectedLine
from tests.campaigns.factories import run_of
from tests.compliance.factories import SignUpPageFactory

NUMBER = "+12125550187"
OURS = "+12065550100"
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)


def build():
    """Make one row for each page, every one about NUMBER where it is about a person."""
    author = User.objects.create_user("author", is_staff=True)
    run, [message] = run_of(1, created_by=author, edited_by=author)
    contact = message.contact
    Contact.objects.filter(pk=contact.pk).update(phone=NUMBER, created_at=NOW, user_id="u-1")
    message.phone, message.state, message.sent_at = NUMBER, "unknown", NOW
    message.reason, message.detail = "PHONE", f"{NUMBER} was unreachable"
    message.save()
    program = run.campaign.program
    SignUpPageFactory(program=program)
    _consent(program, author)
    _lists(contact, author)
    _answers(message, contact)
    AwsSource.objects.create(name="spend_limits", due_at=NOW)
    AwsIdentity.objects.create(
        aws_id="phone-1", arn="arn:1", originator=run.campaign.originator, read_at=NOW
    )
    kind = "US_TEN_DLC_BRAND_REGISTRATION"
    RegistrationForm.objects.create(kind=kind, title="Brand", read_at=NOW)
    Registration.objects.create(kind=kind, label="Acme", created_by=author)
    Price.objects.get_or_create(country="FR", defaults={"per_part_usd": "0.05"})
    Event.objects.create(
        dedupe_key="k", source="sns", payload=f'{{"to": "{NUMBER}"}}', status="broken",
        error=f"nobody has {NUMBER}", received_at=NOW,
    )  # fmt: skip
    AccessKey.objects.create(
        name="Shop", access_key="SPAKAAAAAAAAAAAAAAAA", sealed=b"?", created_by=author,
        user=User.objects.create_user("key:Shop"),
    )  # fmt: skip
    EndpointJob.objects.create(
        kind="IMPORT", program=program, key=AccessKey.objects.get(), request_id="r",
        definition={"Format": "CSV", "S3Url": "s3://acme/people/"}, failed=1,
        failures=[f"s3://acme/people/a.csv, line 2: Address: {NUMBER} is no number"],
    )  # fmt: skip
    place = Destination.objects.create(name="CRM", address="https://crm.example/hook")
    OutgoingEvent.objects.create(
        destination=place, event_type="_SMS.SUCCESS", payload={"phone": NUMBER}, state="given_up"
    )
    rule, _made = AlertRule.objects.get_or_create(
        name="Few arrive", defaults={"kind": "delivery", "threshold": 85, "recovery": 90}
    )
    Alert.objects.create(rule=rule, opened_at=NOW, says="70 % of 500 texts have arrived.")
    OutgoingMail.objects.create(
        key="k", to="ada@example.com", subject="Report", text="12 texts were sent."
    )
    LogEntry.objects.log_actions(
        author.pk,
        [Contact.objects.get(pk=contact.pk)],
        CHANGE,
        f"Was {NUMBER}.",
        single_object=True,
    )
    return author


def _consent(program, author):
    words = ledger.keep_wording("Yes, text me offers.")
    file = ledger.keep_attachment(ContentFile(b"It was I."), "letter.txt")
    ledger.append(
        [
            ledger.Act(
                phone=NUMBER, act=act, source="paper", program_id=program.pk, happened_at=NOW,
                wording_sha256=words, attachment_sha256=file, recorded_by=author.username,
                evidence={"note": f"Called from {NUMBER}"},
            )
            for act in (LedgerEntry.Act.OPT_IN, LedgerEntry.Act.OPT_OUT)
        ]
    )  # fmt: skip
    entry = LedgerEntry.objects.last()
    Suppression.objects.get_or_create(phone=NUMBER, defaults={"entry": entry, "since": NOW})
    SuppressedNumber.objects.create(
        key=ledger.subject_key("+12125550199"), reason="litigator", source="a list", added_at=NOW
    )
    ListedNumber.objects.get_or_create(
        list_name="Default",
        phone=NUMBER,
        defaults={"wanted": True, "wanted_at": NOW, "due_at": NOW},
    )
    ListCheck.objects.create(list_name="Default", started_at=NOW)
    LedgerCheck.objects.create(checked_at=NOW, entries=2, head="ab" * 32)
    Brand.objects.create(name="Acme", daily_parts=2000)
    TenDlcCampaign.objects.create(name="C1", parts_per_second=4)
    HolidayChange.objects.create(
        day=date(2026, 12, 24), change="add", name="Eve", calendar="US", source="x",
        review_on=date(2027, 1, 1),
    )  # fmt: skip
    Emergency.objects.create(
        jurisdiction="US-LA", since=NOW, until=NOW + timedelta(days=1), source="Proclamation"
    )
    versions.make("author")
    AnswerReview.objects.create(
        phone=NUMBER, inbound_id="in-9", recipient=OURS, text=f"stop? call {NUMBER}",
        received_at=NOW, rule="unsure", rules_version="1", holds=True,
    )  # fmt: skip


def _lists(contact, author):
    AttributeName.objects.create(
        path="attributes.Plan", contacts=1, common_values=["premium", NUMBER]
    )
    members = ContactList.objects.create(name="VIP", origin="vip.csv", people=1, created_by=author)
    ListMember.objects.create(list=members, contact=contact)
    job = Import(
        filename="people.csv", encoding="utf-8", delimiter=",", header=["Phone", "Plan"],
        mapping=["phone", "attributes.Plan"], status="checked", created_by=author, lines=2,
    )  # fmt: skip
    job.file.save("people.csv", ContentFile(f"Phone,Plan\n{NUMBER},gold\n".encode()))
    RejectedLine.objects.create(job=job, number=2, reason="Too short", raw=f"{NUMBER}0000,gold")


def _answers(message, contact):
    InboundMessage.objects.create(
        inbound_id="in-1", sender=NUMBER, recipient=OURS, contact=contact, answers=message,
        body=f"call me: {NUMBER}", intent="other", received_at=NOW,
    )  # fmt: skip
    Conversation.objects.create(
        phone=NUMBER, ours=OURS, contact=contact, preview=f"call me: {NUMBER}", last_at=NOW,
        last_inbound_at=timezone.now(), unread=1,
    )  # fmt: skip
    AwsAccount.objects.get_or_create(region="us-east-1")
    CannedReply.objects.create(name="Hours", body="We are open from 9 to 5.")
    template = MessageTemplate.objects.create(name="welcome", body="Acme: welcome.")
    template.versions.create(number=1, body=template.body)
    KeywordRule.objects.create(
        name="Menu", match="exact", keyword="MENU", reply="Soup.",
        program=message.campaign.program,
    )  # fmt: skip


def person(role):
    """Make somebody with a role; `nobody` has a login and no role."""
    user = User.objects.create_user(role, password="sendpoint", is_staff=True)
    if role != "nobody":
        user.groups.add(Group.objects.get(name=role))
    return user


def pages():
    """Yield the name, the address and the place of every page; one of each kind of object."""
    for name, route, pattern in _patterns(get_resolver().url_patterns):
        if pattern.name and pattern.name not in {"view_on_site", "app_list"}:
            wanted = re.findall(r"<(?:\w+:)?(\w+)>", route)
            yield name, reverse(name, kwargs={key: _object(name, key) for key in wanted})


def _patterns(found, before="", space=""):
    for one in found:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLPattern):
            yield f"{space}{one.name}", route, one
        else:
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _patterns(one.url_patterns, route, inner)


# What the argument of a page names, where the page's own name does not say it.
ARGUMENTS = {
    "alert_id": "analytics.alert",
    "rule_id": "analytics.alertrule",
    "campaign_id": "campaigns.campaign",
    "contact_id": "contacts.contact",
    "job_id": "contacts.import",
    "entry_id": "compliance.ledgerentry",
    "review_id": "compliance.answerreview",
    "program_id": "compliance.program",
    "talk_id": "campaigns.conversation",
}
LATEST = {"compliance.ledgerentry"}  # the one with a file


def _object(name, argument):
    if name == "dashboard":
        return "overview"
    if name == "pinpoint_api":
        return "apps"
    if argument == "slug":
        return apps.get_model("compliance.signuppage").objects.get().slug
    label = ARGUMENTS.get(argument) or ".".join(name.removeprefix("admin:").split("_")[:2])
    rows = apps.get_model(label).objects.order_by("pk")
    found = rows.last() if label in LATEST else rows.first()
    assert found is not None, f"build() in tests/config/world.py must make a {label} for {name}"
    return found.pk
