"""Applications: programs, as Amazon Pinpoint called them, and their settings."""

from datetime import time
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet

from compliance.models import Program
from config.models import AccessKey
from config.pinpoint_api import tags
from config.pinpoint_api.arns import arn
from config.pinpoint_api.calls import Answer, Call
from config.pinpoint_api.paging import page
from contacts import endpoints
from pinpoint.v1_api.errors import BadRequest

# Of WriteApplicationSettingsRequest, what a program has nothing for.
NOT_TAKEN = {
    "CampaignHook": "Sendpoint calls no Lambda function; choose people by segments",
    "JourneyLimits": "Sendpoint has no journeys; use campaigns that repeat",
}
NOT_TAKEN_LIMITS = {
    "MaximumDuration": "set it for each campaign",
    "MessagesPerSecond": "set it for each campaign",
    "Session": "Sendpoint sends SMS only",
    "Total": "set it for each campaign",
}


def get_app(call: Call) -> Answer:
    """Describe one."""
    return {"ApplicationResponse": described(call.program)}


def get_apps(call: Call) -> Answer:
    """List those in the key's scope."""
    found, token = page(call, within(call.key))
    items: Answer = {"Item": [described(program) for program in found]}
    return {"ApplicationsResponse": items | ({"NextToken": token} if token else {})}


def create_app(call: Call) -> Answer:
    """Begin a program; what people read of it, its brand among it, is completed in the admin."""
    name = str(call.payload["Name"]).strip()
    program = Program(name=name, brand=name)
    program.full_clean()
    with transaction.atomic():
        program.save()
        if call.key.limited:  # else it may name all programs
            call.key.programs.add(program)
        tags.put(resource(program), call.payload.get("tags") or {})
        _audit(call, program, ADDITION, f"Made {program}.")
    return {"ApplicationResponse": described(program)}


def delete_app(call: Call) -> Answer:
    """Delete a program that nothing refers to: consent and texts are kept for years."""
    program, found = call.program, described(call.program)
    try:
        with transaction.atomic():
            _audit(call, program, DELETION, f"Deleted {program}.")
            tags.forget(resource(program))
            endpoints.forget_applications([program.application_id])
            program.delete()
    except ProtectedError as held:
        raise BadRequest(
            f"{program} has campaigns, consent or texts, which are evidence and are kept. Disable "
            "its SMS channel instead."
        ) from held
    return {"ApplicationResponse": found}


def get_application_settings(call: Call) -> Answer:
    """Say what holds for all of a program's promotional texts."""
    return {"ApplicationSettingsResource": settings_of(call.program)}


def update_application_settings(call: Call) -> Answer:
    """Set the most texts in 24 hours, and the hours."""
    said = call.payload
    for member, why in NOT_TAKEN.items():
        if said.get(member):
            raise BadRequest(f"WriteApplicationSettingsRequest.{member}: {why}")
    limits = said.get("Limits") or {}
    for member, why in NOT_TAKEN_LIMITS.items():
        if limits.get(member):
            raise BadRequest(f"WriteApplicationSettingsRequest.Limits.{member}: {why}")
    with transaction.atomic():
        program = Program.objects.select_for_update().get(pk=call.program.pk)
        if "Daily" in limits:
            program.most_in_day = limits["Daily"] or None
        if quiet := said.get("QuietTime"):
            program.window_start = _clock(quiet, "End")
            program.window_end = _clock(quiet, "Start")
        program.full_clean()
        program.save()
        _audit(call, program, CHANGE, "Changed its limits.")
    return {"ApplicationSettingsResource": settings_of(program)}


def within(key: AccessKey) -> QuerySet[Program]:
    """Return the programs that a key may name: those chosen for it, or all where none was. Lazy."""
    if not key.limited:
        return Program.objects.all()
    chosen = key.programs.through.objects.filter(accesskey=key, program=OuterRef("pk"))
    return Program.objects.filter(Exists(chosen))


def resource(program: Program) -> str:
    """Return the ARN of a program."""
    return arn(f"apps/{program.application_id}")


def described(program: Program) -> dict[str, Any]:
    """Return a program as an application."""
    name = resource(program)
    found = {"Arn": name, "Id": program.application_id, "Name": program.name}
    return found | {"tags": tags.of(name)}


def settings_of(program: Program) -> dict[str, Any]:
    """Return a program's rules as an application's settings."""
    return {
        "ApplicationId": program.application_id,
        "CampaignHook": {},
        "Limits": {"Daily": program.most_in_day or 0},  # 0: no limit, as Pinpoint told it
        # Quiet is what lies outside the program's hours, where each person is.
        "QuietTime": {
            "Start": f"{program.window_end:%H:%M}",
            "End": f"{program.window_start:%H:%M}",
        },
    }


def _clock(quiet: dict[str, str], member: str) -> time:
    try:
        return time.fromisoformat(quiet.get(member, ""))
    except ValueError as problem:
        raise BadRequest(f"QuietTime.{member}: must be like 21:00") from problem


def _audit(call: Call, program: Program, flag: int, said: str) -> None:
    LogEntry.objects.log_actions(call.user.pk, [program], flag, said, single_object=True)
