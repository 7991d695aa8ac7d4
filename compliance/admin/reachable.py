"""The part of the segment's page that says how many of its people can be texted now."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from compliance.models import MessageClass, Program
from compliance.reachable import reachable
from compliance.reasons import SENTENCES
from contacts import segments
from contacts.segment_form import checked, posted


@require_POST
def reachable_view(request: HttpRequest) -> HttpResponse:
    """Count, for the rules on the page and the program chosen there; wrong rules count nobody."""
    if not request.user.has_perms(["contacts.view_segment", "compliance.view_program"]):
        raise PermissionDenied
    programs = list(Program.objects.order_by("name"))
    wanted = request.POST.get("reachable_program", "")
    program = next((one for one in programs if str(one.pk) == wanted), next(iter(programs), None))
    kind = request.POST.get("reachable_class", "")
    message_class = kind if kind in MessageClass else MessageClass.PROMOTIONAL.value
    context: dict[str, Any] = {
        "programs": programs,
        "program": program,
        "message_class": message_class,
        "message_classes": MessageClass.choices,
        "now": timezone.now(),
    }
    if program:
        try:
            people = segments.matching(checked(posted(request.POST), None))
            found = reachable(people, program, message_class, context["now"])
        except segments.RuleError:  # the count above says what is wrong
            found = None
        if found:
            context["found"] = found
            context["rest"] = [(SENTENCES[reason], count) for reason, count in found.rest]
    return render(request, "compliance/reachable.html", context)
