import pytest

from compliance.registering import doubts
from tests.pinpoint.contract import forms


def plain(values, **over):
    both = {**values, **over}
    return {path: ",".join(said) if isinstance(said, list) else said for path, said in both.items()}


GOOD = plain(
    forms.CAMPAIGN,
    **{
        "campaignInfo.optInWorkflow": "At https://acme.example/join people tick a box beside: up "
        "to 4 msgs a month, msg & data rates may apply, HELP for help, STOP to end."
    },
)


def codes(values, brand="ACME", **others):
    return {one.code for one in doubts(values, brand, others)}


def test_a_campaign_in_order_raises_no_doubt():
    assert doubts(GOOD, "ACME") == []


@pytest.mark.parametrize(
    ("path", "said", "code"),
    [
        ("messageSamples.messageSample1", "20% off shirts. Reply STOP to end.", "601"),
        ("messageSamples.messageSample1", "ACME: bit.ly/shirts STOP to end.", "601"),
        ("messageSamples.messageSample1", "ACME: see https://shirts.test/x STOP to end.", "603"),
        ("messageSamples.messageSample1", "ACME: shirts are here again.", "806"),
        ("messageSamples.messageSample2", "ACME: cannabis gummies. STOP to end.", "701"),
        ("messageSamples.messageSample2", "ACME casino bonus tonight. STOP to end.", "704"),
        ("campaignUseCase.useCase", "DELIVERY_NOTIFICATION", "602"),
        ("campaignInfo.optInMessage", "ACME: welcome to our texts!", "611"),
        ("campaignInfo.optInWorkflow", "People tick a box when they buy something.", "804"),
        ("campaignInfo.campaignName", "We send offers on behalf of shops to people.", "710"),
    ],
)
def test_the_commonest_reasons_to_decline_are_said_before(path, said, code):
    assert code in codes({**GOOD, path: said})


def test_a_tax_id_that_is_registered_already_is_said():
    found = doubts(plain(forms.BRAND), "ACME", {"123456789": "Old brand"})
    assert [(one.code, one.path) for one in found] == [("711", "companyInfo.taxId")]


def test_a_brand_of_its_own_raises_no_doubt():
    assert codes(plain(forms.BRAND)) == set()
