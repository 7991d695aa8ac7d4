"""The pages and buttons with which numbers are bought, changed and given back."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.actions import Refused, provisioning, wording
from campaigns.admin.identity_forms import NumberForm, SenderIdForm
from campaigns.models import ENDED, AwsIdentity, Campaign
from compliance.models import Originator
from pinpoint import number_types
from pinpoint.identities import POOL, SENDER_ID

LIST = "admin:compliance_originator_changelist"
PAGE = "admin:compliance_originator_change"
MOST_CAMPAIGNS = 20
Button = Callable[[int, HttpRequest], str]


def urls(view: Callable[..., Callable[..., HttpResponse]]) -> list[URLPattern]:
    """Return the addresses; `view` is the admin site's own wrapper."""
    return [
        path("request/", view(request_number), name="campaigns_awsidentity_request"),
        path("sender-id/", view(request_sender_id), name="campaigns_awsidentity_sender_id"),
        path(
            "<int:pk>/release/", view(require_POST(release)), name="campaigns_awsidentity_release"
        ),
        *(
            path(
                f"<int:pk>/{name.replace('_', '-')}/",
                view(require_POST(_answering(act))),
                name=f"campaigns_awsidentity_{name}",
            )
            for name, act in BUTTONS.items()
        ),
    ]  # fmt: skip


def shown(row: AwsIdentity, request: HttpRequest) -> dict[str, Any]:
    """Return what the buttons of one thing's page need."""
    may = request.user.has_perm("campaigns.manage_awsidentity")
    kind = row.originator.kind
    pooled = kind != POOL and row.pools.exists()
    pools = AwsIdentity.objects.filter(
        originator__kind=POOL, gone_at=None, originator__message_class=row.originator.message_class
    )
    return {
        "identity": row,
        "may_manage": may,
        "may_change": may and not pooled,
        "may_pool": may and not pooled and kind != POOL,
        "is_pool": kind == POOL,
        "is_answerable": kind != SENDER_ID,
        "may_travel": kind in {"TEN_DLC", "LONG_CODE"},
        "joinable": pools.select_related("originator") if may and not pooled and kind != POOL
        else (),
        "token": str(uuid4()),
    }  # fmt: skip


def campaigns_of(sender: Originator) -> QuerySet[Campaign]:
    """Return the first campaigns that are to be sent from it."""
    using = Campaign.objects.filter(originator=sender).exclude(status__in=ENDED)
    return using.order_by("name")[:MOST_CAMPAIGNS]


def request_number(request: HttpRequest) -> HttpResponse:
    """Ask what is wanted, then ask once more with the price, then buy."""
    provisioning.check_may(request.user)
    form = NumberForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _asked(request, form, _("Request a number"), list(number_types.TYPES.values()))
    wanted = form.wanted
    try:
        provisioning.check_offered(wanted)
        if request.POST.get("confirmed") == "yes":
            return _bought(request, provisioning.buy(wanted, request.user))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _asked(request, form, _("Request a number"), list(number_types.TYPES.values()))
    kind = number_types.TYPES[wanted.kind]
    context = {
        "question": _("Buy a {} number in {}?").format(kind.title, wanted.country),
        "lines": [kind.means, kind.lead_time, kind.throughput],
        "price": _("About ${} a month, from now on until it is released.").format(kind.monthly_usd),
        "button": _("Yes, buy it"),
    }
    return _confirm(request, context, form.data)


def request_sender_id(request: HttpRequest) -> HttpResponse:
    """The same for a sender ID."""
    provisioning.check_may(request.user)
    form = SenderIdForm(request.POST or None)
    title = _("Request a sender ID")
    if request.method != "POST" or not form.is_valid():
        return _asked(request, form, title)
    said = form.cleaned_data
    if request.POST.get("confirmed") == "yes":
        try:
            types = ["PROMOTIONAL", "TRANSACTIONAL"]
            row = provisioning.take_sender_id(
                said["name"], said["country"], types, said["token"], request.user
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return _asked(request, form, title)
        return _bought(request, row)
    context = {
        "question": _("Take the sender ID {} in {}?").format(said["name"], said["country"]),
        "lines": [_("Nobody can answer it: say in each text how to opt out.")],
        "price": _("Free in most countries; texts cost what they cost there."),
        "button": _("Yes, take it"),
    }
    return _confirm(request, context, form.data)


def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then give it back."""
    provisioning.check_may(request.user)
    row = AwsIdentity.objects.select_related("originator").filter(pk=pk).first()
    if row is None:
        return redirect(LIST)
    try:
        provisioning.check_releasable(row)
        if request.POST.get("confirmed") == "yes":
            provisioning.release(pk, request.user)
            messages.success(request, _("{} is given back.").format(row))
            return redirect(LIST)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(PAGE, row.originator_id)
    saved = _("It no longer costs ${} a month.").format(row.monthly_usd) if row.monthly_usd else ""
    context = {
        "question": _("Give {} back for good?").format(row),
        "lines": [
            _("Nothing can be sent from it any more, and nobody's answer arrives."),
            _("AWS may sell the number to somebody else; you cannot get it back."),
        ]
        if row.originator.kind != POOL
        else [_("Its numbers stay yours, each by itself.")],
        "price": saved,
        "button": _("Yes, give it back"),
        "back": reverse(PAGE, args=[row.originator_id]),
    }
    return _confirm(request, context, {})


def _asked(request: HttpRequest, form: Any, title: str, types: Any = ()) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "form": form,
        "title": title,
        "types": types,
        "short_code": number_types.SHORT_CODE,
        "button": _("Continue"),
        "back": reverse(LIST),
    }
    return render(request, "campaigns/number_types.html", context)


def _confirm(request: HttpRequest, context: dict[str, Any], data: Any) -> HttpResponse:
    fields = [(k, v) for k, v in data.items() if k not in {"csrfmiddlewaretoken", "confirmed"}]
    around = {**admin.site.each_context(request), "back": reverse(LIST)}
    more = {"address": request.path, "fields": fields, "title": context["question"]}
    return render(request, "campaigns/confirm.html", {**around, **context, **more})


def _bought(request: HttpRequest, row: AwsIdentity) -> HttpResponse:
    messages.success(request, _("{} is yours.").format(row))
    return redirect(PAGE, row.originator_id)


def _answering(act: Button) -> Callable[[HttpRequest, int], HttpResponse]:
    def press(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            messages.success(request, act(pk, request))
        except Refused as refusal:
            messages.error(request, str(refusal))
        except AwsIdentity.DoesNotExist:
            messages.error(request, _("This number is gone."))
        row = AwsIdentity.objects.filter(pk=pk).first()
        return redirect(PAGE, row.originator_id) if row else redirect(LIST)

    return press


def _two_way(pk: int, request: HttpRequest) -> str:
    topic = request.POST.get("topic", "").strip()
    provisioning.set_two_way(pk, topic, request.user)
    return _("Answers go there now.") if topic else _("Answers go nowhere now.")


def _own_opt_outs(pk: int, request: HttpRequest) -> str:
    on = request.POST.get("on") == "yes"
    provisioning.set_own_opt_outs(pk, on, request.user)
    return _("Sendpoint answers STOP and HELP now.") if on else _("AWS answers STOP and HELP now.")


def _international(pk: int, request: HttpRequest) -> str:
    on = request.POST.get("on") == "yes"
    provisioning.set_international(pk, on, request.user)
    return _("It sends to other countries now.") if on else _("It stays in its country now.")


def _protect(pk: int, request: HttpRequest) -> str:
    on = request.POST.get("on") == "yes"
    provisioning.set_protected(pk, on, request.user)
    return _("It is protected.") if on else _("It is no longer protected.")


def _make_pool(pk: int, request: HttpRequest) -> str:
    pool = provisioning.make_pool(pk, request.POST.get("token") or str(uuid4()), request.user)
    return _("The pool {} is made.").format(pool)


def _pool_pk(request: HttpRequest) -> int:
    said = request.POST.get("pool", "")
    return int(said) if said.isdecimal() else 0


def _join(pk: int, request: HttpRequest) -> str:
    provisioning.join(pk, _pool_pk(request), request.user)
    return _("It is in the pool now.")


def _leave_pool(pk: int, request: HttpRequest) -> str:
    provisioning.leave_pool(pk, _pool_pk(request), request.user)
    return _("It is out of the pool.")


def _put_keyword(pk: int, request: HttpRequest) -> str:
    said = request.POST
    action = said.get("action", "AUTOMATIC_RESPONSE")
    wording.put_keyword(pk, said.get("word", ""), said.get("message", ""), action, request.user)
    return _("AWS answers it now.")


def _drop_keyword(pk: int, request: HttpRequest) -> str:
    wording.drop_keyword(pk, request.POST.get("word", ""), request.user)
    return _("AWS answers it no longer.")


def _tag(pk: int, request: HttpRequest) -> str:
    wording.tag(pk, request.POST.get("name", ""), request.POST.get("value", ""), request.user)
    return _("Tagged.")


def _untag(pk: int, request: HttpRequest) -> str:
    wording.untag(pk, request.POST.get("name", ""), request.user)
    return _("The tag is gone.")


BUTTONS: dict[str, Button] = {
    "two_way": _two_way,
    "own_opt_outs": _own_opt_outs,
    "international": _international,
    "protect": _protect,
    "make_pool": _make_pool,
    "join": _join,
    "leave_pool": _leave_pool,
    "put_keyword": _put_keyword,
    "drop_keyword": _drop_keyword,
    "tag": _tag,
    "untag": _untag,
}
