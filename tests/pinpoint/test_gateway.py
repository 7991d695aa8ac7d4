from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from pinpoint.gateway import Clearance, ClearedText, Fate, from_answer, request_of


def answer(code, reason=None, status=400):
    response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response | ({"Reason": reason} if reason else {}), "SendTextMessage")


@pytest.mark.parametrize(
    ("code", "reason", "status", "fate"),
    [
        ("ThrottlingException", None, 400, Fate.THROTTLED),
        ("ServiceQuotaExceededException", "DAILY_DESTINATION_CALL_LIMIT", 402, Fate.HAD_ENOUGH),
        (
            "ServiceQuotaExceededException",
            "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
            402,
            Fate.HALTED,
        ),
        ("AccessDeniedException", "ACCOUNT_DISABLED", 400, Fate.HALTED),
        ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", 400, Fate.REFUSED),
        ("ConflictException", "RESOURCE_NOT_ACTIVE", 400, Fate.HALTED),
        ("InternalServerException", None, 500, Fate.UNKNOWN),
    ],
)
def test_an_answer_of_aws_says_what_is_certain_of_the_text(code, reason, status, fate):
    error = from_answer(answer(code, reason, status))
    assert (error.fate, error.reason) == (fate, reason or code)


def test_only_a_text_with_parameters_for_its_country_names_them():
    clearance = Clearance("+919876543210", "promotional", datetime(2026, 11, 24, tzinfo=UTC), "1")
    plain = ClearedText(clearance, "Hello", "ACME", "PROMOTIONAL", "sendpoint", {})
    assert "DestinationCountryParameters" not in request_of(plain)
    ids = {"IN_ENTITY_ID": "1101"}
    asked = request_of(replace(plain, country_parameters=ids))
    assert asked["DestinationCountryParameters"] == ids
