"""The service's model, which botocore ships: the truth about paths, methods and shapes."""

import functools
from datetime import datetime

import botocore.session
from botocore.model import OperationModel, ServiceModel

from pinpoint.model_checks import PYTHON_TYPES

SERVICE_NAME = "pinpoint"
SIGNING_NAME = "mobiletargeting"
TYPES = PYTHON_TYPES | {"timestamp": (datetime,)}  # they are texts on the wire


@functools.cache
def service_model() -> ServiceModel:
    """Load it (once per process)."""
    return botocore.session.get_session().get_service_model(SERVICE_NAME)


@functools.cache
def operation_model(name: str) -> OperationModel:
    """Return the model of one operation."""
    return service_model().operation_model(name)


@functools.cache
def operation_names() -> tuple[str, ...]:
    """Return all operations, in alphabetical order."""
    return tuple(sorted(service_model().operation_names))
