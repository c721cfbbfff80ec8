"""Every container and every image, as the engine describes them and as they look from within."""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.hardening import told_secrets, weaknesses, weaknesses_of_service
from lab.images import file_names, files_that_hold, layers, saved
from lab.stacks import Lab

SERVICES = ("nginx", "backend", "postgres")
OURS = ("nginx", "backend", "frontend")
USERS = {"nginx": 101, "backend": 10001, "postgres": 999}
TOOLS = ("gcc", "g++", "cc", "c++", "clang", "ld", "make", "cargo", "go", "node", "npm", "git")
_SHUTDOWN = r"s/^worker_shutdown_timeout \([0-9]*\)s;$/\1/p"


@pytest.fixture(scope="module")
def containers(stack: Lab) -> dict[str, dict[str, Any]]:
    """All that runs, by service."""
    stack.wait_until_healthy()
    found = {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in stack.inspect()}
    assert set(found) == set(SERVICES)
    return found


@pytest.fixture(scope="module")
def stack_secrets(stack: Lab) -> list[str]:
    names = {"backend": ("SECRET_KEY", "POSTGRES_PASSWORD"), "postgres": ("POSTGRES_PASSWORD",)}
    found = [
        stack.compose("exec", "-T", service, "cat", f"/run/secrets/{name}")
        for service, files in names.items()
        for name in files
    ]
    assert all(len(secret) >= 48 for secret in found)
    assert len(set(found)) == 3
    return found


@pytest.fixture
def make(stack: Lab) -> Iterator[Callable[..., dict[str, Any]]]:
    """Makes a container, which is never started, and tells what `docker inspect` says of it."""
    made: list[str] = []

    def create(*options: str) -> dict[str, Any]:
        made.append(stack.docker("create", *options, "--entrypoint", "sleep", stack.image("postgres")).strip())
        found: dict[str, Any] = json.loads(stack.docker("inspect", made[-1]))[0]
        return found

    yield create
    stack.docker("rm", "--force", "--volumes", *made)


@pytest.mark.parametrize("service", SERVICES)
def test_container_may_no_more_than_it_must(containers: dict[str, dict[str, Any]], service: str) -> None:
    assert weaknesses_of_service(containers[service]) == set()
    assert containers[service]["Config"]["User"] == f"{USERS[service]}:{USERS[service]}"


def test_container_that_publishes_the_pages_may_no_more_either(stack: Lab) -> None:
    """It ends at once; this is what it was started as."""
    name = f"{stack.name}-frontend-looked-at"
    stack.compose("run", "--detach", "--no-deps", "--name", name, "frontend")
    try:
        found = json.loads(stack.docker("inspect", name))[0]
        assert stack.docker("wait", name).strip() == "0"
    finally:
        stack.docker("rm", "--force", name)
    assert weaknesses(found) == set()
    assert found["HostConfig"]["NetworkMode"] == "none"
    assert [mount["Destination"] for mount in found["Mounts"]] == ["/srv/frontend"]


def test_container_without_any_of_it_is_found_out(make: Callable[..., dict[str, Any]]) -> None:
    """The control: Docker's own defaults."""
    assert weaknesses_of_service(make()) == {
        "runs as root",
        "root file system can be written",
        "keeps capabilities",
        "may gain privileges",
        "no memory limit",
        "no limit of processes",
        "log without bounds",
        "no folder in memory",
        "no health check",
        "not healthy",
        "stays away after a crash",
    }


@pytest.mark.parametrize(
    ("options", "weakness"),
    [
        (["--cap-drop", "ALL", "--cap-add", "NET_RAW"], "keeps capabilities"),
        (["--privileged"], "is privileged"),
        (["--pid", "host"], "shares a namespace of the host"),
        (["--network", "host"], "shares a namespace of the host"),
        (["--volume", "/var/run/docker.sock:/var/run/docker.sock"], "reaches the engine"),
        (["--device", "/dev/null:/dev/nothing"], "has devices"),
        (["--user", "0:101"], "runs as root"),
    ],
)
def test_each_right_too_many_is_found_out(
    make: Callable[..., dict[str, Any]], options: list[str], weakness: str
) -> None:
    assert weakness in weaknesses(make(*options))


@pytest.mark.parametrize("service", SERVICES)
def test_kernel_grants_nothing(stack: Lab, service: str) -> None:
    status = stack.compose("exec", "-T", service, "cat", "/proc/1/status")
    found = dict(re.findall(r"^(\w+):\s+(.*)$", status, re.MULTILINE))
    assert {found[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0000000000000000"}
    assert found["NoNewPrivs"] == "1"
    assert found["Seccomp"] == "2"
    assert set(found["Uid"].split()) == {str(USERS[service])}


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_of_the_image_can_be_written(stack: Lab, service: str) -> None:
    """By trying: only what is in memory or a volume takes a file."""
    script = "for place in / /etc /usr/bin /opt /srv /var /home; do touch $place/x 2>/dev/null && echo $place; done; :"
    assert stack.compose("exec", "-T", service, "sh", "-c", script) == ""
    assert stack.compose("exec", "-T", service, "sh", "-c", "touch /tmp/x && echo written") == "written\n"
    assert stack.compose("exec", "-T", service, "sh", "-c", "rm /tmp/x") == ""


def test_stop_waits_longer_than_what_it_stops(stack: Lab, containers: dict[str, dict[str, Any]]) -> None:
    script = "import runpy; print(runpy.run_path('/srv/azionelab/gunicorn.conf.py')['graceful_timeout'])"
    gunicorn = int(stack.compose("exec", "-T", "backend", "python", "-c", script))
    nginx = int(stack.compose("exec", "-T", "nginx", "sed", "-n", _SHUTDOWN, "/etc/nginx/nginx.conf"))

    assert containers["backend"]["Config"]["StopTimeout"] >= gunicorn + 5
    assert containers["nginx"]["Config"]["StopTimeout"] >= nginx + 5
    # PostgreSQL writes a checkpoint before it ends; Docker's own patience is ten seconds.
    assert containers["postgres"]["Config"]["StopTimeout"] >= 60


def test_only_nginx_publishes_ports(stack: Lab, containers: dict[str, dict[str, Any]]) -> None:
    published = {
        service: {
            inside: [(one["HostIp"], int(one["HostPort"])) for one in bindings]
            for inside, bindings in one["NetworkSettings"]["Ports"].items()
            if bindings
        }
        for service, one in containers.items()
    }
    assert published == {
        "nginx": {
            "8080/tcp": [("127.0.0.1", stack.http_port)],
            "8443/tcp": [("127.0.0.1", stack.https_port)],
        },
        "backend": {},
        "postgres": {},
    }


def test_role_of_the_backend_owns_its_database_and_nothing_else(stack: Lab) -> None:
    rights = "rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
    roles = "FROM pg_roles WHERE rolname !~ '^pg_'"
    owner = "pg_get_userbyid(datdba)"
    grants = "FROM pg_database, aclexplode(datacl) WHERE datname = 'azionelab' AND grantee = 0"
    # The superuser's row is the control: what the backend's role may not do would be seen.
    assert stack.psql(f"SELECT rolname, {rights} {roles} ORDER BY rolname").splitlines() == [
        "azionelab|f|f|f|f|f",
        "postgres|t|t|t|t|t",
    ]
    assert stack.psql("SELECT count(*) FROM pg_auth_members WHERE member = 'azionelab'::regrole") == "0"
    assert stack.psql(f"SELECT datname, {owner} FROM pg_database ORDER BY datname").splitlines() == [
        "azionelab|azionelab",
        "postgres|postgres",
        "template0|postgres",
        "template1|postgres",
    ]
    assert stack.psql(f"SELECT privilege_type {grants}") == ""


@pytest.mark.parametrize("service", SERVICES)
def test_secret_is_nowhere_but_in_its_file(
    stack: Lab, containers: dict[str, dict[str, Any]], stack_secrets: list[str], service: str
) -> None:
    assert told_secrets(containers[service], stack_secrets) == []
    processes = stack.compose("exec", "-T", service, "sh", "-c", "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline")
    assert [secret for secret in stack_secrets if secret in processes] == []


def test_secret_in_the_environment_is_found_out(make: Callable[..., dict[str, Any]]) -> None:
    secret = secrets.token_urlsafe(48)
    for options in (["--env", f"SECRET_KEY={secret}"], ["--label", f"key={secret}"], ["--add-host", f"{secret}:::1"]):
        assert told_secrets(make(*options), [secret, "nowhere"]) == [secret]


def test_each_container_gets_its_own_secrets_alone(stack: Lab, containers: dict[str, dict[str, Any]]) -> None:
    given = {
        service: sorted(
            (Path(mount["Source"]).relative_to(stack.data).as_posix(), mount["RW"])
            for mount in one["Mounts"]
            if mount["Type"] == "bind" and Path(mount["Source"]).is_relative_to(stack.data)
        )
        for service, one in containers.items()
    }
    assert given == {
        "nginx": [("acme", False), ("certificates", False)],
        "backend": [("secrets/backend", False)],
        "postgres": [("secrets/postgres", False)],
    }


def test_secrets_on_the_host_are_their_owners_alone(stack: Lab) -> None:
    """Seen by root, as the folders are closed to whoever runs the tests."""
    script = "find /secrets -mindepth 1 -printf '%y %m %u %P\\n' | sort"
    mount = f"{stack.data / 'secrets'}:/secrets:ro"
    found = stack.docker("run", "--rm", "--user", "0", "--volume", mount, stack.image("postgres"), "sh", "-c", script)
    assert found.replace(" postgres postgres", " 999 postgres").splitlines() == [
        "d 700 10001 backend",
        "d 700 999 postgres",
        "f 600 10001 backend/POSTGRES_PASSWORD",
        "f 600 10001 backend/SECRET_KEY",
        "f 600 999 postgres/POSTGRES_PASSWORD",
    ]


@pytest.mark.parametrize("service", OURS)
def test_image_has_nothing_that_builds(stack: Lab, service: str) -> None:
    script = (
        f"for tool in {' '.join(TOOLS)}; do command -v $tool; done; ls /opt/venv/bin/pip* /usr/lib/gcc 2>/dev/null; :"
    )
    options = ("--rm", "--network", "none", "--entrypoint", "sh")
    assert stack.docker("run", *options, stack.image(service), "-c", script) == ""
    # The control: it would be seen.
    assert re.search(r"/node$", stack.docker("run", *options, "node:24-slim", "-c", script), re.MULTILINE)


@pytest.mark.parametrize(
    ("service", "place"),
    [("backend", "/srv/azionelab"), ("frontend", "/published"), ("nginx", "/etc/nginx/azione")],
)
def test_image_holds_of_ours_only_what_runs(stack: Lab, service: str, place: str) -> None:
    """Neither sources of what was built, nor words for developers, nor scripts of pages that nobody is shown."""
    odd = "-name '*.po' -o -name '*.map' -o -name '*.ts' -o -name README.md -o -name tests -o -name rest_framework"
    script = f"find {place} -type f | head -5 | wc -l; find {place} {odd}"
    options = ("--rm", "--network", "none", "--entrypoint", "sh")
    assert stack.docker("run", *options, stack.image(service), "-c", script).split() == ["5"]


@pytest.mark.parametrize("service", OURS)
def test_image_holds_no_secret_and_no_settings(stack: Lab, stack_secrets: list[str], service: str) -> None:
    """In any layer: what was taken away again is still there."""
    with saved(stack.image(service)) as folder:
        assert files_that_hold(folder, stack_secrets) == []
        names = [name for layer in layers(folder) for name in file_names(layer)]
    assert len(names) > 1000
    assert [name for name in names if Path(name).name.startswith(".env") or "/.git/" in name] == []
    history = stack.docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", stack.image(service))
    assert [secret for secret in stack_secrets if secret in history] == []


def test_secret_that_a_later_layer_took_away_is_found_out(stack: Lab) -> None:
    secret, image = secrets.token_urlsafe(48), f"{stack.name}-leaking:current"
    recipe = f"FROM nginx:1.28\nRUN echo {secret[::-1]} | rev >/srv/.env\nRUN rm /srv/.env\n"
    try:
        stack.docker("build", "--quiet", "--tag", image, "-", stdin=recipe)
        with saved(image) as folder:
            assert len(files_that_hold(folder, [secret])) == 1
            assert "srv/.env" in [name for layer in layers(folder) for name in file_names(layer)]
    finally:
        stack.docker("image", "rm", image)
