"""What the rules hold, and how well they do on a labelled corpus (opt_out_corpus.tsv)."""

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.recognition import LEGAL, WRONG_NUMBER, Intent, recognise, rules

CORPUS = Path(__file__).with_name("opt_out_corpus.tsv")
FLAGS = {"wrong": WRONG_NUMBER, "legal": LEGAL}
ACME = ["Acme"]
SUPPRESSED = {Intent.STOP, Intent.UNSURE}
OURS = "Acme: 20% off today only. Reply STOP to opt out."


@dataclass(frozen=True)
class Line:
    label: str
    flags: frozenset
    language: str
    text: str


def corpus():
    lines = []
    for row in CORPUS.read_text(encoding="utf-8").split("\n"):
        if row and not row.startswith("#"):
            label, language, text = row.split("\t")
            name, *flags = label.split("+")
            lines.append(Line(name, frozenset(FLAGS[one] for one in flags), language, text))
    return lines


def labelled(*labels):
    return [line for line in corpus() if line.label in labels]


def understood(line):
    return recognise(line.text, names=ACME)


def test_the_corpus_is_large_and_in_many_languages():
    lines = corpus()
    assert len({line.text for line in lines}) == len(lines) >= 300
    assert len({line.language for line in lines}) >= 20


def test_every_clear_stop_is_recognised():
    missed = [line.text for line in labelled("stop") if understood(line).intent is not Intent.STOP]
    assert missed == []


def test_what_nobody_can_tell_is_held_back_and_read():
    missed = [line.text for line in labelled("maybe") if not understood(line).review]
    assert missed == []


def test_no_harmless_text_is_taken_for_a_stop():
    wrong = [line.text for line in labelled("no") if understood(line).intent is Intent.STOP]
    assert wrong == []


def test_recall_and_precision_on_the_corpus(capsys):
    counts = Counter((line.label, understood(line).intent) for line in corpus())
    stops = sum(n for (label, _), n in counts.items() if label == "stop")
    found = counts["stop", Intent.STOP]
    false = sum(n for (label, i), n in counts.items() if i is Intent.STOP and label != "stop")
    held = counts["no", Intent.UNSURE]
    harmless = sum(n for (label, _), n in counts.items() if label == "no")
    recall, precision = found / stops, found / (found + false)
    with capsys.disabled():
        sys.stdout.write(
            f"\nopt-out corpus: {len(corpus())} texts, recall {recall:.1%} of {stops} stops, "
            f"precision {precision:.1%}, {held} of {harmless} harmless texts held for review\n"
        )
    assert recall == 1
    assert precision > 0.98
    assert held / harmless < 0.1


def test_wrong_numbers_and_legal_threats_are_noticed():
    missed = [line.text for line in labelled("stop") if not line.flags <= understood(line).flags]
    assert missed == []


@pytest.mark.parametrize("label", ["start", "help", "yes"])
def test_other_keywords_are_recognised(label):
    missed = [line.text for line in labelled(label) if understood(line).intent.value != label]
    assert missed == []


@pytest.mark.parametrize(
    "word",
    # aws-sms.md 6.2, 47 CFR 64.1200(a)(10) and CTIA.
    ["ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE",
     "revoke", "opt out", "stopall", "stop all", "please opt me out"],
)  # fmt: skip
def test_every_required_keyword_is_certain_however_it_is_dressed(word):
    for text in (word, word.lower(), f" {word}. ", f"“{word}”", f"{word}!!!", f"{word} 😡"):
        assert recognise(text).intent is Intent.STOP


@pytest.mark.parametrize("word", ["END", "FIN", "FINE", "AUS", "ENDE", "DUR", "PARE", "ALTO"])
def test_an_ordinary_word_stops_only_when_it_is_the_whole_text(word):
    assert recognise(word).intent is Intent.STOP
    assert recognise(f"The word {word} is on the sign").intent is not Intent.STOP


def test_the_rule_its_version_and_its_confidence_are_told():
    found = recognise("please take me off your list")
    assert (found.rule, found.language, found.confidence) == ("en.list", "en", 0.9)
    assert found.version == rules().version


def test_stop_and_start_together_stop_and_are_read():
    found = recognise("STOP START")
    assert (found.intent, found.review) == (Intent.STOP, True)


def test_a_bare_stop_reaches_everything():
    assert recognise("STOP").scope == "all"


def test_only_an_explicit_wish_reaches_less():
    assert recognise("only stop the offers").scope == "marketing"
    assert recognise("stop sending offers").scope == "all"


@pytest.mark.parametrize(
    "text", [f"Disliked “{OURS}”", f"👎 to “{OURS}”", f"{OURS}", f"> {OURS}\nok"]
)
def test_our_own_words_that_come_back_are_not_the_persons(text):
    assert recognise(text, ours=[OURS]).intent is not Intent.STOP


def test_a_stop_beside_our_own_words_counts():
    assert recognise(f"{OURS} STOP", ours=[OURS]).intent is Intent.STOP


def test_a_quote_that_is_no_reaction_is_the_persons():
    assert recognise('I told you "stop texting me"').intent is Intent.STOP


@pytest.mark.parametrize("text", ["", " ", "…", "?!", "\u200b"])
def test_nothing_is_nothing(text):
    assert recognise(text).intent is Intent.OTHER


@given(st.text())
def test_any_text_is_understood_as_something(text):
    assert recognise(text).intent in Intent


NOISE = st.text(alphabet=" .!?…\"'()*-_\u200b\ufe0f😡🛑", max_size=6)


@given(NOISE, st.sampled_from(["stop", "STOP", "Stop", "unsubscribe", "StOp"]), NOISE)
def test_no_noise_around_a_keyword_hides_it(before, word, after):
    assert recognise(before + word + after).intent in SUPPRESSED


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title, str.swapcase])
def test_case_hides_no_stop(change):
    texts = [change(line.text) for line in labelled("stop")]
    missed = [text for text in texts if recognise(text, names=ACME).intent not in SUPPRESSED]
    assert missed == []


def test_a_sign_before_a_text_of_ours_is_a_reaction_and_before_their_own_words_is_none():
    ours = "Acme: 20% off today. Reply STOP to opt out."
    assert recognise(f"👍 “{ours[:30]}…”", ours=[ours]).intent is Intent.OTHER
    assert recognise('😡"unsubscribe me"', ours=[ours]).intent is Intent.STOP
