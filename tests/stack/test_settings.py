"""A wrong or missing setting stops `make up` by its name, in one sentence, and nothing has started."""

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.stacks import ROOT, Lab, new_lab

MISSING = ("SITE_URL", "SMTP_HOST", "MAIL_FROM")
WRONG = [
    ("SITE_URL", "theatre.example"),
    ("SITE_URL", "https://theatre.example/it"),
    ("TIME_ZONE", "Mars/Olympus"),
    ("LOG_LEVEL", "LOUD"),
    ("POSTGRES_PORT", "x"),
    ("DATABASE_POOL_SIZE", "many"),
    ("DATABASE_TIMEOUTS", "never"),
    ("WEB_WORKERS", "0"),
    ("WEB_THREADS", "many"),
    ("SMTP_PORT", "0"),
    ("SMTP_SECURITY", "ssl"),
    ("SMTP_TIMEOUT", "never"),
    ("MAIL_FROM", "nobody"),
    ("HOLD_MINUTES", "soon"),
    ("MAX_ACTIVE_RESERVATIONS", "-1"),
    ("PENDING_KEPT_HOURS", "0"),
    ("GUESTS_KEPT_DAYS", "x"),
    ("STAFF_IDLE_MINUTES", "0"),
    ("STAFF_SESSION_HOURS", "all day"),
    ("HSTS_SECONDS", "long"),
    ("HSTS_SUBDOMAINS", "some"),
    ("UNLIMITED_NETWORKS", "everywhere"),
    ("HTTP_PORT", "http"),
    ("HTTPS_PORT", "70000"),
    ("LISTEN_ADDRESS", "nowhere"),
    ("LISTEN_ADDRESS", "203.0.113.9"),
    ("BACKEND_REPLICAS", "many"),
    ("COMPOSE_PROJECT_NAME", "The Theatre"),
    ("COMPOSE_FILE", "nothing.yml"),
    ("COMPOSE_PROFILES", "own_database"),
    ("DATA_DIR", "/dev/null/data"),
    ("BACKUP_DIR", "/dev/null/backups"),
    ("TLS_CERTIFICATE", "/nowhere/fullchain.pem"),
]
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "SMTP_PASSWORD", "DATABASE_URL")


@pytest.fixture(scope="module")
def shared() -> Iterator[Lab]:
    with new_lab("settings") as lab:
        yield lab


@pytest.fixture
def lab(shared: Lab) -> Iterator[Lab]:
    """With good settings, and put back to them."""
    before = shared.env_file.read_text()
    yield shared
    shared.env_file.write_text(before)


def refused(lab: Lab, **environment: str) -> str:
    """What `make up` says; it started nothing, and its last line but make's own is one sentence."""
    done = lab.make("up", **environment)
    assert done.returncode == 2, done.stdout  # make's own, for a recipe that failed; the recipe's is 5
    assert re.search(r"^make: \*\*\* .* Error 5$", done.stderr, re.MULTILINE), done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    running = lab.docker("ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={lab.name}")
    assert running == ""
    (sentence,) = [line for line in done.stderr.splitlines() if line and not line.startswith("make: ")]
    return sentence


@pytest.mark.parametrize("name", MISSING)
def test_missing_setting_is_named(lab: Lab, name: str) -> None:
    lab.set(**{name: ""})
    assert refused(lab) == f"{name} is not set in {lab.env_file}. See .env.example for what it means."


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_wrong_setting_is_named(lab: Lab, name: str, value: str) -> None:
    lab.set(**{name: value})
    assert re.search(rf"\b{name}\b", refused(lab))


def test_key_without_a_certificate_is_told(lab: Lab) -> None:
    lab.set(TLS_KEY="/nowhere/privkey.pem")
    assert refused(lab).startswith("TLS_CERTIFICATE is not set in .env")


@pytest.mark.parametrize("name", SECRETS)
def test_secret_among_the_settings_is_named_and_not_told(lab: Lab, name: str) -> None:
    lab.set(**{name: "hunter2-hunter2-hunter2-hunter2-hunter2"})
    sentence = refused(lab)
    assert sentence.startswith(f"{name} stands in {lab.env_file}, and is a secret")
    assert "hunter2" not in sentence


def test_missing_file_of_settings_is_told_with_the_way_out(lab: Lab) -> None:
    sentence = refused(lab, AZIONE_ENV=str(lab.directory / "nothing"))
    assert sentence == (
        f"There is no {lab.directory / 'nothing'}: cp .env.example .env, "
        "then fill in SITE_URL, SMTP_HOST and MAIL_FROM."
    )


@pytest.mark.parametrize("name", ["HTTP_PORT", "HTTPS_PORT"])
def test_busy_port_is_named(lab: Lab, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        lab.set(**{name: str(port)})
        assert refused(lab).startswith(f"{name} is {port}, and that port of 127.0.0.1 is not free")


def test_docker_that_does_not_answer_is_told(lab: Lab) -> None:
    done = lab.make("up", DOCKER_HOST="unix:///nowhere")
    assert done.returncode == 2
    assert "Docker does not answer: " in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_docker_is_told(lab: Lab, tmp_path: Path) -> None:
    """A PATH with all that make needs, and no docker on it."""
    names = ("sh", "sed", "env", "python3", "make")
    found = [shutil.which(name, path=lab.environment["PATH"]) for name in names]
    for name, program in zip(names, found, strict=True):
        assert program
        (tmp_path / name).symlink_to(program)
    assert refused(lab, PATH=str(tmp_path)).startswith("There is no docker command: ")


def test_two_databases_are_one_too_many(lab: Lab) -> None:
    secret = "postgresql://azionelab:hunter2@db.example/azionelab"
    assert lab.make("secret", "NAME=DATABASE_URL", stdin=secret).returncode == 0
    try:
        sentence = refused(lab)
    finally:
        lab.docker(
            *("run", "--rm", "--user", "0", "--volume", f"{lab.data}:/data", "--entrypoint", "rm"),
            *(lab.image("postgres"), "/data/secrets/backend/DATABASE_URL"),
        )
    assert "DATABASE_URL" in sentence
    assert "COMPOSE_PROFILES" in sentence
    assert "hunter2" not in sentence


def test_secret_can_be_given_before_the_first_start(lab: Lab) -> None:
    """As a mail server's password must be."""
    done = lab.make("secret", "NAME=SMTP_PASSWORD", stdin="curtain\n")
    assert done.returncode == 0, done.stderr
    assert "curtain" not in done.stdout + done.stderr
    found = lab.docker(
        *("run", "--rm", "--user", "0", "--volume", f"{lab.data}:/data:ro", "--entrypoint", "sh"),
        *(
            lab.image("postgres"),
            "-c",
            "cd /data/secrets/backend && stat -c '%a %u' SMTP_PASSWORD && cat SMTP_PASSWORD",
        ),
    )
    assert found == "600 10001\ncurtain"


@pytest.mark.parametrize(("name", "value"), [("HANDSHAKE", "x"), ("SMTP_PASSWORD", " \n")])
def test_secret_that_cannot_be_is_refused(lab: Lab, name: str, value: str) -> None:
    done = lab.make("secret", f"NAME={name}", stdin=value)
    assert done.returncode == 2
    assert name in done.stderr


def test_compose_reads_it_all_without_a_warning(lab: Lab) -> None:
    done = lab.run("docker", "compose", "config", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_settings_of_the_example_are_complete(lab: Lab) -> None:
    """Every variable that the Compose file asks for stands in .env.example, and the other way round."""
    compose = (ROOT / "infra" / "docker" / "compose.yml").read_text()
    asked = set(re.findall(r"\$\{(\w+)", compose)) - {"IMAGE_TAG"}
    documented = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert asked <= documented
