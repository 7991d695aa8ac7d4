"""The buttons of a campaign's page: each calls one action and says what came of it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from campaigns import actions
from campaigns.admin import typed_numbers
from campaigns.models import Campaign

Button = Callable[[int, HttpRequest], str]


def addresses(view: Callable[..., Callable[..., HttpResponse]]) -> list[URLPattern]:
    """Return the address of every button; `view` is the admin site's own wrapper."""
    return [
        path(
            f"<int:campaign_id>/{name.replace('_', '-')}/",
            view(require_POST(answering(act))),
            name=f"campaigns_campaign_{name}",
        )
        for name, act in BUTTONS.items()
    ]


def answering(act: Button) -> Callable[[HttpRequest, int], HttpResponse]:
    """Return the view of a button: it says on the campaign's page what came of it."""

    def press(request: HttpRequest, campaign_id: int) -> HttpResponse:
        try:
            messages.success(request, act(campaign_id, request))
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
        except Campaign.DoesNotExist:
            messages.error(request, _("This campaign is gone."))
            return redirect("admin:campaigns_campaign_changelist")
        return redirect("admin:campaigns_campaign_change", campaign_id)

    return press


def _submit(campaign_id: int, request: HttpRequest) -> str:
    actions.submit(campaign_id, request.user)
    return _("It is in review now. Somebody else can approve it.")


def _approve(campaign_id: int, request: HttpRequest) -> str:
    said = request.POST
    seen = said.get("seen") or "nothing"
    actions.approve(campaign_id, request.user, said.get("comment", ""), seen)
    return _("Approved.")


def _send_back(campaign_id: int, request: HttpRequest) -> str:
    actions.send_back(campaign_id, request.user, request.POST.get("comment", ""))
    return _("Sent back. Its author finds your comment below.")


def _pause(campaign_id: int, request: HttpRequest) -> str:
    actions.pause(campaign_id, request.user)
    return _("Paused. Texts that AWS already has will still arrive.")


def _resume(campaign_id: int, request: HttpRequest) -> str:
    actions.resume(campaign_id, request.user)
    return _("It goes on where it stopped.")


def _test(campaign_id: int, request: HttpRequest) -> str:
    numbers = typed_numbers.pieces(request.POST.get("numbers", ""))
    remembered = [_id(chosen) for chosen in request.POST.getlist("remembered")]
    try:
        queued = actions.send_test(campaign_id, numbers, request.user, remembered)
    except actions.Refused:
        typed_numbers.keep(request, campaign_id, remembered)
        raise
    return ngettext(
        "{} test is on its way, if the gate lets it pass: see Messages.",
        "{} tests are on their way, if the gate lets them pass: see Messages.",
        len(queued),
    ).format(len(queued))


def _forget_number(campaign_id: int, request: HttpRequest) -> str:
    actions.forget_number(_id(request.POST.get("remembered", "")), request.user)
    return _("Forgotten. It is no longer offered to you.")


def _id(text: str) -> int:
    """Return the id that a form sent; 0, which nothing has, for what a form does not send."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _dry_run(campaign_id: int, request: HttpRequest) -> str:
    actions.dry_run(campaign_id, request.user)
    return _("The dry run has begun. Nothing is sent.")


BUTTONS: dict[str, Button] = {
    "submit": _submit,
    "approve": _approve,
    "send_back": _send_back,
    "test": _test,
    "forget_number": _forget_number,
    "dry_run": _dry_run,
    "pause": _pause,
    "resume": _resume,
}
