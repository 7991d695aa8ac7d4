import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from compliance.models import Originator, TenDlcCampaign
from tests.compliance.factories import OriginatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered():
    return TenDlcCampaign.objects.create(name="C1ACME", parts_per_second=40)


@pytest.mark.parametrize(("own", "pace"), [(10, 10), (75, 40)])
def test_a_number_is_no_faster_than_its_10dlc_campaign(registered, own, pace):
    assert OriginatorFactory(parts_per_second=own, ten_dlc_campaign=registered).pace == pace


def test_only_10dlc_numbers_and_pools_belong_to_a_10dlc_campaign(registered):
    OriginatorFactory(kind="POOL", identity="pool-1", ten_dlc_campaign=registered)
    short = OriginatorFactory.build(kind="SHORT_CODE", ten_dlc_campaign=registered)
    with pytest.raises(ValidationError, match="Only 10DLC numbers"):
        short.full_clean()
    with pytest.raises(IntegrityError, match="only_ten_dlc_numbers"):
        short.save()


def test_a_10dlc_campaign_in_use_is_not_deleted(registered, admin_client):
    OriginatorFactory(ten_dlc_campaign=registered)
    url = f"/admin/compliance/tendlccampaign/{registered.pk}/delete/"
    answer = admin_client.post(url, {"post": "yes"})
    assert answer.status_code == 200
    assert Originator.objects.get().ten_dlc_campaign == registered
