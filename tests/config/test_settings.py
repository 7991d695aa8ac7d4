"""A wrong setting is explained at the start, not met later."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DATABASE_URL": "postgres://localhost/none",
    "REDIS_URL": "redis://localhost",
    "SECRET_KEY": "a-long-random-value",
    "LEDGER_KEY": "another-long-random-value",
}
READ = ("SENDPOINT_LOCAL", "SENDPOINT_ENV_FILE", "SNS_EXTRA_ORIGIN", *GOOD)


def load(**environment):
    outside = {name: value for name, value in os.environ.items() if name not in READ}
    wanted = {name: value for name, value in environment.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=outside | wanted,
        capture_output=True,
        text=True,
    )


def test_good_settings_are_taken():
    assert load(**GOOD).returncode == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"LEDGER_KEY": None}, "LEDGER_KEY is not set"),
        ({"DATABASE_URL": None}, "Set the DATABASE_URL environment variable"),
        ({"REDIS_URL": None}, "Set the REDIS_URL environment variable"),
        ({"DATABASE_URL": "sqlite:///db"}, "DATABASE_URL must name a PostgreSQL database"),
        ({"SENDPOINT_ENV_FILE": "/no/such/file"}, "SENDPOINT_ENV_FILE names /no/such/file"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must name a Redis or Valkey server"),
        ({"SEND_CONCURRENCY": "0"}, "SEND_CONCURRENCY must be a whole number, 1 or more"),
        ({"IMPORT_MAX_BYTES": "1 GB"}, "IMPORT_MAX_BYTES must be a whole number"),
        ({"AWS_READ_TIMEOUT_SECONDS": "-1"}, "AWS_READ_TIMEOUT_SECONDS must be a number of sec"),
        ({"DEBUG": "ture"}, "DEBUG must be true or false, not 'ture'"),
        ({"OPERATOR_TIME_ZONE": "New York"}, "OPERATOR_TIME_ZONE must be a time zone such as"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be one of DEBUG, INFO"),
        ({"SNS_EXTRA_ORIGIN": "http://127.0.0.1:1"}, "SNS_EXTRA_ORIGIN is for the local simulator"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(wrong, message):
    loaded = load(**(GOOD | wrong))
    assert loaded.returncode != 0
    assert message in loaded.stderr.splitlines()[-1]


def test_settings_can_come_from_a_file(tmp_path):
    file = tmp_path / "env"
    file.write_text("".join(f"{name}={value}\n" for name, value in GOOD.items()))
    assert load(SENDPOINT_ENV_FILE=str(file)).returncode == 0
