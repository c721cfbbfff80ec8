"""gunicorn with the stack's own configuration."""

import http.client
import json
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

from tests.conftest import ENVIRONMENT
from tests.web_server import CONFIGURATION, WebServer, web_server

BACKEND = Path(__file__).resolve().parents[2]


def test_it_answers_and_speaks_json_from_first_to_last(tmp_path: Path) -> None:
    with web_server(tmp_path) as server:
        assert server.get("/healthz") == (200, b'{"status": "alive"}')
        assert server.get("/readyz")[0] == 503
        assert server.stop() == 0
        assert server.process.stdout is not None
        assert server.process.stdout.read() == b""
    lines = server.log_lines()
    events = " ".join(line["event"] for line in lines)
    assert "Listening at" in events
    assert "Shutting down" in events
    assert [line["route"] for line in lines if line["event"] == "request"] == ["readyz"], "a probe that is well is none"
    complaints = [line["event"] for line in lines if line["level"] != "info"]
    assert complaints == ["Service Unavailable"], "none about a home, a socket or a folder"


def test_workers_that_end_by_themselves_lose_no_request(tmp_path: Path) -> None:
    """Each stops taking requests after six to nine, while eight people at once go on asking."""
    with web_server(tmp_path, "--max-requests", "6", "--max-requests-jitter", "3") as server:
        with ThreadPoolExecutor(8) as people:
            answers = list(people.map(lambda _: server.get("/healthz")[0], range(60)))
        server.stop()
    assert answers == [200] * 60
    restarts = [line for line in server.log_lines() if line["event"].startswith("Autorestarting")]
    assert len(restarts) >= 2


def test_server_that_is_told_to_end_loses_no_request(tmp_path: Path) -> None:
    """Somebody keeps it from ending at once; whoever has come by then is answered, and whoever comes later refused."""
    with web_server(tmp_path) as server:
        assert server.get("/healthz")[0] == 200
        with socket.create_connection(("127.0.0.1", server.port)), ThreadPoolExecutor(8) as people:
            asking = [people.submit(ask_until_refused, server) for _ in range(8)]
            server.process.send_signal(signal.SIGTERM)
            answers = [one.result() for one in asking]
    assert all(set(mine) <= {200} for mine in answers), answers


def ask_until_refused(server: WebServer) -> list[int | str]:
    """What came back each time: a status, or the name of what went wrong."""
    answers: list[int | str] = []
    while True:
        try:
            answers.append(server.get("/healthz")[0])
        except ConnectionRefusedError:
            return answers
        except (OSError, http.client.HTTPException) as error:
            answers.append(type(error).__name__)


def test_settings_that_cannot_be_used_are_told_once_by_name() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION), "azionelab.project.wsgi:application"],
        cwd=BACKEND,
        env=ENVIRONMENT | {"PATH": "", "WEB_WORKERS": "two"},
        capture_output=True,
        check=False,
    )
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["detail"] == "WEB_WORKERS is 'two'; it must be a whole number from 1 to 64."
    assert (done.returncode, done.stderr) == (5, b"")


def test_request_that_cannot_be_read_leaves_nothing_of_it_in_the_log(tmp_path: Path) -> None:
    """gunicorn would quote the header, or the line, and name the address."""
    with web_server(tmp_path) as server:
        server.send(b"GET / HTTP/1.1\r\nHost: theatre.test\r\nAuthorization Reservation: segretissimo\r\n\r\n")
        server.send(b"GET /segretissimo HTTP/9.9 x\r\n\r\n")
        server.stop()
    refused = [line for line in server.log_lines() if line["level"] == "warning"]
    assert [line["event"] for line in refused] == ["Invalid request"] * 2
    written = server.log.read_text()
    assert "egretissimo" not in written
    assert "127.0.0.1" not in written.replace("Listening at: http://127.0.0.1", "")


def test_long_address_that_nginx_lets_through_is_refused_by_django(tmp_path: Path) -> None:
    with web_server(tmp_path) as server:
        status, body = server.get(f"/api/v1/{'x' * 7_000}/")
    assert (status, json.loads(body)["code"]) == (HTTPStatus.NOT_FOUND, "not_found")
