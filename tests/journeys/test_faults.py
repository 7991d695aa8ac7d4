"""A real worker, a real broker and AWS that errs: every nudge may be lost or come twice, two beats
nudge at once, and AWS answers late, twice, with errors or not at all after accepting. Nobody gets
two texts, nobody is lost."""

import random
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from celery.app.task import Task
from celery.contrib.testing.worker import start_worker
from django.conf import settings as configured
from django.db import connection

from campaigns import pacing, runs, tasks
from campaigns.models import Campaign, Run
from config.celery import app
from config.local.environment import simulated_aws
from pinpoint.clients import sms_client
from tests import simulated
from tests.campaigns.factories import CampaignFactory, ContactFactory, opted_in
from tests.journeys.campaign import STATES, SURE
from tests.stack import daytime_zone, get_json, wait_for

PEOPLE = 240
NUMBER = "+12065550100"
AWS = SURE | {
    # AWS takes less than we think: it throttles.
    "account": {
        "numbers": [
            {
                "number": NUMBER,
                "number_id": "phone-1",
                "number_type": "TEN_DLC",
                "message_type": "PROMOTIONAL",
                "parts_per_second": 60,
            }
        ]
    },
    "latency_ms": 20.0,
    "delays": {"least": 0.0, "most": 1.0},
    "faults": {
        "close_after_accept": 0.04,
        "error_after_accept": 0.04,
        "server_error": 0.04,
        "slow_answer": 0.04,
        "slow_answer_ms": 1500.0,  # longer than our patience
    },
    "rates": SURE["rates"] | {"duplicate": 0.3, "republished": 0.2, "out_of_order": 0.3},
}


@pytest.fixture
def aws(tmp_path, live_server, settings, monkeypatch):
    """Start a simulator whose notifications come to this process."""
    running = []

    def start(seed):
        process, url, _ = simulated.start(tmp_path, f"{live_server.url}/aws/sns/", AWS, seed=seed)
        running.append(process)
        given = simulated_aws(int(url.rpartition(":")[2]))
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        settings.SNS_EXTRA_ORIGIN = url
        settings.SNS_TOPIC_ARNS = given["SNS_TOPIC_ARNS"].split(",")
        settings.AWS_READ_TIMEOUT_SECONDS = 1.0
        settings.SEND_CONCURRENCY = 16
        settings.BREAKER_ERROR_PERCENT = 100
        sms_client.cache_clear()
        return url

    yield start
    sms_client.cache_clear()
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def nudges(monkeypatch):
    """Let every nudge, whoever gives it, be lost, come once, or come twice."""
    found = Counter()

    def start(chance):
        really = Task.apply_async

        def perhaps(task, *arguments, **how):
            times = chance.choices((0, 1, 2), (1, 1, 2))[0]
            found[times] += 1
            for _ in range(times):
                really(task, *arguments, **how)

        monkeypatch.setattr(Task, "apply_async", perhaps)
        monkeypatch.setattr(tasks, "DISPATCH_SECONDS", 1.0)
        return found

    return start


@contextmanager
def meanwhile(*works):
    """Repeat some pieces of work, each in a thread of its own."""
    stop = threading.Event()

    def repeat(work, seconds):
        try:
            while not stop.wait(seconds):
                work()
        finally:
            connection.close()

    threads = [threading.Thread(target=repeat, args=work) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def beat():
    """Give every nudge that beat gives every few seconds."""
    for name, entry in configured.CELERY_BEAT_SCHEDULE.items():
        if name.startswith("campaigns.") and float(entry["schedule"]) <= 5:
            app.tasks[name].apply_async(expires=2)


def lose_the_queue():
    """Flush what no worker has taken yet."""
    pacing.connection().delete("celery")


def scheduled():
    """Make a campaign whose one run is due now."""
    people = ContactFactory.build_batch(PEOPLE, timezone=daytime_zone())
    ContactFactory._meta.model.objects.bulk_create(people)
    now = datetime.now(UTC)
    campaign = CampaignFactory(
        body="Acme: hello. Reply STOP to opt out.",
        originator__identity=NUMBER,
        originator__parts_per_second=80,
        # No cap shall hide a text that went twice.
        daily_limit=100,
        total_limit=100,
        status="scheduled",
        timing="once",
        zone="UTC",
        first_day=(now - timedelta(minutes=1)).date(),
        clock=(now - timedelta(minutes=1)).time(),
        next_run_at=now,
    )
    opted_in(campaign.program, *(person.phone for person in people))
    return campaign


def totals(campaign):
    """Return the counts; they add up whenever somebody looks."""
    (found,) = runs.totals([campaign.pk])
    assert sum(found[name] for name in STATES) == found["audience"], found
    return found


def accepted(url):
    return get_json(f"{url}/_simulator/messages?{urlencode({'limit': 10_000})}")["messages"]


def holds(url, campaign):
    """Hold everybody's state against AWS's own log, when all has ended."""
    texted = Counter(text["destination"] for text in accepted(url))
    end = totals(campaign)
    assert set(texted.values()) == {1}
    assert Run.objects.filter(campaign=campaign).count() == 1
    assert end["audience"] == PEOPLE
    # Every receipt found its text, and who is unclear was never accepted by AWS.
    assert end["delivered"] == len(texted)
    assert end["delivered"] + end["unknown"] == PEOPLE
    assert 0 < end["unknown"] < PEOPLE / 5


def run_through(aws, nudges, seed):
    chance = random.Random(seed)
    pacing.connection().flushdb()
    url = aws(seed)
    campaign = scheduled()
    counted = nudges(chance)
    worker = start_worker(
        app, pool="threads", concurrency=6, perform_ping_check=False, loglevel="CRITICAL"
    )
    with worker, meanwhile((beat, 0.3), (beat, 0.3), (lose_the_queue, 0.7)):
        wait_for(
            lambda: (
                totals(campaign)["status"] == Campaign.Status.COMPLETED
                and totals(campaign)["delivered"] == len(accepted(url))
            ),
            60,
            lambda: str(totals(campaign)),
        )
        time.sleep(1)  # nudges go on coming after the end
    assert min(counted[times] for times in (0, 1, 2)) > 0
    holds(url, campaign)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_lost_and_doubled_nudges_and_an_aws_that_errs_text_nobody_twice(aws, nudges):
    run_through(aws, nudges, seed=1)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", random.sample(range(1_000_000), 20))
def test_it_holds_for_any_seed(aws, nudges, seed):
    run_through(aws, nudges, seed)
