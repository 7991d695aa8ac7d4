"""The one list of what texts go out from, and the page of each."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from analytics.models import HourlyFact
from analytics.models.facts import DELAYS
from campaigns.models import AwsIdentity
from compliance.models import Originator
from tests.campaigns.factories import NOON, CampaignFactory
from tests.compliance.factories import OriginatorFactory

pytestmark = pytest.mark.django_db
LIST = "admin:compliance_originator_changelist"
OLD = "admin:campaigns_awsidentity_"


def identity(**members):
    given = {"aws_id": "phone-1", "arn": "arn:1", "status": "ACTIVE", "read_at": NOON, **members}
    originator = given.pop("originator", None) or OriginatorFactory()
    return AwsIdentity.objects.create(originator=originator, **given)


def page(client, name=LIST, *args):
    return client.get(reverse(name, args=args)).content.decode()


def page_of(client, sender):
    return page(client, "admin:compliance_originator_change", sender.pk)


def test_the_list_says_what_a_number_is_and_costs(admin_client):
    identity(monthly_usd="1.50", capabilities=["SMS", "MMS"])
    shown = page(admin_client)
    assert "$1.50" in shown
    assert "SMS, MMS" in shown
    assert "in order" in shown


def test_the_list_says_where_to_and_who_answers_stop(admin_client):
    row = identity(capabilities=["SMS"], two_way=True, international=True)
    shown = page(admin_client)
    assert "SMS to US and abroad" in shown
    assert "AWS answers" in shown
    Originator.objects.update(self_managed_opt_outs=True)
    assert "Sendpoint answers" in page(admin_client)
    row.two_way = False
    row.save()
    assert "no answers come in" in page(admin_client)


def test_it_says_why_a_number_does_not_send(admin_client):
    identity(originator=OriginatorFactory(registered=False))
    identity(aws_id="phone-2", status="PENDING")
    shown = page(admin_client)
    assert "Not registered: US carriers block it." in shown
    assert "Not ready at AWS." in shown


def test_one_that_aws_does_not_tell_of_is_in_the_same_list(admin_client):
    OriginatorFactory(identity="+12065550177")
    shown = page(admin_client)
    assert "+12065550177" in shown
    assert "AWS does not tell of it" in shown


def test_what_aws_no_longer_has_comes_last(admin_client):
    gone = OriginatorFactory(identity="+12065550111")
    identity(originator=gone, status="DELETED", gone_at=NOON)
    identity(originator=OriginatorFactory(identity="+12065550122"), aws_id="phone-2")
    shown = page(admin_client)
    assert shown.index("+12065550122") < shown.index("+12065550111")


def test_a_campaign_that_the_engine_paused_is_the_numbers_health(admin_client):
    row = identity()
    CampaignFactory(originator=row.originator, status="paused", paused_because="Carriers blocked 9")
    assert "Carriers blocked 9" in page(admin_client)
    assert "Carriers blocked 9" in page_of(admin_client, row.originator)


def test_the_list_takes_the_same_queries_for_many(admin_client, django_assert_max_num_queries):
    for n in range(5):
        identity(aws_id=f"phone-{n}")
    OriginatorFactory()
    with django_assert_max_num_queries(12):
        page(admin_client)


def test_one_page_tells_everything_of_a_number(admin_client):
    row = identity(two_way=True, two_way_channel="arn:aws:sns:us-east-1:1:answers")
    shown = page_of(admin_client, row.originator)
    assert "arn:aws:sns:us-east-1:1:answers" in shown
    assert "Keywords that AWS answers" in shown
    assert "Nothing was sent from it." in shown


def test_the_page_writes_status_and_times_as_people_do(admin_client):
    shown = page_of(admin_client, identity(since=NOON).originator)
    assert "Status active" in " ".join(re.sub("<[^>]*>", " ", shown).split())
    assert shown.count("24 Nov 2026, 12:00") == 2


def test_the_page_of_one_that_aws_never_told_of_says_so_and_is_written_whole(admin_client):
    sender = OriginatorFactory(identity="+12065550177")
    shown = page_of(admin_client, sender)
    assert "it was entered by hand" in shown
    assert 'name="identity"' in shown
    assert "Keywords that AWS answers" not in shown


def test_the_page_counts_the_texts_of_the_last_seven_days(admin_client):
    row, now = identity(), timezone.now()
    facts = {"originator": row.originator, "delays": [0] * (len(DELAYS) + 1)}
    HourlyFact.objects.create(
        hour=now - timedelta(hours=3), attempted=1200, sent=1000, delivered=900, failed=100, **facts
    )
    HourlyFact.objects.create(hour=now - timedelta(days=9), attempted=5, sent=5, **facts)
    shown = page_of(admin_client, row.originator)
    assert "1,200" in shown
    assert "900 (90.0 %)" in shown


def test_the_page_of_a_number_names_the_campaigns_to_be_sent_from_it(admin_client):
    row = identity()
    CampaignFactory(name="Spring", originator=row.originator)
    CampaignFactory(name="Past", originator=row.originator, status="completed")
    shown = page_of(admin_client, row.originator)
    assert "Spring" in shown
    assert "Past" not in shown


def test_what_aws_says_is_not_written_here_and_what_people_decide_is(admin_client):
    row = identity()
    sender = row.originator
    given = {
        "label": "Shop", "parts_per_second": 5, "identity": "+19999999999", "kind": "TOLL_FREE",
        "message_class": sender.message_class, "country": "GB",
    }  # fmt: skip
    admin_client.post(reverse("admin:compliance_originator_change", args=[sender.pk]), given)
    kept = Originator.objects.get(pk=sender.pk)
    assert (kept.label, kept.active, kept.parts_per_second) == ("Shop", False, 5)
    assert (kept.identity, kept.kind, kept.country) == (sender.identity, sender.kind, "US")


def test_a_pools_pace_is_that_of_its_numbers(admin_client):
    pool = OriginatorFactory(kind="POOL", identity="pool-1", parts_per_second=50)
    identity(originator=pool)
    given = {"label": "", "active": "on", "parts_per_second": 900}
    admin_client.post(reverse("admin:compliance_originator_change", args=[pool.pk]), given)
    pool.refresh_from_db()
    assert pool.parts_per_second == 50


def test_the_class_of_a_sender_id_is_ours_to_say(admin_client):
    sender = OriginatorFactory(kind="SENDER_ID", identity="ACME", country="DE")
    identity(originator=sender)
    assert 'name="message_class"' in page_of(admin_client, sender)


def test_old_addresses_lead_to_the_sender(admin_client):
    row = identity()
    for page_name, args in (("changelist", []), ("change", [row.pk]), ("history", [row.pk])):
        answer = admin_client.get(reverse(OLD + page_name, args=args), follow=True)
        assert answer.status_code == 200
        assert answer.redirect_chain[0][0].startswith("/admin/compliance/originator/")
    answer = admin_client.get(reverse(OLD + "change", args=[999]))
    assert answer.url == reverse(LIST)


def test_one_history_holds_what_was_done_here_and_at_aws(admin_client):
    row, boss = identity(), User.objects.get(username="admin")
    LogEntry.objects.log_actions(boss.pk, [row], CHANGE, "Tag team. Request 1.", single_object=True)
    LogEntry.objects.log_actions(
        boss.pk, [row.originator], CHANGE, "Renamed.", single_object=True
    )  # fmt: skip
    other = identity(aws_id="phone-2")
    LogEntry.objects.log_actions(boss.pk, [other], CHANGE, "Not mine.", single_object=True)
    shown = page(admin_client, "admin:compliance_originator_history", row.originator_id)
    assert "Tag team. Request 1." in shown
    assert "Renamed." in shown
    assert "Not mine." not in shown


def test_who_may_only_look_sees_the_page_without_its_buttons(client):
    row = identity(
        keywords=[{"word": "HELP", "message": "Write us", "action": "AUTOMATIC_RESPONSE"}]
    )
    looker = User.objects.create_user("looker", is_staff=True)
    looker.groups.add(Group.objects.get(name="Analyst"))
    client.force_login(looker)
    shown = page_of(client, row.originator)
    assert "Write us" in shown
    assert "Protect from release" not in shown
    assert 'name="label"' not in shown
    assert "Request a number" not in page(client)
