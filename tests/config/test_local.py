"""What `python -m config.local` says before it starts anything."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.local import ports, postgres, unprivileged
from config.local.environment import for_processes, simulated_aws, write_file
from config.local.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]


def run(data, **environment):
    return subprocess.run(
        [sys.executable, "-m", "config.local", "--data-dir", data],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def taken():
    with socket.create_server((ports.HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_second_run_is_refused_while_the_first_is_alive(tmp_path):
    with (tmp_path / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = run(tmp_path)
    assert second.returncode == 1
    assert f"Sendpoint already runs with the data in {tmp_path}" in second.stdout


def test_a_taken_port_that_was_asked_for_is_refused(tmp_path, taken):
    refused = run(tmp_path, PORT=str(taken))
    assert refused.returncode == 1
    assert f"Port {taken} is taken. Give another one" in refused.stdout


@pytest.mark.parametrize("port", ["eighty", "-1", "65536", "8000.0"])
def test_a_port_that_is_no_number_is_refused(port):
    with pytest.raises(Trouble, match="PORT must be a number"):
        ports.for_web(port)


def test_without_PORT_the_next_free_port_is_taken(monkeypatch, taken):  # noqa: N802
    monkeypatch.setattr(ports, "DEFAULT_WEB_PORT", taken)
    assert ports.for_web(None) > taken


def test_a_port_is_kept_from_run_to_run_while_it_is_free(taken):
    with socket.create_server((ports.HOST, 0)) as server:
        free = server.getsockname()[1]
    assert ports.choose(free) == free
    assert ports.choose(taken) != taken


def test_nobody_else_gets_a_port_between_its_choice_and_the_server_that_listens_on_it():
    port = ports.choose()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((ports.HOST, port))
    with socket.create_server((ports.HOST, port)) as server:  # sets SO_REUSEADDR
        assert server.getsockname()[1] == port


def test_no_port_is_chosen_for_two_servers():
    port = ports.choose()
    assert ports.choose(port) != port
    with pytest.raises(Trouble, match="is taken"):
        ports.for_web(str(port))


def test_a_given_database_that_does_not_answer_is_named(tmp_path, monkeypatch):
    port = ports.choose()  # nobody listens there
    refused = run(tmp_path, DATABASE_URL=f"postgres://nobody@127.0.0.1:{port}/none", PORT="0")
    assert refused.returncode == 1
    assert "DATABASE_URL is given, but does not answer" in refused.stdout


def test_a_given_database_address_that_names_no_database_is_explained(tmp_path):
    refused = run(tmp_path, DATABASE_URL="postgres://localhost", PORT="0")
    assert refused.returncode == 1
    assert "DATABASE_URL must look like postgres://" in refused.stdout


def test_own_credentials_are_kept_and_dummies_given_where_there_are_none(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    assert simulated_aws(1)["AWS_ACCESS_KEY_ID"] == "local"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    assert "AWS_ACCESS_KEY_ID" not in simulated_aws(1)


def test_processes_reach_each_other_past_a_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "intranet")
    assert for_processes({})["NO_PROXY"] == "intranet,127.0.0.1"


def test_the_settings_file_is_readable_by_its_owner_only(tmp_path):
    write_file(tmp_path / "env", {"SECRET_KEY": "abc"})
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "env").read_text() == "SECRET_KEY=abc\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must become somebody else")
@pytest.mark.parametrize("way", ["user_namespace", "other_user"])
def test_root_can_run_postgresql_in_a_folder_closed_to_others(tmp_path, monkeypatch, way):
    (tmp_path / "closed").mkdir(mode=0o700)
    ways = {
        "user_namespace": unprivileged.user_namespace,
        "other_user": lambda: unprivileged.other_user(postgres.STOP_WITH),
    }
    monkeypatch.setattr(unprivileged, "find_way", lambda stop_with: ways[way]())
    server = postgres.Postgres(tmp_path / "closed", ports.choose())
    server.prepare()
    said = subprocess.run(
        [*server.command, "-C", "data_directory"], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == str(tmp_path / "closed" / "postgres")


def test_a_half_made_cluster_is_made_anew(tmp_path):
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18")
    server = postgres.Postgres(tmp_path, ports.choose())
    server.prepare()
    assert (tmp_path / "postgres" / "global").is_dir()


def test_a_stale_pid_file_is_cleared_away(tmp_path):
    server = postgres.Postgres(tmp_path, ports.choose())
    server.prepare()
    stale = tmp_path / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n")
    server.prepare()
    assert not stale.exists()
