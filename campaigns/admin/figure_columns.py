"""The columns of the list of campaigns that say how each one's last run fared."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.views import ChangeList

from campaigns import run_figures
from campaigns.models import Campaign

FARED = "fared"  # what the list says of a campaign


class CampaignList(ChangeList):
    """Asks for the figures of the campaigns on the page, once for all of them."""

    counted_until: datetime | None = None

    def get_results(self, request: HttpRequest) -> None:
        """Put the figures beside the campaigns."""
        super().get_results(request)
        found = run_figures.last_runs([campaign.pk for campaign in self.result_list])
        self.counted_until = found.until
        for campaign in self.result_list:
            setattr(campaign, FARED, found.of.get(campaign.pk))


def figure(name: str, description: Any) -> Any:
    """Return a column with a figure of the last run; empty where there was none."""

    @admin.display(description=description)
    def column(_self: Any, campaign: Campaign) -> str | None:
        found: str | None = getattr(getattr(campaign, FARED, None), name, None)
        return found

    return column


class FigureColumns:
    """What people who come from elsewhere look for first."""

    people = figure("people", _("last run: people"))
    delivered = figure("delivered", _("delivered"))
    delivery_rate = figure("delivery_rate", _("delivery rate"))
    opt_outs = figure("opt_outs", _("opt-outs"))
