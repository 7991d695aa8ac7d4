"""The dashboards: each a few panels over the hourly facts of what its address asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from analytics import (
    beside_aws,
    beside_pinpoint,
    breakdowns,
    campaign_panels,
    consent_panels,
    report,
    trends,
)
from analytics.panels import Panel
from analytics.scope import Scope

Panels = Callable[[Scope], list[Panel]]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of panels; `head` says what stands above them."""

    slug: str
    title: Any
    panels: Panels
    head: Callable[[Scope], dict[str, Any]] = lambda scope: {}


def _page(*panels: Callable[[Scope], Panel], more: Panels = lambda scope: []) -> Panels:
    return lambda scope: [*(panel(scope) for panel in panels), *more(scope)]


ALL = {
    one.slug: one
    for one in (
        Dashboard(
            "overview",
            gettext_lazy("Overview"),
            _page(breakdowns.days, breakdowns.campaigns, breakdowns.failures, breakdowns.answers),
        ),
        Dashboard(
            "campaign",
            gettext_lazy("One campaign"),
            _page(
                report.stands,
                campaign_panels.funnel,
                campaign_panels.unreached,
                campaign_panels.treatments,
                campaign_panels.effects,
                breakdowns.days,
                campaign_panels.hours,
                breakdowns.countries,
                breakdowns.carriers,
                breakdowns.answers,
                breakdowns.money_days,
                report.launches,
            ),
            report.head,
        ),
        Dashboard(
            "originators",
            gettext_lazy("Senders"),
            _page(
                breakdowns.originators,
                trends.halves,
                trends.day_by_day,
                breakdowns.complaints,
                breakdowns.failures,
            ),
        ),
        Dashboard(
            "deliverability",
            gettext_lazy("Deliverability"),
            _page(
                breakdowns.carriers,
                breakdowns.countries,
                breakdowns.failures,
                breakdowns.latency,
                beside_aws.parts,
                more=beside_pinpoint.panels,
            ),
        ),
        Dashboard(
            "spend",
            gettext_lazy("Spend"),
            _page(
                breakdowns.forecast,
                breakdowns.money_days,
                breakdowns.money_countries,
                beside_aws.spent,
            ),
        ),
        Dashboard(
            "compliance",
            gettext_lazy("Consent"),
            _page(
                consent_panels.gained_and_lost,
                consent_panels.stops,
                breakdowns.blocked,
                breakdowns.answers,
            ),
        ),
        Dashboard(
            "engine",
            gettext_lazy("Engine"),
            _page(breakdowns.engine, breakdowns.latency, beside_aws.parts),
        ),
    )
}
