"""Campaigns: one call writes, submits and launches, by the same actions as the admin's buttons."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from campaigns import actions, versions
from campaigns.models import ENDED, Campaign, CampaignVersion, Run
from campaigns.pinpoint_v1 import campaign_answers, schedules
from campaigns.pinpoint_v1.campaigns import Known, draft_of
from campaigns.refusal import Refused
from compliance.models import Program
from config.pinpoint_api import channels, segments, tags
from config.pinpoint_api.arns import arn
from config.pinpoint_api.calls import Answer, Call
from config.pinpoint_api.paging import page
from config.pinpoint_api.templates import text_for_campaigns
from contacts.models import Segment
from pinpoint.v1_api.errors import NotFound
from pinpoint.v1_api.writing import iso

Status = Campaign.Status
APART = frozenset({"tags", "SegmentVersion"})
WHEN = (*schedules.FIELDS, "window_start", "window_end")


def create_campaign(call: Call) -> Answer:
    """Write one, and launch it or ask for its review, unless it is to be paused."""
    made = Campaign.objects.filter(created_by=call.user, made_by_call=call.invocation_id)
    if call.invocation_id and (again := made.first()):  # the client tried again
        return _answer(again, call)
    request = call.payload
    draft = draft_of(request, _known(call, {}), call.now)
    campaign = Campaign(made_by_call=call.invocation_id)
    try:
        with transaction.atomic():
            actions.write_new(campaign, draft, call.user, _kept(request))
            tags.put(arn_of(campaign, call.program), request.get("tags", {}))
            if not request.get("IsPaused"):
                actions.go(campaign.pk, call.user)
    except IntegrityError:
        if not call.invocation_id:
            raise
        # The same call, tried again, got here first.
        campaign = made.get()
    return _answer(campaign, call)


def get_campaign(call: Call) -> Answer:
    """Describe one as it is now."""
    return _answer(found(call), call)


def get_campaigns(call: Call) -> Answer:
    """List those that were not deleted."""
    deleted = Campaign.objects.filter(deleted_at__isnull=False, status=Status.CANCELLED)
    rows, token = page(call, of_program(call.program).exclude(pk__in=deleted))
    return _list([described(campaign, call.program) for campaign in rows], token)


def update_campaign(call: Call) -> Answer:
    """Change what is given. IsPaused alone pauses and resumes, at once."""
    sent = call.payload
    with transaction.atomic():
        campaign = _held(call)
        if campaign_answers.is_deleted(campaign):
            raise Refused(_("The campaign was deleted. Create another one."))
        version = _version(campaign)
        base = _request_of(campaign, version)
        tags.put(arn_of(campaign, call.program), sent.get("tags", {}))
        if _changes(campaign, base, sent):
            _rewrite(call, campaign, version, base, sent)
        elif "IsPaused" in sent:
            _toggle(call, campaign, base, paused=sent["IsPaused"])
    return _answer(campaign, call)


def delete_campaign(call: Call) -> Answer:
    """Cancel one for good; it stays on record, as DELETED."""
    campaign = found(call)
    if not campaign_answers.is_deleted(campaign):
        actions.delete_campaign(campaign.pk, call.user)
    return _answer(campaign, call)


def get_campaign_version(call: Call) -> Answer:
    """Describe one as it was."""
    campaign, number = found(call), call.params["Version"]
    version = campaign.versions.filter(number=int(number)).first() if number.isdecimal() else None
    if version:
        return _answer(campaign, call, version)
    if number == str(campaign.version):  # older than versions are kept
        return _answer(campaign, call)
    raise NotFound(f"The campaign has no version {number} on record.")


def get_campaign_versions(call: Call) -> Answer:
    """List all that it was."""
    campaign = found(call)
    rows, token = page(call, campaign.versions.select_related("campaign"))
    return _list([described(campaign, call.program, version) for version in rows], token)


def get_campaign_activities(call: Call) -> Answer:
    """List its runs."""
    campaign = found(call)
    runs, token = page(call, campaign.runs.all())
    items = [
        {
            "ApplicationId": call.program.application_id,
            "CampaignId": campaign.pinpoint_id,
            "Id": str(run.pk),
            "ScheduledStart": iso(run.occurrence or run.launched_at),
            "Start": iso(run.launched_at),
            **({"End": iso(run.finished_at)} if run.finished_at else {}),
            **activity,
        }
        for run, activity in zip(runs, campaign_answers.activities(campaign, runs), strict=True)
    ]
    answer: Answer = {"Item": items}
    return {"ActivitiesResponse": answer | ({"NextToken": token} if token else {})}


def of_program(program: Program) -> QuerySet[Campaign]:
    """Return the campaigns of an application, with all that describes them. Lazy."""
    present = CampaignVersion.objects.filter(number=F("campaign__version"))
    return (
        Campaign.objects.filter(program=program)
        .select_related("segment", "originator", "program")
        .prefetch_related("treatments", Prefetch("versions", present, to_attr="present"))
        .annotate(has_run=Exists(Run.objects.filter(campaign=OuterRef("pk"))))
    )


def found(call: Call) -> Campaign:
    """Return the campaign that a call names. Raises NotFound."""
    campaign = of_program(call.program).filter(pinpoint_id=call.params["CampaignId"]).first()
    if campaign is None:
        raise NotFound(f"The application has no campaign {call.params['CampaignId']}.")
    return campaign


def _held(call: Call) -> Campaign:
    """Return the campaign that a call names, held: a second call finds what the first made."""
    named = Campaign.objects.filter(program=call.program, pinpoint_id=call.params["CampaignId"])
    list(named.select_for_update(of=["self"]).values_list("pk"))
    return found(call)


def described(
    campaign: Campaign, program: Program, version: CampaignVersion | None = None
) -> dict[str, Any]:
    """Return a campaign of `of_program`, as it is or was, in Pinpoint's shape, without tags."""
    then, treatments = campaign, list(campaign.treatments.all())
    if version:
        then, old = versions.restored(version)
        treatments = list(old)
    else:
        version = _version(campaign)
    application = program.application_id
    now = _version(campaign)
    paused = bool(now and now.written and now.written.get("IsPaused"))
    return campaign_answers.described(campaign, then, treatments, version, paused=paused) | {
        "ApplicationId": application,
        "Arn": arn_of(campaign, program),
        "CreationDate": iso(campaign.created_at),
        "Id": campaign.pinpoint_id,
        "LastModifiedDate": iso(version.saved_at if version else campaign.updated_at),
    }


def _answer(campaign: Campaign, call: Call, version: CampaignVersion | None = None) -> Answer:
    found = described(_fresh(campaign, call), call.program, version)
    return {"CampaignResponse": found | {"tags": tags.of(found["Arn"])}}


def arn_of(campaign: Campaign, program: Program) -> str:
    """Return the ARN of a campaign in an application."""
    return arn(f"apps/{program.application_id}/campaigns/{campaign.pinpoint_id}")


def _list(items: list[dict[str, Any]], token: str) -> Answer:
    tagged = tags.of_each({item["Arn"] for item in items})
    answer: Answer = {"Item": [item | {"tags": tagged[item["Arn"]]} for item in items]}
    return {"CampaignsResponse": answer | ({"NextToken": token} if token else {})}


def _fresh(campaign: Campaign, call: Call) -> Campaign:
    return of_program(call.program).get(pk=campaign.pk)


def _version(campaign: Campaign) -> CampaignVersion | None:
    present: list[CampaignVersion] = campaign.present  # type: ignore[attr-defined]
    return present[0] if present else None


def _kept(request: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a request; the segment's version is always the present one."""
    return {name: value for name, value in request.items() if name not in APART}


def _changes(campaign: Campaign, base: dict[str, Any], sent: dict[str, Any]) -> bool:
    """Whether more is asked for than to pause, resume or tag.

    Who sends back what they read, with IsPaused changed, asks for nothing else.
    """
    if sent.get("SegmentVersion", campaign.segment.version) != campaign.segment.version:
        return True
    said = {name: value for name, value in _kept(sent).items() if name != "IsPaused"}
    return any((base.get(name) or None) != (value or None) for name, value in said.items())


def _is_over(campaign: Campaign, base: dict[str, Any]) -> bool:
    """Whether it was sent and is to be sent no more, unless its schedule is changed.

    An edit makes a draft of what is over and of what was paused between two runs.
    """
    has_run: bool = campaign.has_run  # type: ignore[attr-defined]
    edited = campaign.status == Status.DRAFT and has_run and not base.get("IsPaused")
    return campaign.status in ENDED or edited


def _request_of(campaign: Campaign, version: CampaignVersion | None) -> dict[str, Any]:
    """Return the request that asks for a campaign as it is: the one that did, if it is still so."""
    if version and version.written:
        return dict(version.written)
    treatments = list(campaign.treatments.order_by("pk"))
    texts = version.texts if version else {}
    return campaign_answers.request_of(campaign, treatments, texts)


def _rewrite(
    call: Call,
    campaign: Campaign,
    version: CampaignVersion | None,
    base: dict[str, Any],
    sent: dict[str, Any],
) -> None:
    """Store a new version, and let it go its way unless it is a draft, paused, or over.

    One that is over is sent again only where its schedule was changed: to change the name of what
    went out at once must not send it to everybody once more.
    """
    over = _is_over(campaign, base)
    waits = not over and campaign.status in {Status.DRAFT, Status.PAUSED}
    texts = {words: words for words in _texts(campaign)}
    texts |= {written: liquid for liquid, written in (version.texts if version else {}).items()}
    draft = draft_of(base | sent, _known(call, texts), call.now)
    wanted = base | _kept(sent)
    now = {name: getattr(campaign, name) for name in schedules.FIELDS}
    begins = {name: draft.fields[name] for name in schedules.FIELDS}
    other = wanted.get("Schedule") != base.get("Schedule")
    again = other and begins != now
    if not other:  # what began at once does not begin anew
        draft.fields.update({name: getattr(campaign, name) for name in WHEN})
    goes = again or not over
    wanted["IsPaused"] = goes and sent.get("IsPaused", waits)
    actions.write_anew(campaign, draft, call.user, wanted)
    if goes and not wanted["IsPaused"]:
        actions.go(campaign.pk, call.user)


def _toggle(call: Call, campaign: Campaign, base: dict[str, Any], *, paused: bool) -> None:
    if _is_over(campaign, base):  # nothing of it is to come
        return
    CampaignVersion.objects.filter(
        campaign=campaign, number=campaign.version, written__isnull=False
    ).update(written=base | {"IsPaused": paused})
    if paused and campaign.status in {Status.SENDING, Status.SCHEDULED}:
        actions.pause(campaign.pk, call.user)
    elif not paused and campaign.status == Status.PAUSED:
        actions.resume(campaign.pk, call.user)
    elif not paused and campaign.status == Status.DRAFT:
        actions.go(campaign.pk, call.user)


def _texts(campaign: Campaign) -> list[str]:
    return [campaign.body, *campaign.treatments.values_list("body", flat=True)]


def _known(call: Call, texts: dict[str, str]) -> Known:
    return Known(
        program=call.program,
        segment=_segments(call.program),
        template=text_for_campaigns,
        texts=texts,
        sender=channels.default_sender(call),
    )


def _segments(program: Program) -> Any:
    def segment(identifier: str, version: int | None) -> Segment:
        one = segments.offered(program).filter(pinpoint_id=identifier).first()
        if one is None:
            raise Refused(_("SegmentId: the application has no segment {}.").format(identifier))
        if version is not None and version != one.version:
            message = _(
                "SegmentVersion: a campaign goes to its segment as it is when a run begins, now "
                "version {}. Leave it out, or make a segment of that version's rules."
            )
            raise Refused(message.format(one.version))
        return one

    return segment
