"""The port and the rest of what the demo reads from the environment."""

import socket
from pathlib import Path

import pytest
from launcher import demo_environment, run_module

from demo.options import DemoError, read_options, reserve_port, site_url


def test_port_in_use_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run_module("demo.demo", env=demo_environment(tmp_path / "demo", AZIONE_PORT=str(port)))

    assert done.returncode == 5
    assert done.stderr == f"Port {port} is in use: choose another, for example AZIONE_PORT={port + 1} make demo\n"
    assert not (tmp_path / "demo").exists()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_port_taken_on_the_other_loopback_is_refused() -> None:
    try:
        other = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("::1 cannot be used here")
    with other, pytest.raises(DemoError, match="is in use"):
        reserve_port(read_options({"AZIONE_PORT": str(other.getsockname()[1])}))


def test_reserved_port_is_kept() -> None:
    options = read_options({"AZIONE_PORT": "0"})
    with reserve_port(options) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(DemoError, match=f"Port {port} is in use"):
            reserve_port(read_options({"AZIONE_PORT": str(port)}))


@pytest.mark.parametrize("value", ["http", "-1", "65536", "80 80", "٨٠٨٠", "8000.0"])
def test_port_that_is_no_port_is_named(value: str) -> None:
    with pytest.raises(DemoError, match="AZIONE_PORT is"):
        read_options({"AZIONE_PORT": value})


def test_short_password_is_refused() -> None:
    with pytest.raises(DemoError, match="AZIONE_DEMO_PASSWORD"):
        read_options({"AZIONE_DEMO_PASSWORD": "1234567"})


def test_empty_values_mean_the_defaults() -> None:
    options = read_options({"AZIONE_PORT": "", "AZIONE_HOST": "", "AZIONE_DEMO_PASSWORD": "", "DATABASE_URL": ""})

    assert (options.host, options.port, options.directory.name) == ("127.0.0.1", 8000, ".demo")
    assert options.password is None
    assert options.database_url is None


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, "http://localhost:8123"),
        ({"AZIONE_HOST": "0.0.0.0"}, "http://localhost:8123"),
        ({"AZIONE_HOST": "192.168.1.20"}, "http://192.168.1.20:8123"),
        ({"AZIONE_HOST": "fd00::2"}, "http://[fd00::2]:8123"),
        ({"SITE_URL": "http://theatre.test:8123/"}, "http://theatre.test:8123"),
    ],
)
def test_site_url_is_what_a_browser_here_uses(environ: dict[str, str], url: str) -> None:
    assert site_url(read_options(environ), 8123) == url
