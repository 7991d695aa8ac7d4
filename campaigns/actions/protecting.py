"""Protect configurations: which countries AWS lets texts go to, changed from the admin.

change = change_of(request.POST, user)   # what is asked once more
protect(change, user)
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import aws_account
from campaigns.actions.acting import Actor
from campaigns.actions.aws_calls import check_may_manage, make_call
from campaigns.aws_audit import Unclear
from campaigns.refusal import Refused
from compliance.models import Originator
from pinpoint import protect_calls as calls
from pinpoint.calls import Call

RULES = {
    "ALLOW": gettext_lazy("let texts pass"),
    "BLOCK": gettext_lazy("refuse every text"),
    "FILTER": gettext_lazy("drop texts that AWS holds for fraud"),
    "MONITOR": gettext_lazy("let texts pass, and watch for fraud"),
}
MOST_COUNTRIES = 300  # of one call
Said = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as it is asked about once more before it is made."""

    call: Call
    question: str
    lines: list[str] = field(default_factory=list)


def change_of(said: Said, user: Actor) -> Change:
    """Return what a form asks for; raise Refused, in words, for what cannot be."""
    check_may_manage(user)
    build = CHANGES.get(said.get("what", ""))
    if build is None:
        raise Refused(_("There is nothing of that kind to change."))
    return build(said)


def protect(change: Change, user: Actor) -> None:
    """Make a change; the protect configurations are read again in any case."""
    check_may_manage(user)
    try:
        make_call(change.call, user)
    except Unclear:
        aws_account.read_protections()
        raise
    aws_account.read_protections()


def countries_of(text: str) -> list[str]:
    """Return the countries of a text such as “FR, de”; raise Refused for what is none."""
    found = sorted({word.upper() for word in re.split(r"[\s,;]+", text) if word})
    if not found:
        raise Refused(_("Name the countries by their two letters, such as FR, DE."))
    if strange := [one for one in found if one not in phonenumbers.SUPPORTED_REGIONS]:
        raise Refused(_("There is no country {}.").format(", ".join(strange)[:100]))
    if len(found) > MOST_COUNTRIES:
        raise Refused(_("AWS takes {} countries at a time.").format(MOST_COUNTRIES))
    return found


def _known(said: Said) -> dict[str, Any]:
    wanted = said.get("id", "")
    for one in aws_account.here().protections:
        if one["id"] == wanted:
            found: dict[str, Any] = one
            return found
    raise Refused(_("AWS tells of no such protect configuration. Check the account again."))


def _make(said: Said) -> Change:
    token = said.get("token", "")
    if not re.fullmatch(r"[!-~]{1,64}", token):
        raise Refused(_("The page is too old. Open it again."))
    lines = [_("It allows every country, and holds for no text before you say where.")]
    return Change(calls.create(token), _("Make a protect configuration?"), lines)


def _rule(said: Said) -> Change:
    name, rule = _known(said)["id"], said.get("rule", "")
    if rule not in RULES:
        raise Refused(_("Choose what is to happen to texts."))
    countries = countries_of(said.get("countries", ""))
    words = _("{}: {}?").format(", ".join(countries), RULES[rule])
    lines = [_("This changes {}; other countries stay as they are.").format(name)]
    ours = Originator.objects.filter(active=True, country__in=countries)
    if rule == "BLOCK" and (senders := list(ours[:5])):
        names = ", ".join(str(one) for one in senders)
        lines.append(
            _("You have senders there, whose texts at home would be refused: {}.").format(names)
        )
    return Change(calls.set_rule(name, countries, rule), words, lines)


def _default(said: Said) -> Change:
    one = _known(said)
    lines = [
        _("It then holds for every text of this account and region, of whatever program."),
        _blocked(one),
    ]
    question = _("Make {} the account's default?").format(one["id"])
    return Change(calls.make_default(one["id"]), question, lines)


def _no_default(said: Said) -> Change:
    lines = [_("No country is blocked then for texts that nothing else holds for.")]
    return Change(calls.no_default(), _("Let the account have no default?"), lines)


def _use(said: Said) -> Change:
    one, ours = _known(said), settings.AWS_CONFIGURATION_SET
    lines = [
        _("It then holds for Sendpoint's texts, before the account's default."),
        _blocked(one),
    ]
    question = _("Let {} hold for the configuration set {}?").format(one["id"], ours)
    return Change(calls.associate(one["id"], ours), question, lines)


def _leave(said: Said) -> Change:
    one, ours = _known(said), settings.AWS_CONFIGURATION_SET
    question = _("Let {} hold for the configuration set {} no longer?").format(one["id"], ours)
    lines = [_("The account's default holds then, if there is one.")]
    return Change(calls.disassociate(one["id"], ours), question, lines)


def _delete(said: Said) -> Change:
    one = _known(said)
    if one["default"] or one.get("sets"):
        raise Refused(_("{} holds for texts. Take it off first.").format(one["id"]))
    question = _("Delete {} with its rules?").format(one["id"])
    return Change(calls.delete(one["id"]), question, [_("It cannot be brought back.")])


def _blocked(one: dict[str, Any]) -> str:
    blocked = sorted(country for country, rule in one["rules"].items() if rule == "BLOCK")
    if not blocked:
        return _("It blocks no country.")
    return _("Texts to these countries are refused: {}.").format(", ".join(blocked))


CHANGES: dict[str, Callable[[Said], Change]] = {
    "make": _make,
    "rule": _rule,
    "default": _default,
    "no_default": _no_default,
    "use": _use,
    "leave": _leave,
    "delete": _delete,
}
