"""The names that Amazon gives to everything (ARNs), for what is here."""

from django.conf import settings


def arn(resource: str) -> str:
    """Return the ARN of a resource, such as apps/0123abc/segments/4567def."""
    account = settings.AWS_ACCOUNT_ID or "000000000000"
    return f"arn:aws:mobiletargeting:{settings.AWS_REGION}:{account}:{resource}"
