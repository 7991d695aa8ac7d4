from io import StringIO
from pathlib import Path

from django.core.management import call_command

from config.pinpoint_api.table import OPERATIONS, described
from pinpoint.v1_api.model import operation_names

DOCS = Path(__file__).parents[3] / "docs" / "pinpoint-api.md"


def test_every_operation_of_the_model_is_in_the_table_once():
    names = [name for name, _, _ in described()]
    assert names == list(operation_names())
    assert len(names) == 122


def test_every_operation_that_is_answered_is_one_of_the_model():
    assert set(OPERATIONS) <= set(operation_names())


def test_what_is_not_answered_says_what_to_use_instead():
    assert [name for name, how, words in described() if how == "not" and len(words) < 20] == []


def test_the_table_in_the_docs_is_that_of_the_code():
    """`manage.py describe_pinpoint_api` prints it anew."""
    printed = StringIO()
    call_command("describe_pinpoint_api", stdout=printed)
    assert DOCS.read_text().endswith(f"## All operations\n\n{printed.getvalue()}")
