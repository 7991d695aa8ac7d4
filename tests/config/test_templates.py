"""The pages use unfold's compiled stylesheet, which knows only some of Tailwind's classes."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.fixture(scope="module")
def known():
    stylesheet = Path(finders.find("unfold/css/styles.css")).read_text()
    stylesheet = stylesheet.replace(
        "\\32 xl", "2xl"
    )  # as CSS writes a name that begins with a digit
    names = re.findall(r"\.((?:\\.|[\w-])+)", stylesheet)
    return {name.replace("\\", "") for name in names}


def test_there_are_templates_to_check():
    assert len(TEMPLATES) > 5


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_class_of_a_template_has_a_style(known, path):
    used = set()
    for value in re.findall(r'class="([^"]*)"', path.read_text()):
        used |= set(re.sub(r"{[{%].*?[}%]}", " ", value).split())
    assert used - known == set()


SAME_EVERYWHERE = {"Sendpoint", "SHA-256", "STOP", "HELP", "AWS", "CSV", "PNG", "JSON", "PDF"}
SPOKEN = re.compile(r'\b(?:alt|aria-label|placeholder|title)="([^"]*)"')


def untranslated(text):
    """Return the words of a template that no translator would be shown."""
    text = re.sub(r"{% comment.*?{% endcomment %}|<style.*?</style>", " ", text, flags=re.S)
    text = re.sub(r"{% blocktrans.*?{% endblocktrans(late)? %}", " ", text, flags=re.S)
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", " ", text, flags=re.S)
    icons = re.sub(r"<span[^>]*material-symbols[^>]*>.*?</span>", " ", text, flags=re.S)
    # A piece without a tag is attributes of one, and an ARN is a name.
    seen = re.sub(r"<[^>]*>|&\w+;", " ", icons) if "<" in text else ""
    words = re.findall(
        r"[^\W\d_][\w-]+", re.sub(r"arn:\S*", " ", " ".join([seen, *SPOKEN.findall(text)]))
    )
    return {word for word in words if word not in SAME_EVERYWHERE}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_word_of_a_template_can_be_translated(path):
    assert untranslated(path.read_text()) == set()


def test_a_word_that_was_forgotten_is_found():
    assert untranslated('<p title="Forgotten">{% translate "Known" %} too</p>') == {
        "Forgotten",
        "too",
    }
