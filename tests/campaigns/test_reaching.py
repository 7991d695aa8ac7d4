import pytest

from campaigns import reaching
from contacts.models import Contact
from tests.campaigns.factories import ContactFactory

pytestmark = pytest.mark.django_db


def test_people_are_counted_by_the_country_of_their_numbers():
    # San Juan and toll-free numbers count as the US.
    for phone in ("+12125550100", "+12065550100", "+17875550100", "+18005550199"):
        ContactFactory(phone=phone)
    ContactFactory(phone="+14165550100")
    ContactFactory(phone="+447400123456")
    found = reaching.countries_of(Contact.objects.all())
    assert found == {"US": 4, "CA": 1, "GB": 1}
