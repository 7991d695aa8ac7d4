"""SendMessages by a real boto3 client; texts go to the simulator."""

import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from campaigns import pacing, tasks, to_aws
from campaigns.dispatch import Dispatcher
from campaigns.models import Message
from compliance import opt_outs
from compliance.models import LedgerEntry
from contacts import endpoints
from tests.campaigns.factories import ContactFactory, opted_in
from tests.campaigns.gateways import Accepting
from tests.compliance.factories import OriginatorFactory, ProgramFactory
from tests.config.pinpoint_api import caller

pytestmark = pytest.mark.django_db
ANA, BEN, CARL = "+12125550111", "+12125550112", "+12125550113"
INDIA = "+919876543210"
OURS = "+12065550100"


@pytest.fixture(autouse=True)
def gateway(monkeypatch, time_machine):
    time_machine.move_to("2026-11-24T17:00:00Z")
    pacing.connection().flushdb()
    accepting = Accepting()
    monkeypatch.setattr(to_aws, "gateway", lambda: accepting)
    monkeypatch.setattr(tasks.send_direct, "delay", lambda _: None)
    return accepting


@pytest.fixture
def program():
    OriginatorFactory(identity=OURS)
    made = ProgramFactory()
    opted_in(made, ANA, BEN)
    return made


def request(*numbers, message=None, **more):
    sms = {"Body": "Hello", "MessageType": "PROMOTIONAL", "OriginationNumber": OURS}
    return {
        "Addresses": {number: {"ChannelType": "SMS"} for number in numbers},
        "MessageConfiguration": {"SMSMessage": sms | (message or {})},
    } | more


@pytest.fixture
def send(pinpoint, program):
    def send(*numbers, message=None, client=pinpoint, **more):
        wanted = request(*numbers, message=message, **more)
        answer = client.send_messages(ApplicationId=program.application_id, MessageRequest=wanted)[
            "MessageResponse"
        ]
        assert answer["ApplicationId"] == program.application_id
        return answer["Result"]

    return send


def test_a_text_is_handed_over_and_aws_names_it(send, gateway):
    found = send(ANA)[ANA]
    assert (found["DeliveryStatus"], found["StatusCode"]) == ("SUCCESSFUL", 200)
    assert found["MessageId"] == "aws-1"
    (text,) = gateway.texts
    assert (text.body, text.originator) == ("Hello", OURS)


def test_every_address_has_its_own_result(send):
    found = send(ANA, CARL, "12")
    assert {number: one["DeliveryStatus"] for number, one in found.items()} == {
        ANA: "SUCCESSFUL", CARL: "PERMANENT_FAILURE", "12": "PERMANENT_FAILURE",
    }  # fmt: skip
    assert "opted in" in found[CARL]["StatusMessage"]
    assert "digits" in found["12"]["StatusMessage"]


def test_a_template_is_sent_by_name(send, pinpoint, gateway):
    pinpoint.create_sms_template(
        TemplateName="code",
        SMSTemplateRequest={
            "Body": "{{greeting}}, your code is {{code}}.",
            "DefaultSubstitutions": '{"greeting": "Hello"}',
        },
    )
    template = {"SMSTemplate": {"Name": "code"}}
    send(
        ANA, message={"Body": "", "Substitutions": {"code": ["42"]}}, TemplateConfiguration=template
    )
    assert gateway.texts[0].body == "Hello, your code is 42."
    template["SMSTemplate"]["Name"] = "nope"
    with pytest.raises(ClientError, match="no template nope"):
        send(ANA, message={"Body": ""}, TemplateConfiguration=template)


def test_who_opted_out_is_told_as_such(send, gateway):
    opt_outs.opt_out(
        ANA, source=LedgerEntry.Source.OPERATOR, happened_at=timezone.now(), evidence={}
    )
    found = send(ANA)[ANA]
    assert (found["DeliveryStatus"], found["StatusCode"]) == ("OPT_OUT", 400)
    assert gateway.texts == []


def test_one_number_written_twice_gets_one_text(send, gateway):
    found = send(ANA, "+1 212-555-0111")
    assert sorted(one["DeliveryStatus"] for one in found.values()) == ["DUPLICATE", "SUCCESSFUL"]
    assert len(gateway.texts) == 1


def test_a_promotional_text_at_night_is_accepted_and_waits(send, time_machine, gateway):
    time_machine.move_to("2026-11-24T07:00:00Z")
    caller_again = send  # the client signs with the new time
    found = caller_again(ANA)[ANA]
    assert found["DeliveryStatus"] == "SUCCESSFUL"
    assert "hours for promotional texts" in found["StatusMessage"]
    assert gateway.texts == []
    assert Message.objects.get().state == "queued"


FOR_INDIA = {"EntityId": "1101", "TemplateId": "1107"}


def test_the_ids_that_india_asks_for_go_with_texts_to_it_alone(
    send, program, gateway, time_machine
):
    time_machine.move_to("2026-11-25T14:00:00Z")  # 19:30 in India
    opted_in(program, INDIA)
    send(ANA, INDIA, message=FOR_INDIA)
    told = {text.clearance.phone: text.country_parameters for text in gateway.texts}
    assert told == {ANA: None, INDIA: {"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1107"}}


def test_a_text_that_waited_goes_with_the_ids_that_india_asks_for(
    send, program, gateway, time_machine
):
    time_machine.move_to("2026-11-25T20:00:00Z")  # past midnight in India
    opted_in(program, INDIA)
    send(INDIA, message=FOR_INDIA)
    waiting = Message.objects.get(state="queued")
    due = waiting.due_at
    Dispatcher(gateway, now=lambda: due).work_direct(
        waiting.originator_id, until=time.monotonic() + 3
    )
    [text] = gateway.texts
    assert text.country_parameters == {"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1107"}


def test_a_text_that_says_no_type_is_promotional(send):
    wanted = {"Body": "Hello", "OriginationNumber": OURS}
    send(ANA, MessageConfiguration={"SMSMessage": wanted})
    assert Message.objects.get().purpose == "offer"


def test_a_call_that_boto3_tries_again_sends_once(send, gateway):
    seen = []

    def lose_the_first_answer(made):
        seen.append(caller.deliver(made))
        if len(seen) == 1:
            raise ConnectionClosedError(endpoint_url=made.url)
        return seen[-1]

    key = caller.key_with("campaigns.send_message", name="retrying")
    client = caller.client_of(*key, deliver=lose_the_first_answer, attempts=2)
    assert send(ANA, client=client)[ANA]["MessageId"] == "aws-1"
    assert len(seen) == 2
    assert len(gateway.texts) == 1


def test_a_call_that_is_tried_again_finds_each_text_whoever_said_no_meanwhile(program, gateway):
    endpoint(program, "ana", ANA)
    endpoint(program, "ben", BEN)
    seen = []

    def lose_the_first_answer(made):
        seen.append(caller.deliver(made))
        if len(seen) == 1:
            endpoint(program, "ana", ANA, OptOut="ALL")
            raise ConnectionClosedError(endpoint_url=made.url)
        return seen[-1]

    key = caller.key_with("campaigns.send_message", name="retrying")
    client = caller.client_of(*key, deliver=lose_the_first_answer, attempts=2)
    wanted = request(Endpoints={"ana": {}, "ben": {}})
    del wanted["Addresses"]
    found = client.send_messages(ApplicationId=program.application_id, MessageRequest=wanted)
    results = found["MessageResponse"]["EndpointResult"]
    assert results["ana"]["DeliveryStatus"] == "OPT_OUT"
    assert results["ben"]["MessageId"] == Message.objects.get(phone=BEN).aws_id
    assert len(gateway.texts) == 2


def test_words_are_filled_in_for_each_address(send, gateway):
    ContactFactory(phone=ANA, user_attributes={"FirstName": ["Ana"]})
    addresses = {
        ANA: {"ChannelType": "SMS"},
        BEN: {"ChannelType": "SMS", "Substitutions": {"code": ["two"]}},
    }
    body = "Hi {{User.UserAttributes.FirstName}}, {{code}}"
    message = {"Body": body, "Substitutions": {"code": ["one"]}}
    send(message=message, Addresses=addresses)
    assert sorted(text.body for text in gateway.texts) == ["Hi , two", "Hi Ana, one"]


def test_an_address_may_have_words_of_its_own(send, gateway):
    send(Addresses={ANA: {"ChannelType": "SMS", "BodyOverride": "Only for Ana"}})
    assert gateway.texts[0].body == "Only for Ana"


def test_the_address_is_texted_whatever_else_is_said_of_it(send, gateway):
    send(Addresses={ANA: {"ChannelType": "SMS", "RawContent": BEN}})
    assert [text.clearance.phone for text in gateway.texts] == [ANA]


def test_what_the_text_leaves_out_is_that_of_every_channel(send, gateway):
    sms = {"MessageType": "PROMOTIONAL", "OriginationNumber": OURS}
    every = {"Body": "Hi {{name}}", "Substitutions": {"name": ["you"]}}
    send(ANA, MessageConfiguration={"DefaultMessage": every, "SMSMessage": sms})
    assert [text.body for text in gateway.texts] == ["Hi you"]


def test_the_callers_context_is_kept_for_the_events(send):
    send(Addresses={ANA: {"ChannelType": "SMS", "Context": {"b": "2"}}}, Context={"a": "1"})
    assert Message.objects.get().context == {"a": "1", "b": "2"}


def endpoint(program, endpoint_id, phone, user="", **said):
    request = {"Address": phone, "ChannelType": "SMS", "User": {"UserId": user}} | said
    return endpoints.put(program.application_id, endpoint_id, request, timezone.now())


def test_endpoints_are_texted_by_their_ids(pinpoint, program, gateway):
    endpoint(program, "ana", ANA)
    endpoint(program, "old", BEN, EndpointStatus="INACTIVE")
    wanted = request(Endpoints={"ana": {}, "old": {}, "nobody": {}})
    del wanted["Addresses"]
    found = pinpoint.send_messages(ApplicationId=program.application_id, MessageRequest=wanted)[
        "MessageResponse"
    ]["EndpointResult"]
    assert {name: one["DeliveryStatus"] for name, one in found.items()} == {
        "ana": "SUCCESSFUL", "old": "PERMANENT_FAILURE", "nobody": "PERMANENT_FAILURE",
    }  # fmt: skip
    assert found["ana"]["Address"] == ANA
    assert [text.clearance.phone for text in gateway.texts] == [ANA]


def test_an_id_that_happens_to_be_the_number_of_a_contact_is_nobodys(pinpoint, program, gateway):
    stranger = ContactFactory(phone=CARL)
    opted_in(program, CARL)
    wanted = request(Endpoints={str(stranger.pk): {}})
    del wanted["Addresses"]
    found = pinpoint.send_messages(ApplicationId=program.application_id, MessageRequest=wanted)
    results = found["MessageResponse"]["EndpointResult"]
    assert [one["DeliveryStatus"] for one in results.values()] == ["PERMANENT_FAILURE"]
    assert not gateway.texts


def test_a_text_names_the_endpoint_that_it_goes_to(pinpoint, program, gateway):
    endpoint(program, "ana-1", ANA)
    wanted = request(message={"Body": "acme.example/stop?e={{Id}}"}, Endpoints={"ana-1": {}})
    del wanted["Addresses"]
    pinpoint.send_messages(ApplicationId=program.application_id, MessageRequest=wanted)
    assert [text.body for text in gateway.texts] == ["acme.example/stop?e=ana-1"]


def test_a_template_is_filled_in_for_its_person(pinpoint, send, gateway):
    ContactFactory(phone=ANA, user_attributes={"FirstName": ["Ana"]})
    pinpoint.create_sms_template(
        TemplateName="hello",
        SMSTemplateRequest={
            "Body": "Hi {{User.UserAttributes.FirstName}}",
            "DefaultSubstitutions": '{"User.UserAttributes.FirstName": "friend"}',
        },
    )
    sms = {"MessageType": "PROMOTIONAL", "OriginationNumber": OURS}
    send(
        ANA,
        BEN,
        MessageConfiguration={"SMSMessage": sms},
        TemplateConfiguration={"SMSTemplate": {"Name": "hello"}},
    )
    assert sorted(text.body for text in gateway.texts) == ["Hi Ana", "Hi friend"]


def test_users_are_texted_on_all_their_endpoints(pinpoint, program, gateway):
    endpoint(program, "one", ANA, "u-1")
    endpoint(program, "two", BEN, "u-1", OptOut="ALL")
    sms = {"Body": "Hi {{name}}", "MessageType": "PROMOTIONAL", "OriginationNumber": OURS}
    answer = pinpoint.send_users_messages(
        ApplicationId=program.application_id,
        SendUsersMessageRequest={
            "MessageConfiguration": {"SMSMessage": sms},
            "Users": {"u-1": {"Substitutions": {"name": ["Ana"]}}, "u-2": {}},
        },
    )["SendUsersMessageResponse"]["Result"]
    assert {name: one["DeliveryStatus"] for name, one in answer["u-1"].items()} == {
        "one": "SUCCESSFUL", "two": "OPT_OUT",
    }  # fmt: skip
    assert answer["u-2"] == {}
    assert gateway.texts[0].body == "Hi Ana"


def test_users_may_have_more_endpoints_than_a_call_takes_addresses(pinpoint, program, gateway):
    numbers = [f"+1212556{n:04d}" for n in range(102)]
    opted_in(program, *numbers)
    for n, number in enumerate(numbers):
        endpoint(program, f"e-{n}", number, f"u-{n // 2}")
    sms = {"Body": "Hello", "MessageType": "TRANSACTIONAL", "OriginationNumber": OURS}
    pinpoint.send_users_messages(
        ApplicationId=program.application_id,
        SendUsersMessageRequest={
            "MessageConfiguration": {"SMSMessage": sms},
            "Users": {f"u-{n}": {} for n in range(51)},
        },
    )
    assert Message.objects.count() == 102


def test_more_than_a_hundred_users_are_refused(pinpoint, program):
    sms = {"Body": "Hello", "MessageType": "TRANSACTIONAL", "OriginationNumber": OURS}
    code, words = refusal(
        pinpoint.send_users_messages,
        ApplicationId=program.application_id,
        SendUsersMessageRequest={
            "MessageConfiguration": {"SMSMessage": sms},
            "Users": {f"u-{n}": {} for n in range(101)},
        },
    )
    assert (code, "100 users" in words) == ("BadRequestException", True)


def test_another_channel_is_refused_for_its_address(send):
    found = send(Addresses={"ana@acme.example": {"ChannelType": "EMAIL"}})
    assert found["ana@acme.example"]["DeliveryStatus"] == "PERMANENT_FAILURE"


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"message": {"OriginationNumber": "+12065550199"}}, "not among the active"),
        ({"message": {"Body": ""}}, "empty"),
        ({"message": {"Body": "x" * 1600}}, "at most 1530"),
        ({"message": {"Body": "{{#if a}}"}}, "Body"),
        ({"message": {"MediaUrl": "https://acme.example/a.png"}}, "MediaUrl"),
        ({"message": {"TemplateId": "1 2"}}, "SMSMessage.TemplateId"),
        ({"message": {"MessageType": "URGENT"}}, "must be one of"),
        ({"Addresses": {}}, "at least one"),
        ({"MessageConfiguration": {"EmailMessage": {"Body": "x"}}}, "SMS only"),
        ({"Context": {"a": "x" * 3000}}, "2048"),
    ],
)
def test_what_cannot_be_sent_is_a_bad_request_and_nobody_gets_anything(
    pinpoint, program, gateway, changed, says
):
    message = changed.get("message")
    more = {name: value for name, value in changed.items() if name != "message"}
    code, words = refusal(
        pinpoint.send_messages,
        ApplicationId=program.application_id,
        MessageRequest=request(ANA, message=message, **more),
    )
    assert code == "BadRequestException"
    assert says in words
    assert gateway.texts == []
    assert not Message.objects.exists()


def test_more_than_a_hundred_addresses_are_refused(pinpoint, program):
    numbers = [f"+1212556{n:04d}" for n in range(101)]
    code, words = refusal(
        pinpoint.send_messages,
        ApplicationId=program.application_id,
        MessageRequest=request(*numbers),
    )
    assert (code, "100 addresses" in words) == ("BadRequestException", True)


def test_a_key_that_may_not_send_sends_nothing(program, send, gateway):
    client = caller.client_of(*caller.key_with("compliance.view_program", name="reader"))
    with pytest.raises(ClientError, match=r"campaigns\.send_message"):
        send(ANA, client=client)
    assert gateway.texts == []


def test_the_audit_log_names_the_key(send):
    send(ANA, BEN)
    entry = LogEntry.objects.filter(user__username="key:shop").latest("pk")
    assert "Sent 2 texts" in entry.change_message


def test_where_a_number_is_not_named_the_channels_is_taken(pinpoint, program, send, gateway):
    OriginatorFactory(identity="+12065550101")
    pinpoint.update_sms_channel(
        ApplicationId=program.application_id,
        SMSChannelRequest={"Enabled": True, "ShortCode": "+12065550101"},
    )
    wanted = {"Body": "Hello", "MessageType": "PROMOTIONAL"}
    send(ANA, MessageConfiguration={"SMSMessage": wanted})
    assert gateway.texts[0].originator == "+12065550101"


def test_a_channel_that_is_disabled_sends_nothing(pinpoint, program, gateway):
    pinpoint.update_sms_channel(
        ApplicationId=program.application_id, SMSChannelRequest={"Enabled": False}
    )
    code, words = refusal(
        pinpoint.send_messages,
        ApplicationId=program.application_id,
        MessageRequest=request(ANA),
    )
    assert (code, "disabled" in words) == ("BadRequestException", True)
