"""`make demo` as a person runs it: on a terminal, twice, stopped by Ctrl-C, killed, with a child that dies."""

import http.client
import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pexpect
import psutil
import pytest
from launcher import ROOT, demo_environment, run_module, wait_for

from demo.clock import theatre_today

READY = "Ctrl-C stops it."


class Demo:
    """The demo on a pseudo-terminal of its own."""

    def __init__(self, directory: Path, **more: str) -> None:
        self.directory = directory
        environment = demo_environment(directory, **more)
        python = str(ROOT / ".venv" / "bin" / "python")
        self.terminal = pexpect.spawn(
            python,
            ["-m", "demo.demo"],
            env=environment,
            cwd=str(ROOT),
            encoding="utf-8",
            codec_errors="replace",  # the echo of Ctrl-C may come between the bytes of one character
            timeout=90,
        )
        self.output = ""

    def wait_until_ready(self) -> dict[str, object]:
        """What it printed is in `output`; returns what it tells `azione`."""
        self.terminal.expect_exact(READY)
        self.output = self.terminal.before or ""
        content: dict[str, object] = json.loads((self.directory / "demo.json").read_text())
        return content

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.terminal.pid).children(recursive=True)

    def wait_until_ended(self) -> str:
        self.terminal.expect(pexpect.EOF)
        self.terminal.wait()
        return str(self.terminal.before)

    def end(self) -> None:
        if self.terminal.isalive():
            self.terminal.kill(signal.SIGTERM)
            self.wait_until_ended()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "demo")
    yield demo
    demo.end()


def assert_all_gone(processes: list[psutil.Process]) -> None:
    wait_for(
        lambda: all(not one.is_running() or one.status() == psutil.STATUS_ZOMBIE for one in processes),
        what="the end of every process",
    )


def get(url: str, path: str, host: str = "") -> http.client.HTTPResponse:
    """One request exactly as written: no redirect followed, no `..` taken out."""
    netloc = urlsplit(url).netloc
    connection = http.client.HTTPConnection("127.0.0.1", int(netloc.rpartition(":")[2]), timeout=10)
    connection.request("GET", path, headers={"Host": host or netloc})
    return connection.getresponse()


def assert_serves_what_it_should(url: str) -> None:
    assert len(json.load(get(url, "/api/v1/shows/"))) >= 8
    assert get(url, "/static/admin/css/base.css").status == 200
    assert get(url, "/admin/login/").status == 200
    assert get(url, "/demo/mailbox/").status == 200
    # What is done after an answer must not show in the time of the next one on the same connection.
    assert get(url, "/api/v1/shows/").headers["Connection"] == "close"
    elsewhere = get(url, "/demo/mailbox/", host="attacker.example")
    assert (elsewhere.status, elsewhere.headers["Location"]) == (302, f"{url}/demo/mailbox/")
    for path in ("/media/../secret-key", "/media/%2e%2e/secret-key", "/static/../secret-key", "/media/"):
        assert get(url, path).status == 404


def test_demo_from_first_start_to_reset(demo: Demo) -> None:
    days = {theatre_today()}
    told = demo.wait_until_ready()
    days.add(theatre_today())  # the theatre's day may end while the demo starts
    assert re.search(r"password: \w{4}-\w{4}-\w{4}", demo.output)
    assert f"{told['url']}/demo/mailbox/" in demo.output
    assert (demo.directory / "demo.json").stat().st_mode & 0o777 == 0o600
    assert told["season_anchor"] in {day.isoformat() for day in days}
    assert_serves_what_it_should(str(told["url"]))

    refused = run_module("demo.bootstrap", "demo-reset", env=demo_environment(demo.directory))
    assert refused.returncode == 5
    processes = demo.processes()
    assert {process.name() for process in processes} >= {"postgres"}
    demo.terminal.sendintr()
    assert "Stopped." in demo.wait_until_ended()
    assert demo.terminal.exitstatus == 0
    assert_all_gone(processes)
    assert not (demo.directory / "demo.json").exists()

    again = Demo(demo.directory)
    assert again.wait_until_ready()["season_anchor"] == told["season_anchor"]
    processes = again.processes()
    assert "password" not in again.output
    os.kill(again.terminal.pid, signal.SIGHUP)
    again.wait_until_ended()
    assert_all_gone(processes)
    assert run_module("demo.bootstrap", "demo-reset", env=demo_environment(demo.directory)).returncode == 0
    assert not demo.directory.exists()


def test_dead_web_server_ends_the_demo_with_its_log(demo: Demo) -> None:
    demo.wait_until_ready()
    processes = demo.processes()
    web = next(process for process in processes if "gunicorn" in process.cmdline())

    web.kill()

    said = demo.wait_until_ended()
    assert "The web server ended by itself" in said
    assert str(demo.directory / "log" / "web.log") in said
    assert demo.terminal.exitstatus == 5
    assert_all_gone(processes)


def test_killed_demo_leaves_no_process_and_starts_again(demo: Demo) -> None:
    demo.wait_until_ready()
    processes = demo.processes()
    os.kill(demo.terminal.pid, signal.SIGKILL)
    demo.terminal.wait()
    if sys.platform == "linux":
        assert_all_gone(processes)

    again = Demo(demo.directory)
    again.wait_until_ready()
    again.end()


def test_logs_hold_no_password(tmp_path: Path) -> None:
    demo = Demo(tmp_path / "demo", AZIONE_DEMO_PASSWORD="quinta-scena-aperta")
    demo.wait_until_ready()
    demo.end()

    assert "quinta-scena" not in demo.output
    kept = [path for path in demo.directory.rglob("*") if path.is_file() and "cluster" not in path.parts]
    assert kept
    assert not [path for path in kept if b"quinta-scena" in path.read_bytes()]
