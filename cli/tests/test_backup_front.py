"""Whether guests get through nginx after an exchange, and nginx that waits for its first certificate."""

import socket
from collections.abc import Iterator

import pytest
from cli.tests.backup_lab import RESERVATIONS, Lab
from cli.tests.conftest import ROOT

from azione.backups import smoke
from azione.failures import Failure
from azione.stack import Site, require_site

NGINX = ROOT / "infra" / "nginx"


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Nobody listens on it, and nobody else gets it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def found(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Site:
    """As azione finds it, to be asked in this process, which has no patience."""
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(smoke, "PATIENCE_SECONDS", 0)
    return require_site("")


def test_restore_and_rollback_go_through_while_nginx_waits_for_a_certificate(lab: Lab, closed_port: int) -> None:
    """Its port for https is published, and nothing listens behind it."""
    name = lab.create()
    lab.reserve(5)
    with lab.published(closed_port, "waiting"):
        done = lab.azione("restore", name, "--yes")
        assert (done.returncode, lab.guests()) == (0, RESERVATIONS), done.stderr
        back = lab.azione("restore", "--rollback", "--yes")
        assert (back.returncode, lab.guests()) == (0, RESERVATIONS + 5), back.stderr


def test_site_that_does_not_work_inside_is_told_while_nginx_waits_for_a_certificate(lab: Lab, closed_port: int) -> None:
    name = lab.create()
    lab.break_site("/readyz answers 503")
    with lab.published(closed_port, "waiting"):
        assert lab.azione("restore", name, "--yes").returncode == 10


@pytest.mark.parametrize("servers", ["https", "http"])
def test_nginx_that_lets_nobody_through_with_a_certificate_is_told(
    lab: Lab, closed_port: int, monkeypatch: pytest.MonkeyPatch, servers: str
) -> None:
    with lab.published(closed_port, servers), pytest.raises(Failure) as told:
        smoke.check_through_front(found(lab, monkeypatch))
    assert (told.value.code, "Connection refused" in told.value.detail) == ("site_failed", True)


def test_nginx_that_does_not_say_how_it_is_is_looked_at(
    lab: Lab, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lab.published(closed_port, "waiting"):
        (lab.directory / "bin" / "nginx.bin" / "cat").write_text("#!/bin/sh\nexit 1\n")
        with pytest.raises(Failure):
            smoke.check_through_front(found(lab, monkeypatch))


def test_nginx_writes_down_what_it_uses_where_it_is_looked_for() -> None:
    start = (NGINX / "start.sh").read_text()
    assert "generated=/run/azione/nginx\n" in start
    assert """printf 'include /etc/nginx/azione/%s.conf;\\n' "$1" >"$generated/servers.conf\"""" in start
    assert (NGINX / "waiting.conf").exists()
