from urllib.parse import unquote

import pytest
from botocore.utils import percent_encode

from pinpoint.v1_api import routes
from pinpoint.v1_api.errors import MethodNotAllowed, NotFound
from pinpoint.v1_api.model import operation_model, operation_names


@pytest.mark.parametrize("name", operation_names())
def test_each_operation_of_the_model_is_found_by_its_path(name):
    model = operation_model(name)
    path, values = model.http["requestUri"], {}
    for member, shape in model.input_shape.members.items():
        if shape.serialization.get("location") == "uri":
            values[member] = f"some {member}"
            path = path.replace(
                f"{{{shape.serialization['name']}}}", percent_encode(values[member])
            )
    route = routes.find(model.http["method"], unquote(path))
    assert (route.operation, dict(route.values), route.signed_path) == (name, values, path)


def test_an_endpoint_id_may_hold_a_slash():
    route = routes.find("GET", "/v1/apps/a/endpoints/one/two")
    assert route.values["EndpointId"] == "one/two"
    assert route.signed_path == "/v1/apps/a/endpoints/one%2Ftwo"


def test_an_arn_is_read_whole():
    route = routes.find("GET", "/v1/tags/arn:aws:mobiletargeting:us-east-1:1:apps/a/campaigns/c")
    assert route.values["ResourceArn"].endswith("apps/a/campaigns/c")


def test_another_method_is_told_which_there_are():
    with pytest.raises(MethodNotAllowed, match="GET, POST"):
        routes.find("DELETE", "/v1/apps")


@pytest.mark.parametrize("path", ["/v1/nothing", "/v2/apps", "/v1/apps/", "/"])
def test_an_unknown_path_is_not_found(path):
    with pytest.raises(NotFound):
        routes.find("GET", path)


def test_what_is_read_of_requests_is_all_that_the_model_has():
    """Paths, queries and payloads: no headers, no bodies without a payload, no other names."""
    for name in operation_names():
        shape = operation_model(name).input_shape
        places = {member.serialization.get("location") for member in shape.members.values()}
        assert places <= {"uri", "querystring", None}, name
        bare = [
            member for member, one in shape.members.items() if "location" not in one.serialization
        ]
        assert bare in ([], [shape.serialization.get("payload")]), name
