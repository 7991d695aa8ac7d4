"""What the installation remembers of itself, of the logins, and of what programs asked it for."""

from config.models.installation import (
    AccessKey,
    AuthenticatorApp,
    KeyAttestation,
    OwnSettings,
    ResourceTag,
    Role,
    SmsChannel,
)
from config.models.jobs import EndpointJob, EndpointJobFile, EndpointJobMember

__all__ = (
    "AccessKey",
    "AuthenticatorApp",
    "EndpointJob",
    "EndpointJobFile",
    "EndpointJobMember",
    "KeyAttestation",
    "OwnSettings",
    "ResourceTag",
    "Role",
    "SmsChannel",
)
