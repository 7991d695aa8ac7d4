"""What is missing before texts can go out through AWS, and the one next step. Pure.

The account page and `manage.py aws_doctor` show the same list.
"""

import enum
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from pinpoint.survey import FIGURES, Destination, Survey, Wanted

LOW_LIMIT_USD = 1  # what AWS gives a new account
MISSING_CODE, UNSEEN_CODE = 1, 2  # of `manage.py aws_doctor`
ALL_TEXTS = {"ALL", "TEXT_ALL"}


class State(enum.StrEnum):
    """How a point stands."""

    OK = "ok"
    MISSING = "missing"  # nothing goes out, or nothing comes back, until it is mended
    WARNING = "warning"  # it works, less well
    UNKNOWN = "unknown"  # it could not be seen


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the list."""

    key: str
    title: str
    state: State
    says: str
    step: str = ""  # what to do, where something is to be done

    def record(self) -> dict[str, str]:
        """Return it for JSON."""
        return {name: str(value) for name, value in asdict(self).items()}


def points(
    found: Survey, wanted: Wanted, lists: Collection[str], countries: Collection[str]
) -> list[Point]:
    """Judge what a survey found.

    `lists` are the opt-out lists that opt-outs are mirrored to, `countries` those that the
    originators in use are of.
    """
    if found.credentials:
        return [_credentials(found)]
    return [
        _credentials(found),
        _permissions(found),
        _tier(found),
        _limit(found),
        _senders(found),
        _configuration_set(found, wanted),
        _destination(found, wanted),
        _way_back(found, wanted),
        _two_way(found, wanted),
        _lists(found, lists),
        _protection(found, wanted, countries),
        _figures(found),
        _dry_run(found),
    ]


def next_step(found: Sequence[Point]) -> Point | None:
    """Return the first point that keeps texts from going out or answers from coming in."""
    for state in (State.MISSING, State.UNKNOWN, State.WARNING):
        for point in found:
            if point.state == state and point.step:
                return point
    return None


def _credentials(found: Survey) -> Point:
    title = _("Credentials")
    if found.credentials:
        step = _(
            "Give the processes of Sendpoint credentials the way boto3 reads them: an instance "
            "role, a profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
        return Point("credentials", title, State.MISSING, found.credentials, step)
    says = _("Account {}, as {}.").format(found.account_id, found.user)
    return Point("credentials", title, State.OK, says)


def _permissions(found: Survey) -> Point:
    title = _("Permissions")
    if denied := set(found.denied) - {FIGURES}:
        says = _("AWS does not allow: {}.").format(", ".join(sorted(denied)))
        step = _("Attach the policy below to the user or role.")
        return Point("permissions", title, State.MISSING, says, step)
    if troubles := {words for call, words in found.troubles.items() if call != FIGURES}:
        said = " ".join(sorted(troubles))
        return Point("permissions", title, State.UNKNOWN, said, _("Check again in a minute."))
    says = _("Everything that reading needs was tried and is allowed.")
    return Point("permissions", title, State.OK, says)


def _tier(found: Survey) -> Point:
    title = _("Sandbox or production")
    if found.tier is None:
        return _unseen("tier", title)
    if found.tier.upper() == "SANDBOX":
        says = _("The account is in the sandbox: texts go to verified numbers only.")
        step = _("Ask AWS Support to move the account to production for SMS.")
        return Point("tier", title, State.WARNING, says, step)
    return Point("tier", title, State.OK, _("Production."))


def _limit(found: Survey) -> Point:
    title = _("Monthly spend limit")
    if found.enforced_usd is None:
        return _unseen("limit", title)
    says = _("${} a month are enforced, of ${} at most.").format(
        f"{found.enforced_usd:,}", f"{found.most_usd or 0:,}"
    )
    if found.enforced_usd <= LOW_LIMIT_USD:
        step = _("Raise the limit below.")
        if (found.most_usd or 0) <= LOW_LIMIT_USD:
            step = _("Ask AWS Support for a higher limit of SMS spending in this region.")
        return Point("limit", title, State.WARNING, says, step)
    return Point("limit", title, State.OK, says)


def _senders(found: Survey) -> Point:
    title = _("Something to send from")
    if found.senders is None:
        return _unseen("senders", title)
    ready = [one for one in found.senders if one.active]
    if ready:
        says = _("Ready: {}.").format(", ".join(one.name for one in ready[:5]))
        return Point("senders", title, State.OK, says)
    says = _("There are numbers, and none of them is active yet.")
    step = _("Wait for AWS, or finish the registration of the number.")
    if not found.senders:
        says = _("The account has no number, pool or sender ID in this region.")
        step = _("Request a number, under Senders.")
    return Point("senders", title, State.MISSING, says, step)


def _configuration_set(found: Survey, wanted: Wanted) -> Point:
    title, name = _("Configuration set"), wanted.configuration_set
    if found.has_set is None:
        return _unseen("configuration_set", title)
    if not found.has_set:
        says = _("There is no configuration set {}, and every text names it.").format(name)
        return Point("configuration_set", title, State.MISSING, says, _set_up())
    return Point("configuration_set", title, State.OK, _("{} is there.").format(name))


def _destination(found: Survey, wanted: Wanted) -> Point:
    title = _("Event destination")
    if found.has_set is None:
        return _unseen("destination", title)
    good = _whole(found)
    if not good:
        says = _("No destination gets all events of texts: receipts do not come back.")
        return Point("destination", title, State.MISSING, says, _set_up())
    if all(one.topic and one.topic not in wanted.topics for one in good):
        topics = ", ".join(one.topic for one in good)
        says = _("Events go to {}, which Sendpoint does not believe.").format(topics)
        step = _("Set up events below, or add the topic to SNS_TOPIC_ARNS.")
        return Point("destination", title, State.MISSING, says, step)
    ends = ", ".join(one.topic or one.name for one in good)
    return Point("destination", title, State.OK, _("Events go to {}.").format(ends))


def _whole(found: Survey) -> list[Destination]:
    """Return the destinations that get every event of texts."""
    return [one for one in found.destinations if one.enabled and ALL_TEXTS & set(one.types)]


def _way_back(found: Survey, wanted: Wanted) -> Point:
    title = _("The way back")
    if any(not one.topic for one in _whole(found)):
        says = _("Not through SNS: whether it arrives is seen under AWS events.")
        return Point("way_back", title, State.UNKNOWN, says)
    if found.topics is None:
        if "sns:ListSubscriptionsByTopic" in found.troubles:
            return _unseen("way_back", title)
        return Point("way_back", title, State.MISSING, _("There is no topic yet."), _set_up())
    if not wanted.topics:
        says = _("Sendpoint believes no topic, so nothing that is published arrives.")
        return Point("way_back", title, State.MISSING, says, _set_up())
    silent = [name for name in wanted.topics if not found.topics.get(name)]
    if silent:
        says = _("Nobody has confirmed a subscription to {}.").format(", ".join(sorted(silent)))
        return Point("way_back", title, State.MISSING, says, _set_up())
    if missing := set(wanted.queues).difference(found.queues or ()):
        says = _("The queue {} cannot be read.").format(", ".join(sorted(missing)))
        return Point("way_back", title, State.MISSING, says, _set_up())
    ends = sorted({end for name in wanted.topics for end in found.topics[name]})
    return Point("way_back", title, State.OK, _("To {}.").format(", ".join(ends)))


def _two_way(found: Survey, wanted: Wanted) -> Point:
    title = _("Answers")
    if found.senders is None:
        return _unseen("two_way", title)
    able = [one for one in found.senders if one.kind != "sender-id" and not one.pool_id]
    deaf = [one.name for one in able if not one.two_way or one.channel not in wanted.topics]
    if deaf:
        says = _("Answers to {} do not come in: not even STOP in other words.").format(
            ", ".join(deaf[:5])
        )
        step = _set_up()
        if all(one.two_way for one in able if one.name in deaf):
            step = _(
                "They go to another system, or to a topic that Sendpoint does not believe yet. Set "
                "up events, or change it on the page of the number."
            )
        return Point("two_way", title, State.WARNING, says, step)
    if not able:
        return Point("two_way", title, State.OK, _("There is nothing that could be answered to."))
    return Point("two_way", title, State.OK, _("Answers to every number come in."))


def _lists(found: Survey, lists: Collection[str]) -> Point:
    title = _("Opt-out list")
    if found.lists is None:
        return _unseen("lists", title)
    if missing := set(lists).difference(found.lists):
        says = _("AWS has no opt-out list {}.").format(", ".join(sorted(missing)))
        step = _("Make it on the page of opt-out lists, or choose another for the sender.")
        return Point("lists", title, State.MISSING, says, step)
    return Point("lists", title, State.OK, _("AWS has {}.").format(", ".join(found.lists)))


def _protection(found: Survey, wanted: Wanted, countries: Collection[str]) -> Point:
    title = _("Protect configuration")
    if found.protections is None:
        return _unseen("protection", title)
    ours = wanted.configuration_set
    holds = next((one for one in found.protections if ours in one.sets), None)
    holds = holds or next((one for one in found.protections if one.is_default), None)
    if holds is None:
        return Point(
            "protection", title, State.OK, _("None is the default: no country is blocked.")
        )
    blocked = sorted(country for country, rule in holds.rules.items() if rule == "BLOCK")
    if hit := set(blocked).intersection(countries):
        says = _("AWS blocks texts to {}, where there are senders.").format(", ".join(sorted(hit)))
        step = _("Allow them in the protect configuration {}, below.").format(holds.protect_id)
        return Point("protection", title, State.WARNING, says, step)
    says = _("{} blocks {} countries, none of a sender.").format(holds.protect_id, len(blocked))
    return Point("protection", title, State.OK, says)


def _figures(found: Survey) -> Point:
    title = _("AWS's own figures")
    if FIGURES in found.denied:
        says = _("AWS does not allow {}.").format(FIGURES)
        step = _(
            "Attach the policy below: texts go out without it, but nobody sees when AWS counts "
            "otherwise than Sendpoint."
        )
        return Point("figures", title, State.WARNING, says, step)
    if FIGURES in found.troubles:
        return Point("figures", title, State.UNKNOWN, found.troubles[FIGURES])
    return Point("figures", title, State.OK, _("CloudWatch can be read."))


def _dry_run(found: Survey) -> Point:
    title = _("A text that is not sent")
    if found.dry_run is None:
        says = _("Not tried: there is no active number of a country where AWS has a test number.")
        return Point("dry_run", title, State.UNKNOWN, says)
    if found.dry_run:
        says = _("AWS would refuse it: {}").format(found.dry_run)
        return Point("dry_run", title, State.MISSING, says, _("Mend what AWS says."))
    return Point("dry_run", title, State.OK, _("AWS would take it."))


def _unseen(key: str, title: str) -> Point:
    return Point(key, title, State.UNKNOWN, _("It could not be read; see the permissions."))


def _set_up() -> str:
    return _("Let Sendpoint set it up: “Set up events for me”, on the page AWS account.")


def as_json(found: Sequence[Point]) -> dict[str, Any]:
    """Return the list for machines."""
    step = next_step(found)
    missing = any(point.state == State.MISSING for point in found)
    unseen = any(point.state == State.UNKNOWN and point.step for point in found)
    return {
        "ready": not missing and not unseen,
        "exit_code": MISSING_CODE if missing else UNSEEN_CODE if unseen else 0,
        "next": step.key if step else None,
        "points": [point.record() for point in found],
    }
