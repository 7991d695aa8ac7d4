from dataclasses import replace

import pytest

from compliance.forms.disclosure import Words, missing
from tests.compliance.factories import AGREEMENT

WHOLE = Words(
    heading="Texts from Acme",
    sends="Weekly offers.",
    agreement=AGREEMENT,
    sent_from="12345",
    terms_url="https://acme.example/terms",
    privacy_url="https://acme.example/privacy",
)


def lacks(**changed):
    return " ".join(missing(replace(WHOLE, **changed), brand="Acme"))


def test_words_that_say_everything_lack_nothing():
    assert missing(WHOLE, brand="Acme") == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Acme", "Name the brand: Acme."),
        ("Msg frequency varies.", "Say how often"),
        ("Msg & data rates may apply.", "Say what it costs"),
        ("HELP", "Say how to get help"),
        ("STOP", "Say how to stop"),
        ("Consent is not a condition of purchase.", "Say that nobody has to"),
    ],
)
def test_what_the_agreement_leaves_out_is_named(said, sentence):
    assert sentence in lacks(agreement=AGREEMENT.replace(said, ""))


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("sends", "Say what is sent"),
        ("sent_from", "Say which number"),
        ("terms_url", "Link the terms."),
        ("privacy_url", "Link the privacy policy."),
    ],
)
def test_what_the_page_leaves_out_is_named(field, sentence):
    assert sentence in lacks(**{field: ""})


def test_stop_may_not_be_called_the_only_way():
    assert "only way" in lacks(agreement=f"{AGREEMENT} Replying STOP is the only way to stop.")


@pytest.mark.parametrize(
    "often", ["Up to 4 msgs/month.", "2 messages a week.", "Recurring texts.", "Daily texts."]
)
def test_how_often_may_be_said_in_many_ways(often):
    assert not lacks(agreement=AGREEMENT.replace("Msg frequency varies.", often))


def test_another_word_is_another_hash():
    assert WHOLE.sha256() != replace(WHOLE, sent_from="54321").sha256()
