from datetime import UTC, datetime

import pytest

from pinpoint.v1_api import reading, writing
from pinpoint.v1_api.errors import BadRequest

APP = {"ApplicationId": "a"}


def words(operation, path=APP, query="", body=b""):
    with pytest.raises(BadRequest) as caught:
        reading.read(operation, path, query, body)
    return str(caught.value)


def test_path_query_and_body_come_by_boto3s_names():
    found = reading.read("GetSegments", APP, "page-size=5&token=t", b"")
    assert found == {"ApplicationId": "a", "PageSize": "5", "Token": "t"}
    found = reading.read("CreateApp", {}, "", b'{"Name": "Shop"}')
    assert found == {"CreateApplicationRequest": {"Name": "Shop"}}


def test_times_of_the_query_are_aware():
    path = APP | {"KpiName": "sms-spend"}
    found = reading.read("GetApplicationDateRangeKpi", path, "start-time=2026-02-01T00:00:00Z", b"")
    assert found["StartTime"] == datetime(2026, 2, 1, tzinfo=UTC)


def test_a_list_of_the_query_is_whole():
    found = reading.read("UntagResource", {"ResourceArn": "r"}, "tagKeys=a&tagKeys=b", b"")
    assert found["TagKeys"] == ["a", "b"]


def test_each_problem_is_named_with_its_member():
    said = words(
        "CreateSegment",
        body=b'{"Dimensions": {"Attributes": {"Plan": {"AttributeType": "LIKE"}}}, "Nme": "x"}',
    )
    assert "WriteSegmentRequest.Dimensions.Attributes.Plan.Values: is required" in said
    assert "AttributeType: must be one of INCLUSIVE" in said
    assert "WriteSegmentRequest.Nme: is not known" in said


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"\xff\xfe", b'"x"', b"NaN", b"[" * 100_000, b'{"Name": 1e999}']
)
def test_what_is_no_json_object_is_refused(body):
    words("CreateApp", {}, body=body)


@pytest.mark.parametrize("depth", [100, 400, 1000])
def test_what_is_nested_too_deeply_is_refused(depth):
    body = b'{"Attributes": ' + b'{"a": ' * depth + b"1" + b"}" * depth + b"}"
    words("UpdateEndpoint", APP | {"EndpointId": "e"}, body=body)


def test_a_nul_is_refused_where_it_stands():
    said = words("CreateApp", {}, body=b'{"Name": "a\\u0000b"}')
    assert said == "CreateApplicationRequest.Name: has a character NUL"


def test_a_missing_body_is_told_what_it_needs():
    assert "CreateApplicationRequest.Name: is required" in words("CreateApp", {})


def test_a_time_that_is_none_is_refused():
    path = APP | {"KpiName": "sms-spend"}
    assert "StartTime" in words("GetApplicationDateRangeKpi", path, "start-time=tomorrow")


def test_a_query_says_true_and_false():
    path = {"TemplateName": "welcome"}
    said = reading.read("UpdateSmsTemplate", path, "create-new-version=true", b"{}")
    assert said["CreateNewVersion"] is True
    assert "CreateNewVersion" in words("UpdateSmsTemplate", path, "create-new-version=2", b"{}")


def test_an_answer_that_the_model_forbids_is_our_mistake():
    with pytest.raises(ValueError, match="Name: is required"):
        writing.write("GetApp", {"ApplicationResponse": {"Id": "a", "Arn": "b"}})


def test_times_are_written_as_pinpoint_did():
    assert writing.iso(datetime(2026, 2, 1, 3, 4, 5, 600, tzinfo=UTC)) == "2026-02-01T03:04:05.000Z"
