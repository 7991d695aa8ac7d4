"""The gateway that this installation sends through, by its settings."""

from django.conf import settings

from pinpoint.clients import ClientOptions, pinpoint_client, sms_client
from pinpoint.gateway import AwsGateway, BatchGateway, Gateway
from pinpoint.gateway_v1 import PinpointGateway


def gateway() -> Gateway | BatchGateway:
    """Return the way out for texts; the process has one."""
    if settings.PINPOINT_APPLICATION_ID:
        return PinpointGateway(pinpoint_client(**_how()), settings.PINPOINT_APPLICATION_ID)
    # Its HTTP client takes half a second to load: beat and every command do without.
    from pinpoint.wire_gateway import wire_gateway  # noqa: PLC0415

    return wire_gateway(
        sms_client(**_how()),
        connect_timeout=settings.AWS_CONNECT_TIMEOUT_SECONDS,
        read_timeout=settings.AWS_READ_TIMEOUT_SECONDS,
    )


def rehearsal() -> AwsGateway:
    """Return the way to ask AWS about texts without sending; Pinpoint v1 has none."""
    return AwsGateway(sms_client(**_how()))


def _how() -> ClientOptions:
    return {
        "region": settings.AWS_REGION,
        "connect_timeout": settings.AWS_CONNECT_TIMEOUT_SECONDS,
        "read_timeout": settings.AWS_READ_TIMEOUT_SECONDS,
        "connections": settings.SEND_CONCURRENCY,
    }
