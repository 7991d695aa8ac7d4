"""The settings that the processes of this checkout are started with."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import ports, secrets

ENDPOINT = "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2"
TOPICS = "arn:aws:sns:us-east-1:111122223333:"


@dataclass(frozen=True)
class Given:
    """What the person at the terminal gave, and is therefore not started here."""

    database: str | None
    broker: str | None
    aws: str | None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Given":
        """Read it from the environment; an empty value is none."""
        return cls(
            environment.get("DATABASE_URL") or None,
            environment.get("REDIS_URL") or None,
            environment.get(ENDPOINT) or None,
        )


def settings(data: Path, database: str, broker: str, web_port: int) -> dict[str, str]:
    """Return what every process of Sendpoint needs, wherever AWS is."""
    return {
        "SENDPOINT_LOCAL": "1",
        "SECRET_KEY": secrets.keep(data, "secret_key"),
        "DATA_DIR": str(data),
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "SITE_URL": os.environ.get("SITE_URL") or f"http://{ports.HOST}:{web_port}",
    }


def simulated_aws(simulator_port: int) -> dict[str, str]:
    """Return what makes boto3 speak to the simulator, and Sendpoint believe its notifications."""
    origin = f"http://{ports.HOST}:{simulator_port}"
    found = {
        ENDPOINT: origin,
        "AWS_ENDPOINT_URL_CLOUDWATCH": origin,
        "AWS_ENDPOINT_URL_SNS": origin,
        "AWS_ENDPOINT_URL_STS": origin,
        "SNS_EXTRA_ORIGIN": origin,
        "AWS_REGION": os.environ.get("AWS_REGION") or "us-east-1",
    }
    # Given as empty: an account in which nothing is set up yet.
    if os.environ.get("SNS_TOPIC_ARNS") != "":
        found["SNS_TOPIC_ARNS"] = f"{TOPICS}sendpoint-events,{TOPICS}sendpoint-inbound"
    if not os.environ.get("AWS_ACCESS_KEY_ID"):
        found |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    return found


def for_processes(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of a process."""
    direct = ",".join(filter(None, (os.environ.get("NO_PROXY"), ports.HOST)))
    # An empty DATABASE_URL or the like must not win over what is started here, so ours come last.
    ours = {"PYTHONUNBUFFERED": "1", "NO_PROXY": direct, "no_proxy": direct}
    return {**os.environ, **ours, **settings}


def write_file(path: Path, settings: Mapping[str, str]) -> None:
    """Write them down for SENDPOINT_ENV_FILE, so that manage.py finds what runs."""
    secrets.write_private(path, "".join(f"{key}={value}\n" for key, value in settings.items()))
