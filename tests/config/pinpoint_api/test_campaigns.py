import time as time_of_day
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from botocore.exceptions import ClientError
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from campaigns import actions, audience, tasks, triggers, versions
from campaigns.dispatch import Dispatcher
from campaigns.models import Campaign, Message
from campaigns.templating import render
from compliance.models import Originator
from contacts import attributes, endpoints
from contacts.models import Segment
from tests.campaigns.factories import NOON, CampaignFactory, ContactFactory, RunFactory, opted_in
from tests.campaigns.gateways import Accepting
from tests.compliance.factories import OriginatorFactory, ProgramFactory
from tests.config.pinpoint_api import caller

pytestmark = pytest.mark.django_db
BODY = (
    "Hi {{User.UserAttributes.FirstName}}! Premium members get 30% off this weekend. "
    "Use code FEB30. Reply STOP to opt out."
)
NUMBER = "+11234567890"
TOMORROW = (timezone.now() + timedelta(days=2)).replace(microsecond=0)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Nudges are only noted; what they would do is tested where it is done."""
    monkeypatch.setattr(tasks.build_audience, "delay", lambda run_id: None)
    monkeypatch.setattr(tasks.dispatch, "delay", lambda: None)


class Shop:
    """An application with a number, a segment and somebody in it who said yes."""

    def __init__(self, client):
        self.client, self.program = client, ProgramFactory(brand="Acme")
        self.id = self.program.application_id
        self.originator = OriginatorFactory(identity=NUMBER)
        self.segment = Segment.objects.create(name="Premium")
        self.ana = ContactFactory()
        opted_in(self.program, self.ana.phone)

    def request(self, **changes):
        sms = {"Body": BODY, "MessageType": "PROMOTIONAL", "OriginationNumber": NUMBER}
        request = {
            "Name": "February Flash Sale",
            "SegmentId": self.segment.pinpoint_id,
            "MessageConfiguration": {"SMSMessage": sms | changes.pop("sms", {})},
            "Schedule": {"StartTime": "IMMEDIATE"},
            "Limits": {"Daily": 1, "Total": 3, "MessagesPerSecond": 20},
        }
        return request | changes

    def create(self, **changes):
        answer = self.client.create_campaign(
            ApplicationId=self.id, WriteCampaignRequest=self.request(**changes)
        )
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
        return answer["CampaignResponse"]

    def call(self, operation, campaign, **given):
        answer = getattr(self.client, operation)(
            ApplicationId=self.id, CampaignId=campaign["Id"], **given
        )
        answer.pop("ResponseMetadata")
        [found] = answer.values()
        return found

    def get(self, campaign):
        return self.call("get_campaign", campaign)

    def update(self, campaign, **request):
        return self.call("update_campaign", campaign, WriteCampaignRequest=request)


@pytest.fixture
def shop(pinpoint, settings):
    settings.CAMPAIGN_REVIEW = False
    return Shop(pinpoint)


def stored(answer):
    return Campaign.objects.get(pinpoint_id=answer["Id"])


def refused(call, *given, **named):
    with pytest.raises(ClientError) as caught:
        call(*given, **named)
    return caught.value.response["Error"]["Code"], str(caught.value)


def status(answer):
    return answer["State"]["CampaignStatus"]


def test_the_campaign_of_the_article_is_launched_at_once(shop):
    made = shop.create()
    campaign = stored(made)
    assert (status(made), campaign.status) == ("EXECUTING", "sending")
    assert made["MessageConfiguration"] == shop.request()["MessageConfiguration"]
    assert made["Limits"] == {"Daily": 1, "Total": 3, "MessagesPerSecond": 20}
    assert (made["Version"], made["SegmentId"]) == (1, shop.segment.pinpoint_id)
    assert campaign.runs.get().body == campaign.body
    assert campaign.originator == shop.originator


def test_the_campaign_of_the_article_reaches_its_people(shop):
    made = shop.create()
    run, gateway = stored(made).runs.get(), Accepting()
    audience.build(run.pk)
    Message.objects.update(due_at=NOON)
    Dispatcher(gateway, now=lambda: NOON).work(run.pk, until=time_of_day.monotonic() + 30)
    [text] = gateway.texts
    assert (text.clearance.phone, text.originator) == (shop.ana.phone, NUMBER)
    assert text.body.startswith("Hi Ana! Premium members get 30% off")


def test_the_campaign_of_the_article_waits_for_everybodys_own_hour(shop):
    at = (TOMORROW.replace(tzinfo=None)).isoformat()
    schedule = {"StartTime": at, "Timezone": "America/New_York", "IsLocalTime": True}
    made = shop.create(Schedule=schedule)
    campaign = stored(made)
    assert (status(made), made["Schedule"]) == ("SCHEDULED", schedule)
    assert (campaign.timing, campaign.everyones_own) == ("once", True)
    assert campaign.zone == "America/New_York"
    assert datetime.combine(campaign.first_day, campaign.clock).isoformat() == at


def test_its_text_names_the_endpoint_of_its_application(shop):
    endpoints.put(shop.id, "ana-1", {"Address": shop.ana.phone}, timezone.now())
    endpoints.put("f" * 32, "another", {"Address": shop.ana.phone}, timezone.now())
    made = shop.create(sms={"Body": "acme.example/{{Id}} Reply STOP to opt out."})
    run, gateway = stored(made).runs.get(), Accepting()
    audience.build(run.pk)
    Message.objects.update(due_at=NOON)
    Dispatcher(gateway, now=lambda: NOON).work(run.pk, until=time_of_day.monotonic() + 30)
    assert [text.body for text in gateway.texts] == ["acme.example/ana-1 Reply STOP to opt out."]


def test_its_text_names_each_person(shop):
    campaign = stored(shop.create())
    fields = {"User": {"UserAttributes": {"FirstName": "Ana"}}}
    assert render(campaign.body, fields).startswith("Hi Ana! Premium")
    assert render(campaign.body, {}).startswith("Hi ! Premium")


def test_a_campaign_waits_for_a_person_where_campaigns_are_reviewed(shop, settings):
    settings.CAMPAIGN_REVIEW = True
    made = shop.create()
    assert (status(made), stored(made).status) == ("PENDING_NEXT_RUN", "review")
    assert not stored(made).runs.exists()


def test_what_no_review_could_let_pass_is_refused_at_once(shop, settings):
    settings.CAMPAIGN_REVIEW = True
    code, words = refused(shop.create, sms={"Body": "Acme: sale!"})
    assert (code, "STOP" in words) == ("BadRequestException", True)
    assert not Campaign.objects.exists()


def test_whatever_the_checklist_says_is_said_and_nothing_is_stored(shop):
    code, words = refused(shop.create, sms={"Body": "Acme: everything must go!"})
    assert (code, "how to leave" in words) == ("BadRequestException", True)
    assert not Campaign.objects.exists()


def test_a_call_that_the_client_tries_again_makes_one_campaign(shop):
    key = caller.key_with(*caller.all_permissions(), name="impatient")
    made = []
    for attempt in ("attempt=1", "attempt=2; max=3"):
        again = {"amz-sdk-invocation-id": "one call", "amz-sdk-request": attempt}
        shop.client = caller.client_of(*key, deliver=partial(caller.deliver, headers=again))
        made.append(shop.create()["Id"])
    assert made[0] == made[1]
    assert Campaign.objects.count() == 1


def test_a_campaign_may_be_made_paused_and_let_go_later(shop):
    made = shop.create(IsPaused=True)
    assert (status(made), made["IsPaused"]) == ("PAUSED", True)
    assert stored(made).status == "draft"
    assert status(shop.update(made, IsPaused=False)) == "EXECUTING"


def test_pause_and_resume(shop):
    made = shop.create()
    paused = shop.update(made, IsPaused=True)
    assert (status(paused), paused["IsPaused"], paused["Version"]) == ("PAUSED", True, 1)
    assert stored(made).status == "paused"
    assert status(shop.update(made, IsPaused=False)) == "EXECUTING"


def test_an_update_changes_what_it_names_and_is_a_version(shop):
    later = {"StartTime": TOMORROW.isoformat()}
    made = shop.create(Schedule=later)
    updated = shop.update(made, Name="March Sale")
    assert (updated["Name"], updated["Version"], status(updated)) == ("March Sale", 2, "SCHEDULED")
    assert updated["MessageConfiguration"] == made["MessageConfiguration"]
    first = shop.call("get_campaign_version", made, Version="1")
    assert (first["Name"], first["Version"]) == ("February Flash Sale", 1)
    versions = shop.call("get_campaign_versions", made)["Item"]
    assert [(one["Version"], one["Name"]) for one in versions] == [
        (2, "March Sale"),
        (1, "February Flash Sale"),
    ]


def test_what_went_out_is_not_sent_again_for_a_new_name(shop):
    made = shop.create()
    Campaign.objects.update(status="completed")
    updated = shop.update(made, Name="Done", Schedule={"StartTime": "IMMEDIATE"})
    assert (updated["Name"], status(updated)) == ("Done", "COMPLETED")
    assert stored(made).runs.count() == 1


def test_what_went_out_at_once_is_not_sent_again_for_another_way_to_say_so(shop):
    made = shop.create()
    Campaign.objects.update(status="completed")
    shop.update(made, Schedule={"StartTime": "IMMEDIATE", "Frequency": "ONCE"})
    assert stored(made).runs.count() == 1
    shop.update(made, Schedule={"StartTime": TOMORROW.isoformat()})
    assert stored(made).status == "scheduled"


def test_what_went_out_is_not_sent_again_by_saying_that_it_is_not_paused(shop):
    made = shop.create()
    stored(made).runs.update(finished_at=timezone.now())
    Campaign.objects.update(status="completed")
    for request in ({"Name": "Done", "IsPaused": False}, {"IsPaused": True}, {"IsPaused": False}):
        assert status(shop.update(made, **request)) == "COMPLETED"
        assert status(shop.update(made, Name="Done", IsPaused=False)) == "COMPLETED"
    assert stored(made).runs.count() == 1


@pytest.mark.parametrize("has_run", [False, True])
def test_a_campaign_is_changed_while_it_is_paused_between_two_runs(shop, has_run):
    daily = {
        "StartTime": TOMORROW.isoformat(), "Frequency": "DAILY",
        "EndTime": (TOMORROW + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    made = shop.create(Schedule=daily)
    if has_run:
        RunFactory(campaign=stored(made), finished_at=timezone.now())
    shop.update(made, IsPaused=True)
    changed = shop.update(made, Name="Better")
    assert (changed["Name"], status(changed), changed["IsPaused"]) == ("Better", "PAUSED", True)
    assert status(shop.update(made, Description="Once more")) == "PAUSED"
    going = shop.update(made, IsPaused=False)
    assert status(going) == ("PENDING_NEXT_RUN" if has_run else "SCHEDULED")
    assert stored(made).next_run_at is not None


def test_what_was_paused_while_it_was_being_sent_is_not_changed(shop):
    made = shop.create()
    shop.update(made, IsPaused=True)
    code, words = refused(shop.update, made, Name="Other")
    assert (code, "still to go" in words) == ("BadRequestException", True)
    assert stored(made).status == "paused"


def test_who_sends_back_what_they_read_only_pauses(shop):
    made = shop.create()
    members = ("Name", "SegmentId", "SegmentVersion", "MessageConfiguration", "Schedule", "Limits")
    whole = {name: made[name] for name in members} | {"AdditionalTreatments": []}
    assert status(shop.update(made, **whole, IsPaused=True)) == "PAUSED"
    assert stored(made).version == 1


def test_the_segment_may_have_changed_since(shop):
    made = shop.create(Schedule={"StartTime": TOMORROW.isoformat()}, SegmentVersion=1)
    Segment.objects.update(version=2)
    updated = shop.update(made, Name="Other")
    assert (updated["Name"], updated["SegmentVersion"]) == ("Other", 2)


def test_what_is_being_sent_is_not_changed(shop):
    made = shop.create()
    code, words = refused(shop.update, made, Name="Other")
    assert (code, "sending" in words) == ("BadRequestException", True)
    assert stored(made).name == "February Flash Sale"


def test_what_was_edited_in_the_admin_is_told_as_it_is_now(shop, admin_user):
    made = shop.create(Schedule={"StartTime": TOMORROW.isoformat()})
    campaign = stored(made)
    campaign.daily_limit, campaign.name = 2, "Edited here"
    actions.save(campaign, admin_user)
    versions.keep(campaign, admin_user.pk)
    found = shop.get(made)
    assert (found["Name"], found["Limits"]["Daily"], found["Version"]) == ("Edited here", 2, 2)
    assert found["MessageConfiguration"]["SMSMessage"]["Body"] == BODY
    updated = shop.update(made, Name="And there")
    assert updated["Limits"]["Daily"] == 2
    assert stored(made).body == campaign.body


def test_a_campaign_of_the_admin_can_be_read_and_changed(shop):
    attributes.refresh()
    campaign = CampaignFactory(
        program=shop.program, segment=shop.segment, originator=shop.originator,
        body='Acme: Hi {{ Attributes.Plan | default: "you" }}! Reply STOP to opt out.',
    )  # fmt: skip
    found = shop.get({"Id": campaign.pinpoint_id})
    assert found["MessageConfiguration"]["SMSMessage"]["Body"] == campaign.body
    assert (found["Schedule"]["StartTime"], status(found)) == ("IMMEDIATE", "PAUSED")
    updated = shop.update({"Id": campaign.pinpoint_id}, Name="Renamed")
    campaign.refresh_from_db()
    assert (updated["Name"], campaign.status) == ("Renamed", "draft")
    assert 'default: "you"' in campaign.body
    assert status(shop.update({"Id": campaign.pinpoint_id}, IsPaused=False)) == "EXECUTING"


def test_a_new_name_launches_no_draft(shop):
    made = shop.create(IsPaused=True)
    assert status(shop.update(made, Name="Other")) == "PAUSED"
    assert not stored(made).runs.exists()
    assert status(shop.update(made, Name="Third", IsPaused=False)) == "EXECUTING"


def test_treatments_and_hold_out(shop):
    other = {"SMSMessage": {"Body": "Acme: {{Attributes.Plan}}! Reply STOP to opt out."}}
    treatments = [{"SizePercent": 30, "TreatmentName": "B", "MessageConfiguration": other}]
    made = shop.create(HoldoutPercent=10, AdditionalTreatments=treatments)
    [found] = made["AdditionalTreatments"]
    assert (found["SizePercent"], found["MessageConfiguration"]) == (30, other)
    assert status(found) == "EXECUTING"
    campaign = stored(made)
    assert campaign.holdout_percent == 10
    assert [one.percent for one in campaign.treatments.all()] == [30]


INDIA = "+919876543210"
MORNING_THERE = NOON + timedelta(hours=12)


def test_the_ids_that_india_asks_for_go_with_each_text_to_it(shop):
    Originator.objects.update(identity="ACMEIN", kind="SENDER_ID", country="IN")
    shop.ana.delete()
    opted_in(shop.program, ContactFactory(phone=INDIA).phone)
    words = {"Body": "Acme: hello again! Reply STOP to opt out.", "TemplateId": "1108"}
    treatments = [{"SizePercent": 99, "MessageConfiguration": {"SMSMessage": words}}]
    ids = {"OriginationNumber": "ACMEIN", "EntityId": "1101", "TemplateId": "1107"}
    made = shop.create(sms=ids, AdditionalTreatments=treatments)
    run, gateway = stored(made).runs.get(), Accepting()
    audience.build(run.pk)
    Message.objects.update(due_at=MORNING_THERE)
    lane = Dispatcher(gateway, now=lambda: MORNING_THERE)
    lane.work(run.pk, until=time_of_day.monotonic() + 30)
    [text], arm = gateway.texts, Message.objects.get().arm
    assert text.country_parameters == {
        "IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1108" if arm else "1107",
    }  # fmt: skip


def test_the_ids_for_india_are_told_as_the_campaign_has_them_now(shop):
    made = shop.create(sms={"EntityId": "1101", "TemplateId": "1107"}, IsPaused=True)
    campaign = stored(made)
    assert (campaign.india_entity, campaign.india_template) == ("1101", "1107")
    campaign.india_template = "1109"
    actions.save(campaign, caller.administrator())
    versions.keep(campaign, None)
    sms = shop.get(made)["MessageConfiguration"]["SMSMessage"]
    assert (sms["EntityId"], sms["TemplateId"]) == ("1101", "1109")
    was = shop.call("get_campaign_version", made, Version="1")
    assert was["MessageConfiguration"]["SMSMessage"]["TemplateId"] == "1107"


def test_a_deleted_campaign_is_told_as_deleted_and_listed_no_more(shop):
    made = shop.create()
    assert status(shop.call("delete_campaign", made)) == "DELETED"
    assert status(shop.get(made)) == "DELETED"
    assert shop.client.get_campaigns(ApplicationId=shop.id)["CampaignsResponse"]["Item"] == []
    assert stored(made).status == "cancelled"
    assert refused(shop.update, made, Name="x")[0] == "BadRequestException"
    assert status(shop.call("delete_campaign", made)) == "DELETED"


def test_a_draft_is_deleted_too(shop):
    made = shop.create(IsPaused=True)
    assert status(shop.call("delete_campaign", made)) == "DELETED"


def test_activities_count_what_became_of_each(shop):
    unasked = ContactFactory()
    made = shop.create()
    campaign = stored(made)
    run = campaign.runs.get()
    states = [(shop.ana, "delivered", ""), (unasked, "blocked", "no_consent")]
    for contact, state, reason in states:
        Message.objects.create(
            run=run, campaign=campaign, contact=contact, phone=contact.phone, state=state,
            reason=reason, due_at=NOON, created_at=NOON, changed_at=NOON, final_at=NOON,
            sent_at=NOON if state == "delivered" else None,
        )  # fmt: skip
    run.audience, run.audience_complete, run.finished_at = 2, True, NOON
    run.save()
    [activity] = shop.call("get_campaign_activities", made)["Item"]
    assert (activity["State"], activity["Result"]) == ("COMPLETED", "SUCCESS")
    assert (activity["TotalEndpointCount"], activity["SuccessfulEndpointCount"]) == (1, 1)
    assert activity["ExecutionMetrics"] == {"ENDPOINT_PRODUCED": "2", "ENDPOINT_OPT_OUT": "1"}
    assert activity["Id"] == str(run.pk)


def test_an_event_starts_a_text_from_its_start_on(shop):
    kind = {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["order.shipped"]}}
    schedule = {
        "StartTime": TOMORROW.isoformat(),
        "EndTime": (TOMORROW + timedelta(days=9)).isoformat(),
        "Frequency": "EVENT",
        "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": kind},
    }
    campaign = stored(shop.create(Schedule=schedule))
    assert (campaign.timing, campaign.event) == ("event", "order.shipped")
    assert campaign.starts_at == TOMORROW
    assert triggers.record_event("order.shipped", shop.ana.pk, timezone.now()) == 0
    Campaign.objects.update(starts_at=NOON)
    assert triggers.record_event("order.shipped", shop.ana.pk, timezone.now()) == 1


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"Name": ""}, "Name"),
        ({"Name": "x" * 121}, "Name"),
        ({"SegmentId": "nope"}, "SegmentId"),
        ({"SegmentVersion": 7}, "SegmentVersion"),
        ({"sms": {"OriginationNumber": "+12125550000"}}, NUMBER),
        ({"sms": {"MessageType": "TRANSACTIONAL"}}, "MessageType"),
        ({"sms": {"Body": ""}}, "SMSMessage.Body"),
        ({"sms": {"EntityId": "1 2"}}, "SMSMessage.EntityId"),
        (
            {
                "AdditionalTreatments": [
                    {
                        "SizePercent": 10,
                        "MessageConfiguration": {"SMSMessage": {"Body": "Hi", "EntityId": "2"}},
                    }
                ]
            },
            "AdditionalTreatments[0].MessageConfiguration.SMSMessage.EntityId",
        ),
        ({"sms": {"Body": "{{md5 Attributes.Plan}}"}}, "md5"),
        ({"MessageConfiguration": {"EmailMessage": {"Title": "x"}}}, "EmailMessage"),
        ({"TemplateConfiguration": {"EmailTemplate": {"Name": "t"}}}, "EmailTemplate"),
        (
            {
                "AdditionalTreatments": [
                    {
                        "SizePercent": 10,
                        "MessageConfiguration": {
                            "SMSMessage": {"Body": "Hi"},
                            "EmailMessage": {"Title": "x"},
                        },
                    }
                ]
            },
            "AdditionalTreatments[0].MessageConfiguration.EmailMessage",
        ),
        (
            {"TemplateConfiguration": {"SMSTemplate": {"Name": "t"}}, "sms": {"Body": ""}},
            "SMSTemplate",
        ),
        ({"Hook": {"LambdaFunctionName": "f", "Mode": "FILTER"}}, "Hook"),
        ({"CustomDeliveryConfiguration": {"DeliveryUri": "https://x"}}, "CustomDelivery"),
        ({"HoldoutPercent": 95}, "HoldoutPercent"),
        ({"Limits": {"Daily": 101}}, "Limits.Daily"),
        ({"Limits": {"MaximumDuration": 10}}, "Limits.MaximumDuration"),
        ({"AdditionalTreatments": [{"SizePercent": 100}]}, "AdditionalTreatments[0]"),
        ({"Schedule": {"StartTime": "soon"}}, "Schedule.StartTime"),
        ({"Schedule": {"StartTime": "9999-12-31T23:59:59Z"}}, "Schedule.StartTime"),
        ({"Schedule": {"StartTime": "0001-01-01T00:00:00+14:00"}}, "Schedule.StartTime"),
        ({"Schedule": {"StartTime": "2020-01-01T00:00:00Z"}}, "past"),
        ({"Schedule": {"StartTime": "IMMEDIATE", "EndTime": "2020-01-01"}}, "Schedule.EndTime"),
        ({"Schedule": {"StartTime": "IMMEDIATE", "Timezone": "Mars"}}, "Schedule.Timezone"),
        ({"Schedule": {"StartTime": "IMMEDIATE", "Frequency": "EVENT"}}, "Schedule.EventFilter"),
        ({"Schedule": {"StartTime": "IMMEDIATE", "Frequency": "IN_APP_EVENT"}}, "Frequency"),
        (
            {
                "Schedule": {
                    "StartTime": "IMMEDIATE",
                    "QuietTime": {"Start": "18:00", "End": "8:00"},
                }
            },
            "Schedule.QuietTime",
        ),
        (
            {
                "Schedule": {
                    "StartTime": "IMMEDIATE",
                    "QuietTime": {"Start": "08:00", "End": "21:00"},
                }
            },
            "QuietTime",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_member(shop, changes, member):
    code, words = refused(shop.create, **changes)
    assert code == "BadRequestException"
    assert member in words
    assert not Campaign.objects.exists()


def test_quiet_time_is_the_campaigns_own_hours(shop):
    quiet = {"Start": "18:00", "End": "09:30"}
    made = shop.create(Schedule={"StartTime": "IMMEDIATE", "QuietTime": quiet})
    assert made["Schedule"]["QuietTime"] == quiet
    assert stored(made).window == (time(9, 30), time(18))


def test_without_a_number_the_only_one_is_taken(shop):
    sms = {"Body": BODY, "MessageType": "PROMOTIONAL"}
    made = shop.create(MessageConfiguration={"SMSMessage": sms})
    assert stored(made).originator == shop.originator
    OriginatorFactory(identity="ACME", kind=Originator.Kind.SENDER_ID, country="GB")
    sms = {"Body": BODY + " ", "MessageType": "PROMOTIONAL"}
    code, words = refused(shop.create, MessageConfiguration={"SMSMessage": sms})
    assert (code, "ACME" in words) == ("BadRequestException", True)


def test_the_channel_says_from_where_a_text_goes(shop):
    OriginatorFactory(identity="+12065550142")
    shop.client.update_sms_channel(
        ApplicationId=shop.id, SMSChannelRequest={"Enabled": True, "SenderId": "+12065550142"}
    )
    sms = {"Body": BODY, "MessageType": "PROMOTIONAL"}
    made = shop.create(MessageConfiguration={"SMSMessage": sms})
    assert stored(made).originator.identity == "+12065550142"
    shop.client.update_sms_channel(ApplicationId=shop.id, SMSChannelRequest={"Enabled": False})
    assert "disabled" in refused(shop.create)[1]


def test_a_long_list_takes_few_queries(shop, django_assert_max_num_queries):
    CampaignFactory.create_batch(
        8, program=shop.program, segment=shop.segment, originator=shop.originator
    )
    with django_assert_max_num_queries(15):
        found = shop.client.get_campaigns(ApplicationId=shop.id)["CampaignsResponse"]["Item"]
    assert len(found) == 8


def test_tags_come_back(shop):
    made = shop.create(tags={"team": "growth"})
    assert made["tags"] == {"team": "growth"}
    listed = shop.client.list_tags_for_resource(ResourceArn=made["Arn"])
    assert listed["TagsModel"]["tags"] == {"team": "growth"}


def test_a_key_that_may_not_launch_is_refused(shop):
    key = caller.key_with("campaigns.add_campaign", "contacts.view_segment", name="weak")
    shop.client = caller.client_of(*key)
    code, words = refused(shop.create)
    assert (code, "campaigns.launch_campaign" in words) == ("ForbiddenException", True)


def test_a_campaign_of_another_application_is_not_found(shop):
    made = shop.create()
    shop.id = ProgramFactory().application_id
    assert refused(shop.get, made)[0] == "NotFoundException"


def test_who_did_what_is_in_the_audit_log(shop):
    made = shop.create()
    shop.update(made, IsPaused=True)
    shop.call("delete_campaign", made)
    entries = LogEntry.objects.filter(content_type__model="campaign").order_by("pk")
    said = [entry.get_change_message() for entry in entries]
    assert {entry.user.access_key.name for entry in entries} == {"shop"}
    for words in ("Made by", "Launched", "Paused", "Cancelled", "Deleted by"):
        assert any(words in one for one in said), words


def test_a_clock_that_repeats(shop):
    schedule = {"StartTime": "2030-01-31T09:30:00", "Frequency": "MONTHLY", "Timezone": "UTC-05"}
    campaign = stored(shop.create(Schedule=schedule))
    assert (campaign.timing, campaign.zone) == ("monthly", "Etc/GMT+5")
    assert (campaign.first_day, campaign.clock) == (date(2030, 1, 31), time(9, 30))
    assert campaign.next_run_at == datetime(2030, 1, 31, 14, 30, tzinfo=UTC)
