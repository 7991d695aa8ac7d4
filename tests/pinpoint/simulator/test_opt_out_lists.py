"""Lists that the account makes itself."""

import pytest
from botocore.exceptions import ClientError

from .conftest import Start


def refusal(call, **members):
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response


def test_a_list_is_made_and_survives_a_restart(start: Start) -> None:
    running = start()
    running.client.create_opt_out_list(OptOutListName="offers")
    running.client.put_opted_out_number(OptOutListName="offers", OptedOutNumber="+14255550123")
    running.end()
    again = start()
    found = again.client.describe_opted_out_numbers(OptOutListName="offers")["OptedOutNumbers"]
    assert [one["OptedOutNumber"] for one in found] == ["+14255550123"]


def test_a_list_that_exists_is_refused(start: Start) -> None:
    answer = refusal(start().client.create_opt_out_list, OptOutListName="Default")
    assert answer["Reason"] == "RESOURCE_ALREADY_EXISTS"


def test_the_name_is_held_against_the_services_model(start: Start) -> None:
    answer = refusal(start().client.create_opt_out_list, OptOutListName="not a name")
    assert answer["Error"]["Code"] == "ValidationException"


def test_an_account_has_25_lists_at_most(start: Start) -> None:
    client = start().client
    for n in range(24):
        client.create_opt_out_list(OptOutListName=f"list-{n}")
    answer = refusal(client.create_opt_out_list, OptOutListName="one-more")
    assert answer["Reason"] == "OPT_OUT_LISTS_PER_ACCOUNT"
