import pytest
from botocore.exceptions import ClientError

from pinpoint.gateway import Fate, from_answer


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
