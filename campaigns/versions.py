"""Keeping what each version of a campaign said, so that it can be read later."""

import json
from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from campaigns.models import Campaign, CampaignVersion, Treatment

FIELDS = (
    *("name", "program_id", "segment_id", "originator_id", "message_class", "body"),
    *("daily_limit", "total_limit", "messages_per_second", "expires_after_hours"),
    *("budget_usd", "max_audience", "holdout_percent", "timing", "event", "first_day", "clock"),
    *("zone", "everyones_own", "window_start", "window_end", "starts_at", "ends_at"),
    *("event_rules", "india_entity", "india_template"),
)
OF_TREATMENTS = ("name", "percent", "body", "india_template")


def keep(
    campaign: Campaign,
    user_id: int | None,
    written: dict[str, Any] | None = None,
    texts: dict[str, str] | None = None,
) -> CampaignVersion:
    """Keep a campaign as it is now, with its treatments; a version that was kept stays.

    `written` is what it was translated from, `texts` its texts in Liquid as they were before.
    Texts of earlier versions are remembered as well.
    """
    last = campaign.versions.order_by("-number").first()
    version, _created = CampaignVersion.objects.get_or_create(
        campaign=campaign,
        number=campaign.version,
        defaults={
            "content": content_of(campaign),
            "written": written,
            "texts": (last.texts if last else {}) | (texts or {}),
            "saved_by_id": user_id,
        },
    )
    return version


def content_of(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign's fields and treatments, ready for JSON."""
    fields = {name: getattr(campaign, name) for name in FIELDS}
    shares = list(campaign.treatments.order_by("pk").values("id", *OF_TREATMENTS))
    plain: dict[str, Any] = json.loads(json.dumps(fields, cls=DjangoJSONEncoder))
    return plain | {"treatments": shares}


def restored(version: CampaignVersion) -> tuple[Campaign, Sequence[Treatment]]:
    """Return a campaign and its treatments as they were; neither can be saved."""
    now = version.campaign
    # What was not there yet when it was kept is as it is by itself.
    there = version.content.keys() & {*FIELDS}
    fields = {name: _read(name, version.content[name]) for name in there}
    then = Campaign(**fields, status=now.status, version=version.number)
    return then, [Treatment(**one) for one in version.content["treatments"]]


def _read(name: str, value: Any) -> Any:
    field = Campaign._meta.get_field(name.removesuffix("_id"))
    return field.to_python(value)  # type: ignore[union-attr]
