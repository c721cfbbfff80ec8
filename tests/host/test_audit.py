"""`make audit` asks about everything that ships, and the page about updates names all of it."""

import re
import subprocess
from pathlib import Path

import pytest

import audit

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "updates.md"
DOCKERFILE = ROOT / "infra" / "docker" / "Dockerfile"
# Told apart from the Dockerfile's own stages, such as "FROM backend AS admin-files".
IMAGE = re.compile(r"(?:^FROM |^ +image: )([a-z]+:[\w.-]+)", re.MULTILINE)


def test_audit_looks_at_every_lock_that_ships() -> None:
    copied = set(re.findall(r"requirements/\w+\.txt|[\w/]+/package-lock\.json", DOCKERFILE.read_text()))
    assert copied == {"requirements/backend.txt", "frontend/package-lock.json"}
    # And what `make up` installs on the host, beside the stack.
    assert {lock for lock, _command, _place in audit.questions()} == copied | {"requirements/cli.txt"}


def test_each_question_is_about_a_lock_that_is_there_and_leaves_nothing_out() -> None:
    for lock, command, place in audit.questions():
        assert (ROOT / lock).is_file()
        if lock.endswith(".txt"):
            assert str(ROOT / lock) in command
            assert "--strict" in command
        else:
            assert place == (ROOT / lock).parent


def test_lock_that_is_well_hides_none_that_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = [("first", ["false"], tmp_path), ("second", ["true"], tmp_path)]
    monkeypatch.setattr(audit, "install_tools", lambda: True)
    monkeypatch.setattr(audit, "questions", lambda: asked)
    assert audit.main() == 1
    assert "A flaw, or no answer: first." in capfd.readouterr().out
    monkeypatch.setattr(audit, "questions", lambda: asked[1:])
    assert audit.main() == 0


def test_page_names_every_lock_and_every_image() -> None:
    page = PAGE.read_text()
    images = set(IMAGE.findall(DOCKERFILE.read_text() + (ROOT / "infra/docker/compose.yml").read_text()))
    assert images == {"python:3.13-slim", "node:24-slim", "nginx:1.28", "postgres:18"}
    for image in images:
        assert f"docker pull {image}\n" in page
    for lock, _command, _place in audit.questions():
        assert f"`{lock}`" in page


def test_audit_is_no_part_of_the_tests() -> None:
    """Its answer depends on the day."""
    recipes = subprocess.run(["make", "--dry-run", "test"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "audit" not in recipes
