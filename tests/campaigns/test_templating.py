import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import templating
from campaigns.templating import TemplateProblem, check, render

KNOWN = {"User.UserAttributes.FirstName", "Attributes.Plan"}


def test_a_text_of_pinpoint_works_as_it_stands():
    body = "Hi {{User.UserAttributes.FirstName}}! Use code FEB30."
    check(body, KNOWN)
    fields = {"User": {"UserAttributes": {"FirstName": "Ana"}}}
    assert render(body, fields) == "Hi Ana! Use code FEB30."


def test_a_default_fills_a_gap():
    assert render('Hi {{User.UserAttributes.FirstName | default: "friend"}}', {}) == "Hi friend"


def test_a_missing_value_renders_as_nothing():
    assert render("Hi {{Attributes.Plan}}!", {}) == "Hi !"


@pytest.mark.parametrize(
    "body", ["Hi {{", "Hi {% if %}", "{{ Attributes.Plan | shout }}", "{% x %}"]
)
def test_a_text_that_does_not_parse_says_where(body):
    with pytest.raises(TemplateProblem, match="does not parse"):
        check(body, KNOWN)


def test_an_unknown_field_is_named():
    with pytest.raises(TemplateProblem, match="Nickname"):
        check("Hi {{User.UserAttributes.Nickname}}", KNOWN)


def test_a_field_in_the_wrong_place_is_met_with_the_right_one():
    with pytest.raises(TemplateProblem, match=r"Did you mean {{User.UserAttributes.FirstName}}"):
        check("Hi {{Attributes.FirstName}}", KNOWN)


def test_a_field_that_nobody_has_yet_needs_to_say_what_stands_there_instead():
    check('Hi {{Attributes.Nick | otherwise: "friend"}}', KNOWN)
    with pytest.raises(TemplateProblem, match="Nick"):
        check('Hi {{Attributes.Nick | upcase | default: "friend"}}', KNOWN)


def test_what_only_a_program_fills_in_is_for_templates_alone():
    check("Your code is {{code | otherwise}}.", KNOWN, own=True)
    with pytest.raises(TemplateProblem, match="code"):
        check("Your code is {{code | otherwise}}.", KNOWN)


@pytest.mark.parametrize("body", ["", "   ", "\n"])
def test_an_empty_text_is_refused(body):
    with pytest.raises(TemplateProblem, match="empty"):
        check(body, KNOWN)


def test_a_text_longer_than_aws_sends_is_refused():
    with pytest.raises(TemplateProblem, match="at most 1530"):
        check("a" * 1531, KNOWN)


def test_the_limit_is_lower_for_texts_outside_gsm():
    with pytest.raises(TemplateProblem, match="at most 630"):
        check("ê" * 631, KNOWN)


@given(st.text(max_size=60))
def test_any_text_is_either_fine_or_refused_in_words(body):
    try:
        check(body, KNOWN)
    except TemplateProblem as problem:
        assert str(problem)
    else:
        assert templating.render(body, {}) is not None
