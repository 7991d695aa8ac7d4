"""A wrong setting is explained at the start, not met later."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DATABASE_URL": "postgres://localhost/none",
    "REDIS_URL": "redis://localhost",
    "SECRET_KEY": "a-long-random-value",
    "LEDGER_KEY": "another-long-random-value",
}
MAIL = {
    "EMAIL_URL": "smtp+tls://ada:secret@mail.example.com",
    "DEFAULT_FROM_EMAIL": "Sendpoint <sms@example.com>",
    "SITE_URL": "https://sms.example.com/",
}
READ = ("SENDPOINT_LOCAL", "SENDPOINT_ENV_FILE", "SNS_EXTRA_ORIGIN", *GOOD, *MAIL)


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
        ({"DEFAULT_COUNTRY": "UK"}, "DEFAULT_COUNTRY must be a country such as US or FR, not 'UK'"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be one of DEBUG, INFO"),
        ({"SNS_EXTRA_ORIGIN": "http://127.0.0.1:1"}, "SNS_EXTRA_ORIGIN is for the local simulator"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(wrong, message):
    loaded = load(**(GOOD | wrong))
    assert loaded.returncode != 0
    assert message in loaded.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"EMAIL_URL": "mail.example.com"}, "EMAIL_URL must be smtp+tls://user:password@host"),
        ({"EMAIL_URL": "smtps://mail.example.com"}, "EMAIL_URL must be smtp+tls://user"),
        ({"EMAIL_URL": "smtp://"}, "EMAIL_URL must be smtp+tls://user"),
        ({"EMAIL_URL": "filemail://mail"}, "EMAIL_URL must be smtp+tls://user"),
        ({"EMAIL_URL": "smtp://mail.example.com:mail"}, "EMAIL_URL must be smtp+tls://user"),
        ({"DEFAULT_FROM_EMAIL": "Sendpoint"}, "DEFAULT_FROM_EMAIL must be an e-mail address"),
        ({"DEFAULT_FROM_EMAIL": None}, "EMAIL_URL is set, so DEFAULT_FROM_EMAIL must be too"),
        ({"SITE_URL": "sms.example.com"}, "SITE_URL must be an address such as https://"),
        ({"SITE_URL": "https://sms.example.com/admin/"}, "SITE_URL must be an address such as"),
        ({"SITE_URL": None}, "EMAIL_URL is set, so SITE_URL must be too"),
    ],
)
def test_a_wrong_setting_of_mail_is_named_without_the_password(wrong, message):
    loaded = load(**(GOOD | MAIL | wrong))
    assert loaded.returncode != 0
    assert message in loaded.stderr.splitlines()[-1]
    assert "secret" not in loaded.stderr


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.com", 25, False, False),
        ("smtp+tls://a:b%40c@mail.example.com", 587, True, False),
        ("smtp+ssl://a:b@mail.example.com:2465", 2465, False, True),
    ],
)
def test_a_mail_server_is_reached_as_its_address_says(monkeypatch, url, port, tls, ssl):
    monkeypatch.setenv("EMAIL_URL", url)
    read = Environment().mail("EMAIL_URL")
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"]) == ("mail.example.com", port)
    assert (read.get("EMAIL_USE_TLS", False), read.get("EMAIL_USE_SSL", False)) == (tls, ssl)
    assert read["EMAIL_HOST_PASSWORD"] in {None, "b@c", "b"}


def test_e_mails_are_written_to_a_folder(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "filemail:///var/mail%20box")
    assert Environment().mail("EMAIL_URL")["EMAIL_FILE_PATH"] == "/var/mail box"


def test_settings_can_come_from_a_file(tmp_path):
    file = tmp_path / "env"
    file.write_text("".join(f"{name}={value}\n" for name, value in GOOD.items()))
    assert load(SENDPOINT_ENV_FILE=str(file)).returncode == 0
