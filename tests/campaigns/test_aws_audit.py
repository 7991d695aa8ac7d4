"""One way for every call that changes something at AWS, and what it leaves behind."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User

from campaigns import aws_account, aws_audit
from campaigns.aws_audit import Kept, Unclear, audited, said
from campaigns.models import AwsSource
from campaigns.refusal import Refused
from pinpoint.calls import Call, Made
from tests.campaigns.factories import NOON

pytestmark = pytest.mark.django_db
CALL = Call("sns", "CreateTopic", {"Name": "events"})


@pytest.fixture
def boss():
    return User.objects.create_superuser("boss")


@pytest.fixture
def answer(monkeypatch):
    """Let AWS answer this, or raise it."""

    def give(what):
        def make(client_of, call):
            if isinstance(what, Exception):
                raise what
            return what

        monkeypatch.setattr(aws_audit, "make", make)

    give(Made("r-1", {}))
    return give


def on_record():
    return LogEntry.objects.get()


def refusal(code, status):
    metadata = {"RequestId": "r-2", "HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "CreateTopic")


def ask(boss, keep=None):
    account = aws_account.here()
    return audited(CALL, boss.pk, account, keep or said(account, "Made."))


def test_what_aws_took_is_kept_together_with_the_audit_row(answer, boss):
    def keep(made):
        row = AwsSource.objects.create(name="new", due_at=NOON)
        return Kept(row, "New.", ADDITION)

    ask(boss, keep)
    entry = on_record()
    assert (entry.object_repr, entry.action_flag) == ("new", ADDITION)
    assert entry.change_message == "New. CreateTopic at AWS, request r-1."


def test_a_refusal_is_on_record_with_its_request_and_keeps_nothing(answer, boss):
    answer(refusal("AccessDenied", 403))
    with pytest.raises(Refused) as refused:
        ask(boss)
    assert not isinstance(refused.value, Unclear)
    assert on_record().change_message.startswith("AWS refused CreateTopic: ")
    assert on_record().change_message.endswith("Request r-2.")


@pytest.mark.parametrize(
    "trouble", [ReadTimeoutError(endpoint_url="https://aws"), refusal("InternalError", 500)]
)
def test_what_aws_may_have_taken_is_not_called_refused(answer, boss, trouble):
    answer(trouble)
    with pytest.raises(Unclear, match="It may have done it"):
        ask(boss)
    assert on_record().change_message.startswith("AWS may have taken CreateTopic: ")


def test_what_never_reached_aws_is_refused(answer, boss):
    answer(EndpointConnectionError(endpoint_url="https://aws"))
    with pytest.raises(Refused) as refused:
        ask(boss)
    assert not isinstance(refused.value, Unclear)


def test_what_aws_took_is_on_record_when_it_cannot_be_kept_here(answer, boss, caplog):
    def keep(made):
        AwsSource.objects.create(name="new", due_at=NOON)
        raise Refused("It has changed meanwhile.")

    with pytest.raises(Refused):
        ask(boss, keep)
    assert not AwsSource.objects.exists()
    assert "CreateTopic at AWS, request r-1." in on_record().change_message
    assert "request r-1: not written down" in caplog.text
