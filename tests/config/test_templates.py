"""The pages use unfold's compiled stylesheet, which knows only some of Tailwind's classes."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parents[2]
HOOKS = {"chart"}  # for scripts, without a style
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.fixture(scope="module")
def known():
    stylesheet = Path(finders.find("unfold/css/styles.css")).read_text()
    names = re.findall(r"\.((?:\\.|[\w-])+)", stylesheet)
    return HOOKS | {name.replace("\\", "") for name in names}


def test_there_are_templates_to_check():
    assert len(TEMPLATES) > 5


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_class_of_a_template_has_a_style(known, path):
    used = set()
    for value in re.findall(r'class="([^"]*)"', path.read_text()):
        used |= set(re.sub(r"{[{%].*?[}%]}", " ", value).split())
    assert used - known == set()
