"""Applications: programs, as Amazon Pinpoint called them."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from compliance.models import Program
from config.models import AccessKey
from config.pinpoint_api.arns import arn
from config.pinpoint_api.calls import Answer, Call
from config.pinpoint_api.paging import page


def get_app(call: Call) -> Answer:
    """Describe one."""
    return {"ApplicationResponse": described(call.program)}


def get_apps(call: Call) -> Answer:
    """List those in the key's scope."""
    found, token = page(call, within(call.key))
    items: Answer = {"Item": [described(program) for program in found]}
    return {"ApplicationsResponse": items | ({"NextToken": token} if token else {})}


def within(key: AccessKey) -> QuerySet[Program]:
    """Return the programs that a key may name: those chosen for it, or all where none is. Lazy."""
    programs = Program.objects.all()
    chosen = Exists(key.programs.through.objects.filter(accesskey=key))
    mine = Exists(key.programs.through.objects.filter(accesskey=key, program=OuterRef("pk")))
    return programs.filter(~chosen | mine)


def described(program: Program) -> dict[str, Any]:
    """Return a program as an application."""
    return {
        "Arn": arn(f"apps/{program.application_id}"),
        "Id": program.application_id,
        "Name": program.name,
    }
