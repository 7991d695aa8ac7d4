"""`GET /metrics`: for Prometheus, with the token of METRICS_TOKEN as bearer."""

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from campaigns import progress

LABELS = ("campaign", "originator")


class Sending(Collector):
    """Asks the database at each scrape, so that every web process says the same."""

    def collect(self) -> Iterator[Metric]:
        """Yield how each campaign that is being sent or held goes."""
        now = timezone.now()
        families = {
            "parts_per_second": _gauge("parts_per_second", "Message parts handed to AWS a second"),
            "limit": _gauge("limit_parts_per_second", "What may be handed to AWS a second"),
            "backlog": _gauge("backlog_messages", "Texts that wait"),
            "due": _gauge("due_messages", "Texts that wait and whose time has come"),
        }
        age = _gauge("oldest_due_seconds", "How long the text that waits longest has been due")
        left = _gauge("seconds_to_end", "Seconds until what is due has gone, at this rate")
        for one in progress.standing(now):
            labels = (str(one.campaign_id), one.originator)
            for name, family in families.items():
                family.add_metric(labels, getattr(one, name))
            since = one.oldest_due_at
            age.add_metric(labels, (now - since).total_seconds() if since else 0)
            if end := one.ends_at(now):
                left.add_metric(labels, (end - now).total_seconds())
        yield from (*families.values(), age, left)


def _gauge(name: str, words: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"sendpoint_{name}", words, labels=LABELS)


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the metrics; 404 where no token is set, 401 to a wrong one."""
    token = settings.METRICS_TOKEN
    if not token:
        return HttpResponse("METRICS_TOKEN is not set.\n", status=404, content_type="text/plain")
    given = request.headers.get("Authorization", "")
    if not secrets.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return HttpResponse(
            "A bearer token is needed.\n",
            status=401,
            content_type="text/plain",
            headers={"WWW-Authenticate": "Bearer"},
        )
    registry = CollectorRegistry()
    registry.register(Sending())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
