"""A WriteCampaignRequest of Pinpoint (aws-sms.md 3.5) → our campaign's fields and treatments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import india
from campaigns.pinpoint_v1 import handlebars, quiet_time, schedules
from campaigns.pinpoint_v1.originators import message_class_of, originator_of
from campaigns.refusal import Refused
from compliance.models import Program
from contacts.models import Segment

MOST_PER_PERSON = 100  # Pinpoint's, and ours: what no limit comes to
MOST_PER_SECOND = 20_000
MOST_HOURS = 720
MOST_HELD_OUT = 90
LONGEST_NAME, LONGEST_TREATMENT = 120, 60
SHORTEST_DURATION, HOUR = 60, 3600  # seconds
# Of what may be written for several channels, what we send.
TEXTS = {
    "MessageConfiguration": {"SMSMessage", "DefaultMessage"},
    "TemplateConfiguration": {"SMSTemplate"},
}
ELSEWHERE = {
    "Hook": gettext_lazy("no Lambda function chooses whom a campaign reaches; use a segment"),
    "CustomDeliveryConfiguration": gettext_lazy(
        "Sendpoint sends texts; events go to webhooks and streams"
    ),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a request's names are looked up in."""

    program: Program
    # An id of the application → its segment, or Refused.
    segment: Callable[[str, int | None], Segment]
    # A template's name and version → its text in Liquid and as it was written, or Refused.
    template: Callable[[str, str | None], tuple[str, str]]
    # Texts as they were written → in Liquid, where that is known.
    texts: Mapping[str, str] = field(default_factory=dict)
    # The number or sender ID that the application's channel says; "": none.
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be stored."""

    fields: dict[str, Any]
    treatments: list[dict[str, Any]]
    texts: dict[str, str]  # in Liquid → as they were written


def draft_of(request: dict[str, Any], known: Known, now: datetime) -> Draft:
    """Return what a complete request asks for. Raises Refused, naming the member."""
    for member, why in ELSEWHERE.items():
        if request.get(member):
            raise Refused(f"{member}: {why}.")
    texts: dict[str, str] = {}
    _check_texts_alone(request, "")
    sms = _sms(request.get("MessageConfiguration", {}))
    message_class = message_class_of(sms.get("MessageType"))
    named = sms.get("OriginationNumber"), sms.get("SenderId") or known.sender
    originator = originator_of(*named, message_class)
    schedule = request.get("Schedule") or {"StartTime": schedules.IMMEDIATE}
    hours = quiet_time.fields_of(schedule.get("QuietTime"), known.program, message_class)
    treatments = _treatments(request, known, texts)
    holdout = _within(request.get("HoldoutPercent", 0), 0, MOST_HELD_OUT, "HoldoutPercent")
    shares = sum(one["percent"] for one in treatments) + holdout
    if shares > 100:
        message = _("AdditionalTreatments: with the hold-out they come to {} %, more than 100.")
        raise Refused(message.format(shares))
    ids = _india(request.get("MessageConfiguration", {}), "")
    fields = {
        "name": _name(request),
        "program": known.program,
        "segment": _segment(request, known),
        "originator": originator,
        "message_class": message_class,
        "body": _text(request, known, texts, ""),
        "india_entity": ids.get(india.ENTITY, ""),
        "india_template": ids.get(india.TEMPLATE, ""),
        "holdout_percent": holdout,
        **schedules.fields_of(schedule, now),
        **hours,
        **_limits(request.get("Limits", {}), originator.pace),
    }
    return Draft(fields, treatments, texts)


def _name(request: dict[str, Any]) -> str:
    name = str(request.get("Name", "")).strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused(_("Name: 1 to {} characters.").format(LONGEST_NAME))
    return name


def _segment(request: dict[str, Any], known: Known) -> Segment:
    if not request.get("SegmentId"):
        raise Refused(_("SegmentId: say to whom it goes."))
    return known.segment(request["SegmentId"], request.get("SegmentVersion"))


def _check_texts_alone(one: dict[str, Any], where: str) -> None:
    """Refuse what would go by e-mail, push or voice: whoever asked would think that it goes."""
    for member, ours in TEXTS.items():
        for other in sorted(one.get(member, {}).keys() - ours):
            message = _("{}: Sendpoint sends texts alone; leave it out, and write an SMSMessage.")
            raise Refused(message.format(f"{where}{member}.{other}"))


def _sms(message: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = message.get("SMSMessage", {})
    return found


def _india(message: dict[str, Any], where: str) -> india.Ids:
    """Return the ids for India of a MessageConfiguration, by AWS's names."""
    return india.asked(_sms(message), f"{where}MessageConfiguration.SMSMessage.")


def _text(request: dict[str, Any], known: Known, texts: dict[str, str], where: str) -> str:
    """Return the words in Liquid, and note what they were before."""
    message = request.get("MessageConfiguration", {})
    written = _sms(message).get("Body") or message.get("DefaultMessage", {}).get("Body")
    template = request.get("TemplateConfiguration", {}).get("SMSTemplate", {})
    if not written and template.get("Name"):
        body, written = known.template(template["Name"], template.get("Version"))
    elif written:
        body = known.texts.get(written) or _translated(written, where)
    else:
        raise Refused(_("{}MessageConfiguration.SMSMessage.Body: is empty.").format(where))
    texts[body] = written
    return body


def _translated(written: str, where: str) -> str:
    translated = handlebars.translate(written)
    if translated.problems:
        said = "; ".join(map(str, translated.problems))
        raise Refused(f"{where}MessageConfiguration.SMSMessage.Body: {said}")
    return translated.body


def _treatments(
    request: dict[str, Any], known: Known, texts: dict[str, str]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for place, one in enumerate(request.get("AdditionalTreatments", [])):
        where = f"AdditionalTreatments[{place}]."
        if one.get("CustomDeliveryConfiguration"):
            raise Refused(_("{}CustomDeliveryConfiguration: is not supported.").format(where))
        if one.get("Schedule") and one["Schedule"] != request.get("Schedule"):
            message = _("{}Schedule: all texts of a campaign go at the same time; leave it out.")
            raise Refused(message.format(where))
        _check_texts_alone(one, where)
        _check_same_sender(one, request, where)
        name = one.get("TreatmentName") or _("Treatment {}").format(place + 1)
        if len(name) > LONGEST_TREATMENT:
            message = _("{where}TreatmentName: at most {most} characters.")
            raise Refused(message.format(where=where, most=LONGEST_TREATMENT))
        if any(name == other["name"] for other in found):
            raise Refused(_("{}TreatmentName: another treatment has it.").format(where))
        percent = _within(one["SizePercent"], 1, 99, f"{where}SizePercent")
        ids = _india(one.get("MessageConfiguration", {}), where)
        found.append(
            {
                "name": name,
                "percent": percent,
                "body": _text(one, known, texts, where),
                "india_template": ids.get(india.TEMPLATE, ""),
            }
        )
    return found


def _check_same_sender(one: dict[str, Any], request: dict[str, Any], where: str) -> None:
    own = _sms(one.get("MessageConfiguration", {}))
    common = _sms(request.get("MessageConfiguration", {}))
    for member in ("OriginationNumber", "SenderId", "MessageType", "EntityId"):
        if member in own and own[member] != common.get(member):
            message = _("{where}MessageConfiguration.SMSMessage.{member}: is that of the campaign.")
            raise Refused(message.format(where=where, member=member))


def _limits(limits: dict[str, Any], pace: int) -> dict[str, Any]:
    """Return the limits; without one, what comes to none."""
    total = _limit(limits, "Total")
    hours = {}
    if duration := limits.get("MaximumDuration"):
        _within(duration, SHORTEST_DURATION, MOST_HOURS * HOUR, "Limits.MaximumDuration")
        hours["expires_after_hours"] = -(-duration // HOUR)
    per_second = limits.get("MessagesPerSecond") or max(1, min(pace, MOST_PER_SECOND))
    return {
        "daily_limit": min(_limit(limits, "Daily"), total),
        "total_limit": total,
        "messages_per_second": _within(per_second, 1, MOST_PER_SECOND, "Limits.MessagesPerSecond"),
        **hours,
    }


def _limit(limits: dict[str, Any], member: str) -> int:
    """Return a limit per person; 0 is none, as Pinpoint has it."""
    return _within(limits.get(member, 0), 0, MOST_PER_PERSON, f"Limits.{member}") or MOST_PER_PERSON


def _within(value: int, least: int, most: int, member: str) -> int:
    if not least <= value <= most:
        message = _("{member}: must lie from {least} to {most}.")
        raise Refused(message.format(member=member, least=least, most=most))
    return value
