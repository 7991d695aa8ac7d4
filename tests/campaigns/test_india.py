import pytest

from campaigns import india
from campaigns.models import Run
from campaigns.refusal import Refused


def test_pinpoints_members_become_those_of_aws():
    ids = india.asked({"EntityId": "1101", "TemplateId": "1107", "Body": "Hi"}, "SMSMessage.")
    assert ids == {"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1107"}
    assert india.asked({"EntityId": "", "Body": "Hi"}, "SMSMessage.") == {}


@pytest.mark.parametrize("wrong", ["1 2", "x" * 65, " ", "1\n"])
def test_what_is_no_id_is_refused_by_name(wrong):
    with pytest.raises(Refused, match=r"SMSMessage\.TemplateId"):
        india.asked({"TemplateId": wrong}, "SMSMessage.")


def test_what_is_not_filled_in_is_not_named():
    assert india.named("1101", "") == {"IN_ENTITY_ID": "1101"}


def test_only_numbers_of_india_ask_for_them():
    assert india.asks("+919876543210")
    assert not india.asks("+12065550100")


def test_a_treatments_own_template_stands_instead_of_the_campaigns():
    run = Run(
        country_parameters=india.named("1101", "1107"),
        treatments=[{"body": "B", "india_template": "1108"}, {"body": "C"}],
    )
    assert [run.country_parameters_of(arm)["IN_TEMPLATE_ID"] for arm in range(3)] == [
        "1107", "1108", "1107",
    ]  # fmt: skip
    assert run.country_parameters_of(1)["IN_ENTITY_ID"] == "1101"
