"""Campaigns that were kept → drafts, which nobody is texted by until somebody launches them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from campaigns import actions
from campaigns.models import Campaign
from campaigns.pinpoint_v1.campaigns import TEXTS, Known, draft_of
from campaigns.refusal import Refused
from compliance.models import Program
from config.from_pinpoint import answers, definitions
from config.from_pinpoint.finding import Thing
from config.pinpoint_api import campaigns, segments, tags, templates
from contacts.models import Segment
from pinpoint.v1_api import reading
from pinpoint.v1_api.errors import ApiError


def bring_campaigns(things: Iterable[Thing], bringing: definitions.Bringing, now: datetime) -> None:
    """Write the campaigns that were kept as drafts, the latest version of each."""
    for thing in answers.latest(things, "Id"):

        def make(thing: Thing = thing) -> list[str]:
            return _campaign(thing, bringing, now)

        there = Campaign.objects.filter(pinpoint_id=str(thing["Id"])).exists()
        bringing.carry("campaign", thing, answers.name(thing), there, make)


def _campaign(thing: Thing, bringing: definitions.Bringing, now: datetime) -> list[str]:
    program = definitions.program_of(thing, bringing)
    if thing.get("State", {}).get("CampaignStatus") == "DELETED":
        raise Refused("It was deleted in Pinpoint.")
    request, reasons = _campaign_request(thing, now)
    draft = draft_of(request, _known(program, request, reasons), now)
    campaign = Campaign(pinpoint_id=str(thing["Id"]))
    written = {name: value for name, value in request.items() if name not in campaigns.APART}
    actions.write_new(campaign, draft, bringing.by, written | {"IsPaused": True})
    tags.put(campaigns.arn_of(campaign, program), thing.get("tags") or {})
    return reasons + answers.renumbered(thing, campaign.version)


def _campaign_request(thing: Thing, now: datetime) -> tuple[dict[str, Any], list[str]]:
    """Return the WriteCampaignRequest of a campaign as it was, and what is left out of it."""
    reasons: list[str] = []
    found = answers.pruned(thing)
    found["AdditionalTreatments"] = [
        {name: value for name, value in one.items() if name not in {"Id", "State"}}
        for one in found.get("AdditionalTreatments", [])
    ]
    schedule = found.get("Schedule", {})
    if ends := schedule.get("EndTime"):
        try:
            past = reading.moment(str(ends), "Schedule.EndTime") <= now
        except ApiError:
            past = False
        if past:
            del schedule["EndTime"]
            reasons.append(f"Its EndTime, {ends}, is past and was left out.")
    if found.pop("Priority", None):
        reasons.append("Priority: campaigns have none here.")
    others = [name for one in (found, *found["AdditionalTreatments"]) for name in _drop_others(one)]
    if others:
        reasons.append(f"Only its texts came across, not {', '.join(sorted(set(others)))}.")
    return answers.request("WriteCampaignRequest", found), reasons


def _drop_others(one: dict[str, Any]) -> list[str]:
    """Drop what a campaign or treatment says by other channels beside its text; return what."""
    given = {member: one.get(member, {}) for member in TEXTS}
    if not any(given[member].keys() & ours for member, ours in TEXTS.items()):
        return []
    others = [
        (member, name) for member, ours in TEXTS.items() for name in given[member].keys() - ours
    ]
    for member, name in others:
        del given[member][name]
    return [name for _member, name in others]


def _known(program: Program, request: dict[str, Any], reasons: list[str]) -> Known:
    def segment(identifier: str, version: int | None) -> Segment:
        one = segments.offered(program).filter(pinpoint_id=identifier).first()
        if one is None:
            raise Refused(f"SegmentId: there is no segment {identifier}; move it as well.")
        if version and version != one.version:
            reasons.append(f"It goes to its segment as it is, not to its version {version}.")
        return one

    return Known(program=program, segment=segment, template=templates.text_for_campaigns)
