"""GetApplicationDateRangeKpi and GetCampaignDateRangeKpi: our figures by Pinpoint's names."""

from collections.abc import Sequence
from typing import Any

from analytics import pinpoint_kpis
from analytics.pinpoint_kpis import Asked, NotAnswered, Row
from campaigns.models import Campaign
from config.pinpoint_api.calls import Answer, Call
from pinpoint.v1_api.errors import BadRequest, NotFound


def get_application_date_range_kpi(call: Call) -> Answer:
    """Return a figure of an application."""
    return {"ApplicationDateRangeKpiResponse": _answer(call, program_id=call.program.pk)}


def get_campaign_date_range_kpi(call: Call) -> Answer:
    """Return a figure of a campaign."""
    identifier = call.params["CampaignId"]
    found = Campaign.objects.filter(program=call.program, pinpoint_id=identifier).first()
    if found is None:
        raise NotFound(f"The application has no campaign {identifier}.")
    answer = _answer(call, program_id=call.program.pk, campaign_id=found.pk)
    return {"CampaignDateRangeKpiResponse": {"CampaignId": identifier, **answer}}


def _answer(call: Call, **whose: int) -> dict[str, Any]:
    name = str(call.params["KpiName"])
    try:
        asked = Asked.within_limits(
            call.params.get("StartTime"), call.params.get("EndTime"), call.now, kept=None, **whose
        )
        rows = pinpoint_kpis.rows(name, asked)
    except NotAnswered as no:
        raise BadRequest(str(no)) from no
    return {
        "ApplicationId": call.program.application_id,
        "KpiName": name,
        "StartTime": asked.start,
        "EndTime": asked.end,
        "KpiResult": {"Rows": _rows(name, rows)},
    }


def _rows(name: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
    kpi = pinpoint_kpis.EVERY[name]
    if kpi.by is pinpoint_kpis.CAMPAIGN:
        keys = [row.group for row in rows]
        named = {str(one.pk): one.pinpoint_id for one in Campaign.objects.filter(pk__in=keys)}
        rows = [Row(row.value, named.get(row.group, row.group)) for row in rows]
    return [
        {
            "GroupedBys": [_cell(kpi.by.key, "String", row.group)] if kpi.by else [],
            "Values": [_cell(kpi.key, "Double", f"{row.value}")],
        }
        for row in rows
    ]


def _cell(key: str, kind: str, value: str) -> dict[str, str]:
    return {"Key": key, "Type": kind, "Value": value}
