"""A real boto3 client whose requests come to Django without a socket in between."""

from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from django.contrib.auth.models import Permission, User
from django.test import Client

from config.pinpoint_api import keys
from config.pinpoint_api.granting import grantable


class Raw:
    """What botocore reads an answer's body from."""

    def __init__(self, content):
        self.content = content

    def stream(self):
        yield self.content


def deliver(request, **changed):
    """Give a request that boto3 has signed to Django; return what boto3 would have received."""
    parts = urlsplit(request.url)
    headers = {
        name: value.decode() if isinstance(value, bytes) else value
        for name, value in request.headers.items()
    } | changed.pop("headers", {})
    answer = Client().generic(
        request.method,
        f"{parts.path}?{parts.query}",
        changed.pop("body", request.body) or b"",
        content_type=headers.pop("Content-Type", "application/json"),
        headers={"host": parts.netloc} | headers,
    )
    return AWSResponse(request.url, answer.status_code, answer.headers, Raw(answer.content))


def administrator():
    return User.objects.filter(username="root").first() or User.objects.create_superuser("root")


def key_with(*permissions, programs=(), name="shop"):
    """Make a key; return it and its secret."""
    return keys.make(name, permissions, programs, by=administrator())


def client_of(key, secret, deliver=deliver, attempts=1):
    """Return a boto3 client that signs with a key."""
    client = boto3.client(
        "pinpoint",
        region_name="us-east-1",
        endpoint_url="http://testserver",
        aws_access_key_id=key.access_key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": attempts}),
    )
    client.meta.events.register("before-send", lambda request, **_: deliver(request))
    return client


def all_permissions():
    """Return every permission that a key may have."""
    there = Permission.objects.values_list("content_type__app_label", "codename")
    return sorted({f"{app}.{codename}" for app, codename in there} & {*grantable()})
