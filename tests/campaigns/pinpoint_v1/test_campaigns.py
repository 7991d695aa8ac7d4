from datetime import UTC, date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign, Treatment
from campaigns.pinpoint_v1.campaign_answers import request_of, status_of
from campaigns.pinpoint_v1.campaigns import Known, draft_of
from campaigns.refusal import Refused
from compliance.models import Originator, Program
from contacts.models import Segment
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def world():
    OriginatorFactory(identity="+12065550100")
    OriginatorFactory(identity="ACME", kind="SENDER_ID", message_class="transactional")
    ProgramFactory()
    Segment.objects.create(name="All")


def known(texts=None):
    return Known(
        program=Program.objects.get(),
        segment=lambda _id, _version: Segment.objects.get(),
        template=lambda name, version: (f"Liquid {name}", f"Handlebars {name}"),
        texts=texts or {},
    )


CLOCKS = st.sampled_from(["now", "once", "daily", "weekly", "monthly", "hourly"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    timing=CLOCKS,
    own=st.booleans(),
    limits=st.tuples(st.integers(1, 50), st.integers(50, 100), st.integers(1, 20_000)),
    hours=st.integers(1, 720),
    holdout=st.integers(0, 20),
    shares=st.lists(st.integers(1, 25), max_size=3),
    sender=st.sampled_from(["+12065550100", "ACME"]),
    india=st.tuples(*[st.sampled_from(["", "1101234567890123456"])] * 3),
)
def test_what_was_written_here_comes_back_the_same(
    timing, own, limits, hours, holdout, shares, sender, india
):
    originator = Originator.objects.get(identity=sender)
    starts = timing != "now"
    fields = {
        "name": "Sale",
        "program": Program.objects.get(),
        "segment": Segment.objects.get(),
        "originator": originator,
        "message_class": originator.message_class,
        "body": "Hi {{ Attributes.Plan | default: 'you' }}",
        "daily_limit": limits[0],
        "total_limit": limits[1],
        "messages_per_second": limits[2],
        "expires_after_hours": hours,
        "holdout_percent": holdout,
        "india_entity": india[0],
        "india_template": india[1],
        "timing": timing,
        "event": "",
        "event_rules": {},
        "first_day": date(2027, 3, 1) if starts else None,
        "clock": time(10, 30) if starts else None,
        "zone": "America/Phoenix" if starts else "UTC",
        "everyones_own": own and timing not in {"now", "hourly"},
        "starts_at": None,
        "ends_at": datetime(2028, 1, 1, tzinfo=UTC),
        "window_start": time(9) if sender != "ACME" else None,
        "window_end": time(18, 30) if sender != "ACME" else None,
    }
    treatments = [
        {"name": f"T{place}", "percent": share, "body": f"Text {place}", "india_template": india[2]}
        for place, share in enumerate(shares)
    ]
    request = request_of(Campaign(**fields), [Treatment(**one) for one in treatments], {})
    draft = draft_of(request, known({fields["body"]: fields["body"]}), NOW)
    assert draft.fields == fields
    assert draft.treatments == treatments


def sms(**message):
    return {"SMSMessage": {"OriginationNumber": "+12065550100", "Body": "Hi"} | message}


def draft(**request):
    base = {"Name": "Sale", "SegmentId": "x", "MessageConfiguration": sms()}
    return draft_of(base | request, known(), NOW)


def test_limits_that_are_not_given_come_to_none():
    fields = draft().fields
    assert (fields["daily_limit"], fields["total_limit"]) == (100, 100)
    assert fields["messages_per_second"] == 1000  # the originator's


def test_a_limit_per_day_is_no_more_than_that_in_total():
    assert draft(Limits={"Daily": 9, "Total": 3}).fields["daily_limit"] == 3


def test_how_long_it_may_take_is_kept_in_whole_hours():
    assert draft(Limits={"MaximumDuration": 3601}).fields["expires_after_hours"] == 2


def test_a_template_is_taken_where_there_is_no_body():
    made = draft(
        MessageConfiguration=sms(Body=""), TemplateConfiguration={"SMSTemplate": {"Name": "w"}}
    )
    assert made.fields["body"] == "Liquid w"
    assert made.texts == {"Liquid w": "Handlebars w"}


@pytest.mark.parametrize(
    "number", ["+12065550100", "12065550100", "+1 206 555 0100", "arn:aws:x:y:z:phone/+12065550100"]
)
def test_a_number_is_found_however_it_is_written(number):
    made = draft(MessageConfiguration=sms(OriginationNumber=number))
    assert made.fields["originator"].identity == "+12065550100"


def test_a_treatment_has_the_campaigns_number():
    other = {"SizePercent": 10, "MessageConfiguration": sms(OriginationNumber="ACME")}
    with pytest.raises(Refused, match=r"AdditionalTreatments\[0\].*OriginationNumber"):
        draft(AdditionalTreatments=[other])


def test_shares_are_no_more_than_all():
    shares = [{"SizePercent": 60, "MessageConfiguration": sms()}] * 1
    with pytest.raises(Refused, match="110 %"):
        draft(AdditionalTreatments=shares, HoldoutPercent=50)


@pytest.mark.parametrize(
    ("status", "has_run", "expected"),
    [
        ("draft", False, "PAUSED"),
        ("draft", True, "COMPLETED"),
        ("review", False, "PENDING_NEXT_RUN"),
        ("scheduled", False, "SCHEDULED"),
        ("scheduled", True, "PENDING_NEXT_RUN"),
        ("sending", True, "EXECUTING"),
        ("failed", False, "INVALID"),
        ("cancelled", True, "COMPLETED"),
    ],
)
def test_each_state_has_a_status(status, has_run, expected):
    assert status_of(Campaign(status=status), has_run=has_run) == expected


def test_a_deleted_campaign_that_somebody_launches_again_is_none():
    campaign = Campaign(status="cancelled", deleted_at=NOW)
    assert status_of(campaign, has_run=True) == "DELETED"
    campaign.status = "sending"
    assert status_of(campaign, has_run=True) == "EXECUTING"
