import pytest
from django.urls import reverse

from campaigns.models import AwsIdentity
from tests.campaigns.factories import NOON, CampaignFactory
from tests.compliance.factories import OriginatorFactory

pytestmark = pytest.mark.django_db
LIST = "admin:campaigns_awsidentity_changelist"


def identity(**members):
    given = {"aws_id": "phone-1", "arn": "arn:1", "status": "ACTIVE", "read_at": NOON, **members}
    originator = given.pop("originator", None) or OriginatorFactory()
    return AwsIdentity.objects.create(originator=originator, **given)


def page(client):
    return client.get(reverse(LIST)).content.decode()


def test_the_list_says_what_a_number_is_and_costs(admin_client):
    identity(monthly_usd="1.50", capabilities=["SMS", "MMS"])
    shown = page(admin_client)
    assert "$1.50" in shown
    assert "SMS, MMS" in shown
    assert "in order" in shown


def test_it_says_why_a_number_does_not_send(admin_client):
    identity(originator=OriginatorFactory(registered=False))
    identity(aws_id="phone-2", status="PENDING")
    shown = page(admin_client)
    assert "Not registered: US carriers block it." in shown
    assert "Not ready at AWS." in shown


def test_a_campaign_that_the_engine_paused_is_the_numbers_health(admin_client):
    row = identity()
    CampaignFactory(originator=row.originator, status="paused", paused_because="Carriers blocked 9")
    assert "Carriers blocked 9" in page(admin_client)


def test_the_list_takes_the_same_queries_for_many(admin_client, django_assert_max_num_queries):
    for n in range(5):
        identity(aws_id=f"phone-{n}")
    with django_assert_max_num_queries(12):
        page(admin_client)


def test_one_page_tells_everything_of_a_number(admin_client):
    row = identity(two_way=True, two_way_channel="arn:aws:sns:us-east-1:1:answers")
    address = reverse("admin:campaigns_awsidentity_change", args=[row.pk])
    assert "arn:aws:sns:us-east-1:1:answers" in admin_client.get(address).content.decode()


def test_the_page_of_a_number_names_the_campaigns_to_be_sent_from_it(admin_client):
    row = identity()
    CampaignFactory(name="Spring", originator=row.originator)
    CampaignFactory(name="Past", originator=row.originator, status="completed")
    shown = admin_client.get(reverse("admin:campaigns_awsidentity_change", args=[row.pk]))
    assert "Spring" in shown.content.decode()
    assert "Past" not in shown.content.decode()
