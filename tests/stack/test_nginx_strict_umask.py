"""The images of a checkout that only its owner can read, as a hardened host's umask (077) leaves it.

`make up` runs containers as users who own nothing; what was copied into an image they have to be able to read.
"""

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.front import HARDENED, docker

ROOT = Path(__file__).resolve().parents[2]
COPIED = [".dockerignore", "infra/docker", "infra/nginx", "backend/manage.py", "backend/azionelab"]
SETTINGS = {
    "SITE_URL": "http://theatre.test",
    "SECRET_KEY": "only for this test, which neither signs nor stores anything",
    "DATABASE_URL": "postgresql://nobody@nowhere.test/nothing",
    "SMTP_HOST": "nowhere.test",
    "MAIL_FROM": "prenota@theatre.test",
}
OPTIONS = {"nginx": HARDENED, "backend": ("--read-only", "--user", "10001:10001")}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not closed: the list of packages, which only root reads while it builds, and whose layer is there already."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        source, target = ROOT / name, checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    for path in checkout.rglob("*"):
        path.chmod(path.stat().st_mode & ~0o077)
    (checkout / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "backend.txt", checkout / "requirements")
    return checkout


@pytest.fixture(scope="module", params=["nginx", "backend"])
def image(checkout: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    tag = f"azionetest-umask-{secrets.token_hex(3)}:{request.param}"
    dockerfile = checkout / "infra" / "docker" / "Dockerfile"
    docker("build", "--file", str(dockerfile), "--target", request.param, "--tag", tag, str(checkout))
    yield tag
    subprocess.run(["docker", "image", "rm", tag], capture_output=True, check=True)


def run(image: str, *command: str) -> str:
    """As the user that compose.yml names; what it said on standard output."""
    options = OPTIONS[image.rpartition(":")[2]]
    environment = [f"--env={name}={value}" for name, value in SETTINGS.items()]
    return docker("run", "--rm", "--network=none", *options, *environment, image, *command)


def test_user_of_the_image_reads_all_that_was_copied(image: str) -> None:
    places = {"nginx": ["/etc/nginx"], "backend": ["/srv/azionelab"]}[image.rpartition(":")[2]]
    closed = run(image, "find", *places, "!", "-readable", "-o", "-type", "d", "!", "-executable")
    assert closed == ""


def test_program_of_the_image_starts(image: str) -> None:
    commands = {"nginx": ("start-nginx", "--check"), "backend": ("python", "manage.py", "check")}
    run(image, *commands[image.rpartition(":")[2]])
