"""The page of protect configurations: which countries AWS lets texts go to."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns import aws_account
from campaigns.actions import Refused, protecting
from campaigns.actions.aws_calls import check_may_manage

PAGE = "admin:campaigns_awsaccount_protections"
ACCOUNT = "admin:campaigns_awsaccount_changelist"
ASKED = ("what", "id", "rule", "countries", "token")


def page(request: HttpRequest) -> HttpResponse:
    """Show them; ask once more about a change, then make it."""
    check_may_manage(request.user)
    if request.method != "POST":
        return _shown(request)
    said = {name: request.POST.get(name, "") for name in ASKED}
    try:
        change = protecting.change_of(said, request.user)
        if request.POST.get("confirmed") != "yes":
            return _asked(request, change, said)
        protecting.protect(change, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("AWS has taken it."))
    return redirect(PAGE)


def grouped(protection: dict[str, Any]) -> dict[str, Any]:
    """Group a protect configuration's countries by what happens to texts to them."""
    groups: dict[str, list[str]] = {}
    for country, rule in sorted(protection["rules"].items()):
        groups.setdefault(rule, []).append(country)
    words = [
        (protecting.RULES.get(rule, rule.lower()), ", ".join(countries))
        for rule, countries in sorted(groups.items())
    ]
    ours = settings.AWS_CONFIGURATION_SET in protection.get("sets", ())
    return {**protection, "groups": words, "ours": ours}


def _shown(request: HttpRequest) -> HttpResponse:
    account = aws_account.here()
    context = {
        **admin.site.each_context(request),
        "title": _("Protect configurations"),
        "account": account,
        "protections": [grouped(one) for one in account.protections],
        "rules": protecting.RULES.items(),
        "configuration_set": settings.AWS_CONFIGURATION_SET,
        "token": str(uuid4()),
        "back": reverse(ACCOUNT),
    }
    return render(request, "campaigns/protections.html", context)


def _asked(request: HttpRequest, change: protecting.Change, said: dict[str, str]) -> HttpResponse:
    call = _("This call is made: {}").format(change.call.command)
    context = {
        **admin.site.each_context(request),
        "title": change.question,
        "question": change.question,
        "lines": [*change.lines, call],
        "address": reverse(PAGE),
        "fields": list(said.items()),
        "button": _("Yes, change it at AWS"),
        "back": reverse(PAGE),
    }
    return render(request, "campaigns/confirm.html", context)
