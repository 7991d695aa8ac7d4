import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.opt_outs import STOP_WORDS, Intent, recognise


@pytest.mark.parametrize("word", STOP_WORDS)
def test_every_required_word_is_a_stop(word):
    assert recognise(word.upper()) is Intent.STOP


@pytest.mark.parametrize(
    "body",
    [
        "STOP",
        " stop. ",
        "Stop!!!",
        "“STOP”",
        "stop please",
        "Arrêt",
        "please stop",
        "Please stop texting me",
        "don't text me again",
        "don’t text me",
        "take me off your list",
        "UNSUBSCRIBE ME",
        "I want to opt out",
        "wrong number",
        "no more texts",
    ],
)
def test_what_a_reasonable_person_reads_as_a_stop_is_one(body):
    assert recognise(body) is Intent.STOP


@pytest.mark.parametrize("body", ["Thanks!", "yes", "I will stopover in Rome", "", "endless love"])
def test_other_texts_are_not_a_stop(body):
    assert recognise(body) is Intent.OTHER


@pytest.mark.parametrize("body", ["START", "unstop", "Start please"])
def test_start_words_are_recognised(body):
    assert recognise(body) is Intent.START


@pytest.mark.parametrize("body", ["HELP", "help me", "Info"])
def test_help_words_are_recognised(body):
    assert recognise(body) is Intent.HELP


@given(st.text())
def test_any_text_is_understood_as_something(body):
    assert recognise(body) in Intent
