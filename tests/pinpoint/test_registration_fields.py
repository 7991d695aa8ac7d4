import pytest

from pinpoint.registration_fields import gaps, requirement, to_send, wrong
from pinpoint.simulator.registration_forms import BRAND, FIELDS
from tests.pinpoint.contract import forms

STOCK = next(f for f in FIELDS[BRAND] if f["FieldPath"] == "companyInfo.stockSymbol")
TAX_ID = next(f for f in FIELDS[BRAND] if f["FieldPath"] == "companyInfo.taxId")
LEGAL = next(f for f in FIELDS[BRAND] if f["FieldPath"] == "companyInfo.legalType")


def when(operator, *values):
    condition = {"DependsOnFieldPath": "a", "Operator": operator, "Values": list(values)}
    rule = {"Conditions": [condition], "RuleBehavior": "REQUIRED"}
    return {
        "FieldRequirement": "CONDITIONAL",
        "ConditionalBehavior": {"Rules": [rule], "DefaultBehavior": "DISALLOWED"},
    }


def test_a_form_in_order_has_no_gaps():
    assert gaps(FIELDS[BRAND], forms.BRAND) == {}


def test_a_field_is_required_by_what_another_says():
    public = {**forms.BRAND, "companyInfo.legalType": ["PUBLIC_PROFIT"]}
    assert requirement(STOCK, public) == "REQUIRED"
    assert requirement(STOCK, forms.BRAND) == "DISALLOWED"
    assert set(gaps(FIELDS[BRAND], public)) == {
        "companyInfo.stockSymbol", "companyInfo.stockExchange", "companyInfo.businessContactEmail",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("operator", "given", "expected"),
    [
        ("EQUALS", "x", "REQUIRED"), ("EQUALS", "y", "DISALLOWED"), ("IN", ["z", "x"], "REQUIRED"),
        ("NOT_EQUALS", "y", "REQUIRED"), ("NOT_IN", "x", "DISALLOWED"),
        ("HAS_VALUE", "q", "REQUIRED"), ("HAS_VALUE", "", "DISALLOWED"),
        ("NO_VALUE", "", "REQUIRED"), ("SOUNDS_LIKE", "x", "DISALLOWED"),
    ],
)  # fmt: skip
def test_each_operator_of_aws(operator, given, expected):
    assert requirement(when(operator, "x"), {"a": given}) == expected


def test_a_conditional_field_without_rules_is_left_to_aws():
    assert requirement({"FieldRequirement": "CONDITIONAL"}, {}) == "OPTIONAL"


def test_what_is_not_allowed_is_not_sent():
    values = {**forms.BRAND, "companyInfo.stockSymbol": "ACME"}
    assert "companyInfo.stockSymbol" not in to_send(FIELDS[BRAND], values)


@pytest.mark.parametrize("value", ["12", "x" * 30, "12 345 678"])
def test_length_and_pattern_are_held(value):
    assert wrong(TAX_ID, value, {}) != ""


def test_a_choice_that_is_not_offered_is_wrong():
    assert wrong(LEGAL, ["FAMILY"], {}).startswith("Choose among")


def test_a_pattern_that_python_cannot_read_is_left_to_aws():
    field = {
        "FieldType": "TEXT",
        "FieldRequirement": "REQUIRED",
        "TextValidation": {"MinLength": 1, "MaxLength": 9, "Pattern": r"[\p{L}]+(?<x"},
        "DisplayHints": {"Title": "x", "ShortDescription": ""},
    }
    assert wrong(field, "abc", {}) == ""
