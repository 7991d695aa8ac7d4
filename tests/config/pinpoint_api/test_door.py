import logging
import time
from functools import partial

import pytest
from botocore.exceptions import ClientError
from django.contrib.auth.models import Permission

from compliance.models import Program
from config.models import AccessKey
from config.pinpoint_api import believing, keys, recent
from config.pinpoint_api.granting import grantable
from tests.compliance.factories import ProgramFactory
from tests.config.pinpoint_api import caller

pytestmark = pytest.mark.django_db
VIEW = "compliance.view_program"


@pytest.fixture
def key():
    return caller.key_with(VIEW)


def refused(call, **arguments):
    """Return type, status and words of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], str(caught.value)


def test_a_signed_request_is_answered(key):
    program = ProgramFactory(name="Offers")
    client = caller.client_of(*key)
    found = client.get_app(ApplicationId=program.application_id)["ApplicationResponse"]
    assert (found["Id"], found["Name"]) == (program.application_id, "Offers")


def test_a_wrong_secret_is_refused(key):
    client = caller.client_of(key[0], "somebody else's secret")
    code, status, words = refused(client.get_apps)
    assert (code, status) == ("InvalidSignatureException", 403)
    assert "secret access key" in words


def test_a_key_that_does_not_exist_is_refused(key):
    key[0].access_key = "SPAKSOMETHINGELSE"
    client = caller.client_of(*key)
    assert refused(client.get_apps)[:2] == ("UnrecognizedClientException", 403)


def test_who_tries_key_after_key_is_told_to_wait(key, monkeypatch):
    monkeypatch.setattr(believing, "STRANGERS", (2, 60))
    answers = []

    def deliver(request):
        answers.append(caller.deliver(request))
        return answers[-1]

    own = caller.client_of(*key)
    codes = []
    for name in ("SPAKONE", "SPAKTWO", "SPAKTHREE"):
        stranger = AccessKey(access_key=name)
        codes.append(refused(caller.client_of(stranger, "guess", deliver).get_apps)[0])
    assert codes == ["UnrecognizedClientException"] * 2 + ["TooManyRequestsException"]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    own.get_apps()  # whose key is one is let in all the same


def test_a_revoked_key_is_refused_within_a_second(key, monkeypatch):
    client = caller.client_of(*key)
    client.get_apps()
    keys.revoke(key[0], by=caller.administrator())
    later = time.monotonic() + recent.SECONDS
    monkeypatch.setattr(believing.KNOWN, "_clock", lambda: later)
    assert refused(client.get_apps)[:2] == ("UnrecognizedClientException", 403)


def test_a_changed_body_is_refused():
    client = caller.client_of(
        *caller.key_with(VIEW), deliver=partial(caller.deliver, body=b'{"Name": "theirs"}')
    )
    code, _, _ = refused(client.create_app, CreateApplicationRequest={"Name": "ours"})
    assert code == "InvalidSignatureException"


def test_a_request_without_a_signature_is_refused(key, client):
    answer = client.get("/v1/apps")
    assert answer.status_code == 403
    assert answer["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


def test_the_same_request_twice_is_refused(key):
    def twice(request):
        caller.deliver(request)
        return caller.deliver(request)

    client = caller.client_of(*key, deliver=twice)
    code, status, words = refused(client.create_app, CreateApplicationRequest={"Name": "ours"})
    assert (code, status) == ("InvalidSignatureException", 403)
    assert "came before" in words


def test_two_calls_of_one_second_that_say_the_same_are_two(time_machine):
    time_machine.move_to("2026-11-24T17:00:00Z", tick=False)
    seen = []

    def note(request):
        seen.append(request.headers["Authorization"])
        return caller.deliver(request)

    client = caller.client_of(*caller.key_with("compliance.change_program"), deliver=note)
    app = ProgramFactory().application_id
    for _ in range(2):
        client.update_sms_channel(ApplicationId=app, SMSChannelRequest={"Enabled": True})
    assert seen[0] == seen[1]


def test_a_key_without_the_permission_is_told_which_it_lacks():
    client = caller.client_of(*caller.key_with())
    code, status, words = refused(client.get_apps)
    assert (code, status) == ("ForbiddenException", 403)
    assert VIEW in words


def test_a_key_names_only_the_programs_that_were_chosen_for_it():
    mine, theirs = ProgramFactory(), ProgramFactory()
    client = caller.client_of(*caller.key_with(VIEW, programs=[mine]))
    items = client.get_apps()["ApplicationsResponse"]["Item"]
    assert [item["Id"] for item in items] == [mine.application_id]
    code, status, _ = refused(client.get_app, ApplicationId=theirs.application_id)
    assert (code, status) == ("NotFoundException", 404)


def test_an_unknown_application_is_not_found(key):
    assert refused(caller.client_of(*key).get_app, ApplicationId="nope")[:2] == (
        "NotFoundException", 404,
    )  # fmt: skip


def test_an_operation_that_is_not_here_says_what_to_use_instead(key):
    program = ProgramFactory()
    call = caller.client_of(*key).list_journeys
    code, status, words = refused(call, ApplicationId=program.application_id)
    assert (code, status) == ("MethodNotAllowedException", 405)
    assert "ListJourneys" in words
    assert "campaigns" in words


def test_a_key_that_calls_too_often_is_told_to_wait(key, settings):
    settings.API_REQUESTS_PER_SECOND = 1
    answers = []

    def keep(request):
        answers.append(caller.deliver(request))
        return answers[-1]

    client = caller.client_of(*key, deliver=keep)
    codes = set()
    for _ in range(4):  # a second may end in between
        try:
            client.get_apps()
        except ClientError as error:
            codes.add(error.response["Error"]["Code"])
    assert codes == {"TooManyRequestsException"}
    waits = [answer.headers.get("Retry-After") for answer in answers if answer.status_code == 429]
    assert set(waits) == {"1"}


def test_pages_follow_each_other_by_tokens(key):
    wanted = {ProgramFactory().application_id for _ in range(5)}
    client = caller.client_of(*key)
    seen, token = [], {}
    while True:
        page = client.get_apps(PageSize="2", **token)["ApplicationsResponse"]
        seen += [item["Id"] for item in page["Item"]]
        if "NextToken" not in page:
            break
        token = {"Token": page["NextToken"]}
    assert len(seen) == len(set(seen)) == Program.objects.count()
    assert wanted <= set(seen)


@pytest.mark.parametrize(
    "arguments", [{"Token": "made up"}, {"PageSize": "many"}, {"PageSize": "0"}]
)
def test_senseless_paging_is_a_bad_request(key, arguments):
    assert refused(caller.client_of(*key).get_apps, **arguments)[:2] == ("BadRequestException", 400)


def test_the_answer_names_its_request(key):
    answer = caller.client_of(*key).get_apps()
    assert len(answer["ResponseMetadata"]["RequestId"]) == 36


def test_no_answer_is_kept_on_its_way(key):
    client = caller.client_of(*key)
    headers = client.get_apps()["ResponseMetadata"]["HTTPHeaders"]
    assert headers["cache-control"] == "no-store"


def test_the_log_names_no_secret_and_no_number(key, caplog):
    with caplog.at_level(logging.INFO):
        caller.client_of(*key).get_apps()
    assert "GetApps 200" in caplog.text
    assert key[1] not in caplog.text
    assert key[0].access_key not in caplog.text


def test_the_secret_lies_encrypted_in_the_database(key):
    row = AccessKey.objects.get(pk=key[0].pk)
    assert key[1].encode() not in bytes(row.sealed)


def test_the_use_of_a_key_is_noted(key):
    caller.client_of(*key).get_apps()
    assert AccessKey.objects.get(pk=key[0].pk).last_used_at is not None


def test_every_permission_that_an_operation_needs_exists():
    known = {
        f"{app}.{code}"
        for app, code in Permission.objects.values_list("content_type__app_label", "codename")
    }
    assert set(grantable()) <= known
