"""CloudWatch, as far as texts are counted there: GetMetricData and ListMetrics, in AWS JSON 1.0."""

import functools
import json
import re
import time
from typing import Any

import botocore.session
from aiohttp import web
from botocore.model import ServiceModel

from pinpoint.model_checks import problems

from .errors import AwsError
from .metrics import NAMESPACE, STATISTICS, Dimensions, Key, Metrics

TARGET_PREFIX = "GraniteServiceVersion20100801"
CONTENT_TYPE = "application/x-amz-json-1.0"
SHAPES = "com.amazonaws.cloudwatch"
SIGNATURE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/,\s]+/\d{8}/[a-z0-9-]+/monitoring/aws4_request,\s*"
    r"SignedHeaders=[^,\s]+,\s*Signature=[0-9a-f]{64}"
)
ID = re.compile("[a-z][a-zA-Z0-9_]*")
SHORT_PERIODS = (1, 5, 10, 20, 30)
MOST_METRICS = 500  # of an answer of ListMetrics, or of a request of GetMetricData
MOST_VALUES = 100_800

Members = dict[str, Any]


class CloudWatch:
    """Answers from what the simulator sent."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._by_name = {"GetMetricData": self._data, "ListMetrics": self._list}

    def answer(self, request: web.Request, body: bytes, request_id: str) -> web.Response:
        """Answer a request of this service, refusals too."""
        headers = {"x-amzn-RequestId": request_id}
        try:
            operation, members = _admit(request, body)
            found, status = self._by_name[operation](members), 200
            _hold(operation, found)
        except AwsError as error:
            found, status = error.body(), error.status
            headers["x-amzn-query-error"] = f"{error.code};Sender"
        text = json.dumps(found)
        return web.Response(text=text, status=status, content_type=CONTENT_TYPE, headers=headers)

    def _data(self, request: Members) -> Members:
        start, end = request["StartTime"], request["EndTime"]
        if start >= end:
            raise _refusal("ValidationError", "The parameter StartTime must be before EndTime.")
        queries = request["MetricDataQueries"]
        names = [query["Id"] for query in queries]
        if len(queries) > MOST_METRICS or len(set(names)) < len(names):
            raise _refusal("ValidationError", f"At most {MOST_METRICS} metrics, each Id once.")
        if wrong := [name for name in names if not ID.fullmatch(name)]:
            raise _refusal("ValidationError", f"The Id {wrong[0]} must begin with a small letter.")
        oldest_first = request.get("ScanBy") == "TimestampAscending"
        results = [
            self._result(query, start, end, oldest_first)
            for query in queries
            if query.get("ReturnData", True)
        ]
        return {"MetricDataResults": results, "Messages": []}

    def _result(self, query: Members, start: float, end: float, oldest_first: bool) -> Members:
        wanted = query.get("MetricStat")
        if wanted is None:
            raise _refusal("ValidationError", "Expressions are not simulated.")
        if wanted["Stat"] not in STATISTICS:
            raise _refusal("ValidationError", f"{wanted['Stat']} is not simulated.")
        period, metric = wanted["Period"], wanted["Metric"]
        if period % 60 and period not in SHORT_PERIODS:
            raise _refusal("ValidationError", f"The period {period} is not a multiple of 60.")
        if (end - start) / period > MOST_VALUES:
            raise _refusal("ValidationError", "These are more values than CloudWatch returns.")
        ours = metric.get("Namespace") == NAMESPACE
        now = time.time()
        found = self._metrics.values(_key(metric), start, end, period, now) if ours else {}
        ordered = sorted(found, reverse=not oldest_first)
        values = [found[moment].statistic(wanted["Stat"]) for moment in ordered]
        return {
            "Id": query["Id"],
            "Label": query.get("Label", metric.get("MetricName", "")),
            "Timestamps": ordered,
            "Values": values,
            "StatusCode": "Complete",
        }

    def _list(self, request: Members) -> Members:
        """Return what matches; AWS too lists what has had a value."""
        wanted = request.get("Dimensions", [])
        found = [
            _described(key)
            for key in sorted(self._metrics.known(time.time()))
            if request.get("Namespace", NAMESPACE) == NAMESPACE
            and request.get("MetricName", key[0]) == key[0]
            and all(_has(key[1], one) for one in wanted)
        ]
        try:
            first = int(request.get("NextToken") or 0)
        except ValueError:
            raise _refusal("InvalidParameterValue", "NextToken is not of this list.") from None
        last = first + MOST_METRICS
        more = {"NextToken": str(last)} if last < len(found) else {}
        return {"Metrics": found[first:last], **more}


def _key(metric: Members) -> Key:
    of = sorted((one["Name"], one["Value"]) for one in metric.get("Dimensions", []))
    return metric.get("MetricName", ""), tuple(of)


def _described(key: Key) -> Members:
    name, of = key
    dimensions = [{"Name": kind, "Value": value} for kind, value in of]
    return {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": dimensions}


def _has(of: Dimensions, wanted: Members) -> bool:
    return any(kind == wanted["Name"] and wanted.get("Value", it) == it for kind, it in of)


def _admit(request: web.Request, body: bytes) -> tuple[str, Members]:
    """Check everything that does not depend on what was counted."""
    if not SIGNATURE.fullmatch(request.headers.get("Authorization", "")):
        raise _refusal("UnrecognizedClientException", "Not signed for monitoring.", 403)
    operation = request.headers["X-Amz-Target"].partition(".")[2]
    if operation not in ("GetMetricData", "ListMetrics"):
        raise _refusal("UnknownOperationException", f"{operation} is not simulated.")
    try:
        members = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise _refusal("SerializationException", "The request is not JSON.") from error
    shape = _model().operation_model(operation).input_shape
    if shape and (found := list(problems(shape, members))):
        said = "; ".join(f"{member}: {problem}" for _, member, problem in found)
        raise _refusal("ValidationError", said)
    return operation, members


def _hold(operation: str, answer: Members) -> None:
    """Raise ValueError unless the model allows this answer: a mistake of the simulator's own."""
    shape = _model().operation_model(operation).output_shape
    if shape and (found := list(problems(shape, answer))):
        raise ValueError(f"{operation} would answer what the model forbids: {found}")


def _refusal(code: str, message: str, status: int = 400) -> AwsError:
    return AwsError(code, message, status=status, namespace=SHAPES)


@functools.cache
def _model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("cloudwatch")
