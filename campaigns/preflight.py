"""The checklist before a launch: six points, the number and the text, each green or red.

The six points are those of the compliance checklist in "How to Use Pinpoint for SMS Campaigns".
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from liquid.exceptions import LiquidError

from campaigns import reaching, templating
from campaigns.models import Campaign, Waiver
from campaigns.readiness import begins_at_once, texts_of
from campaigns.refusal import Refused
from compliance import content
from compliance.content import Finding, Weight
from compliance.coverage import Coverage, coverage
from compliance.destinations import Why
from compliance.models import MessageClass, Originator
from contacts import segments

OPT_OUT_RULES = frozenset({"no_opt_out", "exclusive_stop", "numbered_stop"})
# What carriers in the US let pass only when it is registered with them (AWS guide, 10DLC and
# toll-free registration). A short code is reviewed before AWS hands it out.
REGISTERED_KINDS = frozenset(
    {Originator.Kind.TEN_DLC, Originator.Kind.TOLL_FREE, Originator.Kind.POOL}
)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the checklist."""

    key: str
    title: str
    green: bool
    says: str
    hints: tuple[str, ...] = ()  # what is worth knowing though it stops nothing
    waivable: bool = False
    about: str = ""  # what exactly is red: a waiver holds for this and nothing else
    waiver: Waiver | None = None

    @property
    def stops(self) -> bool:
        """Whether the campaign may not go because of it."""
        return not self.green and self.waiver is None

    @property
    def subject(self) -> str:
        """A fingerprint of what is red."""
        return hashlib.sha256(self.about.encode()).hexdigest()


def check(campaign: Campaign) -> list[Point]:
    """Return all points as they stand now. Five queries; raises RuleError for a broken segment."""
    prefetch_related_objects([campaign], "treatments")
    audience = segments.matching(campaign.segment.rules)
    people = coverage(audience, campaign.program_id, campaign.message_class)
    waivers = {(w.point, w.subject): w for w in campaign.waivers.select_related("granted_by")}
    points = list(_points(campaign, people, _findings(campaign)))
    points.insert(-1, _number(campaign, reaching.countries_of(audience)))
    return [
        replace(point, waiver=None if point.green else waivers.get((point.key, point.subject)))
        for point in points
    ]


def red(campaign: Campaign) -> list[Point]:
    """Return the points that keep the campaign from going."""
    return [point for point in check(campaign) if point.stops]


def check_green(campaign: Campaign) -> None:
    """Raise Refused while a point is red, naming each."""
    if stopping := red(campaign):
        raise Refused(" ".join(f"{point.title}: {point.says}" for point in stopping))


def _findings(campaign: Campaign) -> list[Finding]:
    """Examine the campaign's text and those of its treatments; what several have counts once."""
    found = [one for body in texts_of(campaign) for one in _findings_of(campaign, body)]
    return list(dict.fromkeys(found))


def _findings_of(campaign: Campaign, body: str) -> list[Finding]:
    try:
        always, anywhere = templating.literal(body)
    except LiquidError:
        return [Finding("template", Weight.REFUSED, _("The text does not parse."))]
    return content.examine(
        anywhere,
        always=always,
        promotional=campaign.message_class == MessageClass.PROMOTIONAL,
        brand=campaign.program.brand,
        country=campaign.originator.country,
    )


def _points(campaign: Campaign, people: Coverage, findings: list[Finding]) -> Iterator[Point]:
    yield _opt_in(campaign, people)
    yield _opt_out(campaign, findings)
    yield _quiet_hours(campaign, findings)
    yield _records(campaign, people)
    yield _registration(campaign)
    yield _sharing(campaign, people)
    yield _text(campaign, findings)


def _opt_in(campaign: Campaign, people: Coverage) -> Point:
    rest = people.people - people.said_yes
    says = ngettext(
        "{} of {} person said yes to {}.", "{} of {} people said yes to {}.", people.people
    ).format(f"{people.said_yes:,}", f"{people.people:,}", campaign.program)
    if rest and people.said_yes:
        says += " " + _("The others will be held back: {}.").format(f"{rest:,}")
    nobody_yet = not people.people and not begins_at_once(campaign)
    if nobody_yet:
        says = _("Nobody is in the segment yet; whoever comes is texted only after saying yes.")
    return Point("opt_in", _("Explicit opt-in"), nobody_yet or people.said_yes > 0, says)


def _opt_out(campaign: Campaign, findings: list[Finding]) -> Point:
    title = _("Opt-out instructions")
    wrong = [finding for finding in findings if finding.rule in OPT_OUT_RULES]
    if wrong:
        return _from_findings("opt_out", title, campaign, wrong)
    if campaign.message_class == MessageClass.PROMOTIONAL:
        return Point("opt_out", title, True, _("The text says how to leave."))
    return Point("opt_out", title, True, _("A transactional text need not say how to leave."))


def _quiet_hours(campaign: Campaign, findings: list[Finding]) -> Point:
    title = _("Quiet hours")
    mixed = [finding for finding in findings if finding.rule == "mixed"]
    if mixed:
        return _from_findings("quiet_hours", title, campaign, mixed)
    if campaign.message_class != MessageClass.PROMOTIONAL:
        return Point("quiet_hours", title, True, _("Transactional texts may go at any hour."))
    says = _("Each text waits for the hours that are allowed where its person may be.")
    return Point("quiet_hours", title, True, says)


def _records(campaign: Campaign, people: Coverage) -> Point:
    title = _("Records")
    if not people.without_wording:
        return Point("records", title, True, _("The words are kept that each of them agreed to."))
    says = ngettext(
        "Of {} person who said yes the words that they agreed to are not on record.",
        "Of {} people who said yes the words that they agreed to are not on record.",
        people.without_wording,
    ).format(f"{people.without_wording:,}")
    about = f"{campaign.program_id} {campaign.segment_id} {campaign.segment.rules}"
    return Point("records", title, False, says, waivable=True, about=about)


def _registration(campaign: Campaign) -> Point:
    title = _("10DLC registration")
    originator = campaign.originator
    if originator.country != "US" or originator.kind not in REGISTERED_KINDS:
        return Point("registration", title, True, _("{} needs none.").format(originator))
    if originator.registered:
        return Point("registration", title, True, _("{} is registered.").format(originator))
    says = _(
        "Carriers in the US block what comes from a number that is not registered. Register {} "
        "under Registrations; if it is, say so on its page under Senders."
    ).format(originator)
    return Point("registration", title, False, says)


def _number(campaign: Campaign, people: Counter[str]) -> Point:
    """Whether the number can send this kind of text to where the people are."""
    title = _("The number")
    found = [
        one
        for one in reaching.whom_not(campaign.originator, campaign.message_class, people)
        if one.why is not Why.NOT_REGISTERED or campaign.originator.kind not in REGISTERED_KINDS
    ]
    if not found:
        says = _("{} can send this to where these people are.").format(campaign.originator)
        return Point("number", title, True, says)
    unreached = set().union(*(one.countries for one in found))
    return Point(
        "number",
        title,
        False,
        " ".join(reaching.in_words(one, people) for one in found),
        # Some of many may stay unreached; a number that sends nothing is the wrong one.
        waivable=all(one.countries for one in found) and bool(set(people) - unreached),
        about=f"{campaign.originator_id} {campaign.message_class} {sorted(unreached)}",
    )


def _sharing(campaign: Campaign, people: Coverage) -> Point:
    title = _("No shared lists")
    if not people.of_unclear_origin:
        says = _("Every yes was given to {} itself.").format(campaign.program)
        return Point("sharing", title, True, says)
    says = ngettext(
        "{} person comes from a list whose uploader named no known way of opting in.",
        "{} people come from lists whose uploader named no known way of opting in.",
        people.of_unclear_origin,
    ).format(f"{people.of_unclear_origin:,}")
    about = f"{campaign.program_id} {campaign.segment_id} {campaign.segment.rules}"
    return Point("sharing", title, False, says, waivable=True, about=about)


def _text(campaign: Campaign, findings: list[Finding]) -> Point:
    title = _("The text itself")
    own = [f for f in findings if f.rule not in OPT_OUT_RULES and f.rule != "mixed"]
    wrong = [finding for finding in own if finding.weight is not Weight.WARNING]
    hints = tuple(_words(f) for f in own if f.weight is Weight.WARNING)
    if wrong:
        return replace(_from_findings("text", title, campaign, wrong), hints=hints)
    return Point("text", title, True, f"{_('Nothing in it is refused.')} {_size(campaign)}", hints)


def _size(campaign: Campaign) -> str:
    """Say how many parts the text has before any field is filled in, and what an emoji costs."""
    always, _anywhere = templating.literal(campaign.body)
    parts, with_emoji = content.cost_of_an_emoji(always)
    says = ngettext("It is {} part long.", "It is {} parts long.", parts).format(parts)
    if with_emoji > parts:
        says += " " + _("One emoji would make it {}; each part is paid.").format(with_emoji)
    return says


def _from_findings(key: str, title: str, campaign: Campaign, findings: list[Finding]) -> Point:
    return Point(
        key,
        title,
        False,
        " ".join(_words(finding) for finding in findings),
        waivable=all(finding.weight is Weight.SIGN_OFF for finding in findings),
        about="\n".join([*texts_of(campaign), *(f"{f.rule}: {f.found}" for f in findings)]),
    )


def _words(finding: Finding) -> str:
    return f"“{finding.found}”: {finding.says}" if finding.found else finding.says
