"""Our opt-outs and AWS's lists, against the simulator over HTTP."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.config import Config
from django.utils import timezone

from compliance import erasure, list_checks, mirroring, opt_outs
from compliance.models import LedgerEntry, ListCheck, ListedNumber, Suppression
from pinpoint.opt_out_lists import ListError, OptedOut, OptOutLists, Trouble
from tests.compliance.acts import no
from tests.compliance.factories import OriginatorFactory
from tests.stack import ROOT, wait_for

pytestmark = pytest.mark.django_db
ANA, BEN = "+12125550111", "+12125550112"
LISTS = [f"list-{n}" for n in range(60)]  # more than an account can make; one or two a test
UNUSED = iter(LISTS)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A client of a simulator in its own process."""
    folder = tmp_path_factory.mktemp("simulator")
    (folder / "config.json").write_text(json.dumps({"account": {"opt_out_lists": LISTS}}))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            sys.executable, "-m", "pinpoint.simulator", "--port", str(port),
            "--state-dir", str(folder / "state"), "--deliver-to", "http://127.0.0.1:9/sns",
            "--config", str(folder / "config.json"),
        ],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def healthy():
        try:
            with urllib.request.urlopen(f"{address}/_simulator/health") as answer:
                return json.load(answer)["status"] == "ok"
        except OSError:
            return False

    wait_for(healthy, 20)
    made = boto3.client(
        "pinpoint-sms-voice-v2",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5),
    )
    yield made
    made.close()
    process.terminate()
    process.wait(10)


@pytest.fixture
def name():
    """A list of this test's own, with an originator that uses it."""
    unused = next(UNUSED)
    OriginatorFactory(opt_out_list=unused, self_managed_opt_outs=False)
    return unused


@pytest.fixture
def aws(client):
    return OptOutLists(client)


def stop(phone, at=None):
    opt_outs.opt_out(
        phone,
        source=LedgerEntry.Source.KEYWORD,
        happened_at=at or timezone.now(),
        evidence={"text": "STOP"},
    )


def start(phone, at=None):
    opt_outs.opt_in_again(phone, happened_at=at or timezone.now(), evidence={"text": "START"})


def push(aws, now=None, seconds=5):
    moment = now or timezone.now() + timedelta(seconds=1)
    mirroring.note_new(moment)
    return mirroring.push(
        aws, until=time.monotonic() + seconds, now=lambda: moment, sleep=lambda s: None
    )


def check(aws, now=None, seconds=5):
    moment = now or timezone.now()
    list_checks.check_due(
        aws, until=time.monotonic() + seconds, now=lambda: moment, sleep=lambda s: None
    )
    return ListCheck.objects.order_by("-pk").first()


def listed(aws, name):
    found, token = aws.page(name)
    while token:
        more, token = aws.page(name, token)
        found += more
    return {one.phone: one for one in found}


def test_an_opt_out_goes_onto_awss_list(aws, name):
    stop(ANA)
    assert push(aws) == 1
    assert listed(aws, name)[ANA].end_user is False
    assert push(aws) == 0


def test_opt_outs_by_import_and_form_go_there_too(aws, name):
    no(ANA, source=LedgerEntry.Source.IMPORT)
    no(BEN, source=LedgerEntry.Source.WEB_FORM)
    push(aws)
    assert set(listed(aws, name)) == {ANA, BEN}


def test_who_only_left_promotional_texts_does_not(aws, name):
    no(ANA, scope="marketing")
    assert push(aws) == 0


def test_every_list_in_use_gets_it(aws, name):
    OriginatorFactory(opt_out_list=next(UNUSED))
    OriginatorFactory(opt_out_list="")
    stop(ANA)
    assert push(aws) == 2


def test_a_list_of_self_managed_numbers_waits_until_the_confirmation_is_out(aws, name):
    OriginatorFactory(opt_out_list=name, self_managed_opt_outs=True)
    stop(ANA)
    assert push(aws) == 0
    assert push(aws, timezone.now() + mirroring.ROOM_TO_CONFIRM * 2) == 1


def test_a_start_takes_the_number_off(aws, name):
    stop(ANA)
    push(aws)
    start(ANA)
    push(aws)
    assert listed(aws, name) == {}


def test_a_number_is_not_removed_twice_within_30_days(aws, name):
    now = timezone.now()
    for act in (stop, start, stop, start):
        act(ANA)
        push(aws)
    assert list(listed(aws, name)) == [ANA]
    row = ListedNumber.objects.get()
    assert (row.known, row.wanted) == (True, False)
    assert row.due_at > now + timedelta(days=29)


def test_what_aws_refuses_because_of_that_does_not_undo_the_start(aws, name):
    for act in (stop, start, stop, start):
        act(ANA)
        push(aws)
    opt_outs.refused_by_aws(ANA, happened_at=timezone.now(), evidence={"answer": "OPTED_OUT"})
    assert not Suppression.objects.filter(phone=ANA).exists()


def test_an_opt_in_by_form_removes_nothing_from_awss_list(aws, name):
    stop(ANA)
    push(aws)
    Suppression.objects.all().delete()
    push(aws)
    assert list(listed(aws, name)) == [ANA]


class Failing:
    """A list that answers with one error so many times."""

    def __init__(self, trouble, times=1):
        self.error, self.left, self.calls = ListError(trouble, "SOME_REASON"), times, 0

    def put(self, name, phone):
        self.calls += 1
        if self.left:
            self.left -= 1
            raise self.error


def test_what_aws_did_not_take_is_tried_again_later(name):
    stop(ANA)
    aws, now = Failing(Trouble.AGAIN), timezone.now() + timedelta(seconds=1)
    push(aws, now)
    row = ListedNumber.objects.get()
    assert (row.known, row.attempts, row.error) == (None, 1, "SOME_REASON")
    push(aws, now)
    assert aws.calls == 1
    push(aws, now + timedelta(minutes=1))
    row.refresh_from_db()
    assert (row.known, row.attempts, aws.calls) == (True, 0, 2)


def test_what_aws_refuses_for_good_is_never_dropped(name):
    stop(ANA)
    aws, now = Failing(Trouble.REFUSED, times=30), timezone.now()
    for day in range(1, 20):
        push(aws, now + timedelta(days=day))
    assert ListedNumber.objects.filter(known=None, wanted=True).count() == 1


def test_without_access_it_stops_asking(name):
    stop(ANA)
    stop(BEN)
    aws = Failing(Trouble.HALTED, times=9)
    push(aws)
    assert aws.calls == 1


def test_a_start_that_comes_while_aws_is_told_leaves_the_row_undone(name):
    class Interrupted(Failing):
        def put(self, name, phone):
            start(phone)

    stop(ANA)
    aws = Interrupted(Trouble.AGAIN)
    aws.remove = lambda name, phone: None
    mirroring.note_new(timezone.now())
    row = ListedNumber.objects.get()
    mirroring._tell(aws, row, timezone.now())
    row.refresh_from_db()
    assert (row.wanted, row.known) == (False, None)


def test_it_keeps_to_ten_calls_a_second(name):
    for n in range(5):
        stop(f"+121255502{n:02d}")
    slept = []
    mirroring.note_new(timezone.now())
    later = timezone.now() + timedelta(seconds=1)
    mirroring.push(
        Failing(Trouble.AGAIN, 0), until=time.monotonic() + 5, now=lambda: later, sleep=slept.append
    )
    assert slept == [0.1] * 5


def test_a_check_learns_what_only_aws_knows(aws, name):
    aws.put(name, ANA)
    found = check(aws)
    assert (found.seen, found.learned) == (1, 1)
    entry = LedgerEntry.objects.get()
    assert (entry.source, entry.evidence["list"]) == ("carrier", name)
    assert opt_outs.is_opted_out(ANA)
    assert push(aws) == 0


def test_a_check_puts_back_what_aws_lost(aws, name, client):
    stop(ANA)
    push(aws)
    client.delete_opted_out_number(OptOutListName=name, OptedOutNumber=ANA)
    found = check(aws, timezone.now() + timedelta(seconds=5))
    assert found.missing == 1
    push(aws, timezone.now() + timedelta(seconds=9))
    assert list(listed(aws, name)) == [ANA]


def test_a_check_finds_opt_outs_that_no_row_was_written_for(aws, name):
    stop(ANA)
    mirroring.note_new(timezone.now())
    ListedNumber.objects.all().delete()
    stop(BEN)
    mirroring.note_new(timezone.now())
    ListedNumber.objects.filter(phone=ANA).delete()
    assert check(aws).missing == 1
    assert ListedNumber.objects.filter(phone=ANA).exists()


def test_a_check_does_not_undo_a_later_start(aws, name):
    stop(ANA)
    push(aws)
    start(ANA)
    assert check(aws).learned == 0
    assert not opt_outs.is_opted_out(ANA)


def test_a_stop_at_aws_after_the_start_counts(name):
    start(ANA, datetime(2026, 11, 1, tzinfo=UTC))

    class Later:
        def page(self, name, token):
            return [OptedOut(ANA, datetime(2026, 11, 2, tzinfo=UTC), True)], ""

    assert check(Later()).learned == 1
    assert opt_outs.is_opted_out(ANA)


def test_a_check_reads_every_page_and_goes_on_where_it_ended(aws, name):
    for n in range(250):
        aws.put(name, f"+1212555{n:04d}")
    check(aws, seconds=0)  # no time for a page
    found = check(aws)
    assert (found.seen, found.learned) == (250, 250)
    assert ListCheck.objects.count() == 1


def test_a_list_is_checked_once_a_day(aws, name):
    now = timezone.now()
    first = check(aws, now)
    assert check(aws, now + timedelta(hours=23)) == first
    assert check(aws, now + timedelta(hours=25)) != first


def test_a_check_that_fails_says_so_and_goes_on_later(name):
    class Throttled:
        def page(self, name, token):
            raise ListError(Trouble.AGAIN, "ThrottlingException")

    found = check(Throttled())
    assert (found.finished_at, found.error) == (None, "ThrottlingException")


def test_an_erased_person_is_not_kept_by_a_check(aws, name, admin_user):
    aws.put(name, ANA)
    stop(ANA)
    erasure.erase(ANA, admin_user)
    found = check(aws)
    assert (found.seen, found.learned) == (1, 0)
    assert not ListedNumber.objects.filter(phone=ANA).exists()


def test_both_pages_show_in_the_admin(admin_client, aws, name):
    stop(ANA)
    mirroring.note_new(timezone.now())
    check(aws)
    for page in ("listednumber", "listcheck"):
        words = admin_client.get(f"/admin/compliance/{page}/").content.decode()
        assert name in words
    assert ANA in admin_client.get("/admin/compliance/listednumber/?state=differs").content.decode()


def test_the_lists_of_the_account_are_named(aws, name):
    assert name in aws.names()


def test_a_second_list_of_that_name_is_refused(aws, name):
    with pytest.raises(ListError, match="RESOURCE_ALREADY_EXISTS"):
        aws.create(name)


def test_a_list_that_is_not_there_halts(aws):
    with pytest.raises(ListError) as caught:
        aws.put("no-such-list", ANA)
    assert caught.value.trouble is Trouble.HALTED


def test_removing_who_is_not_there_is_as_good_as_done(aws, name):
    aws.remove(name, ANA)
