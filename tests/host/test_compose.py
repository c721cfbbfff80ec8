"""What the backend can be told, and what compose.yml tells it: a setting left out there does nothing, silently."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / ".env.example").read_text()
# Where the stack's own folders are is for the stack to say.
FIXED = {"BACKUP_DIR", "MEDIA_ROOT", "SITE_PAGES"}
# Read when the image is made, and by nobody who runs.
NOT_TOLD = {"STATIC_ROOT"}
# A setting's name and value, and the last line of what is said of it.
LINES = re.findall(r"^# (.*)\n([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE)


def told() -> dict[str, str]:
    stack = yaml.safe_load((ROOT / "infra" / "docker" / "compose.yml").read_text())
    return {name: str(value) for name, value in stack["services"]["backend"]["environment"].items()}


def read_by_the_backend() -> set[str]:
    """The settings that are no secrets: those reach it as files."""
    sources = (path.read_text() for path in (ROOT / "backend" / "azionelab" / "project").glob("*.py"))
    return {name for source in sources for name in re.findall(r'env\.(?!secret|ascii_only)\w+\(\s*"([A-Z_]+)"', source)}


def test_every_setting_of_the_backend_reaches_it() -> None:
    documented = {name for _, name, _ in LINES}
    wanted = read_by_the_backend() & documented
    assert len(wanted) > 20
    assert wanted - NOT_TOLD - set(told()) == set()


@pytest.mark.parametrize("name", sorted(read_by_the_backend() - FIXED - NOT_TOLD))
def test_setting_reaches_the_backend_as_it_stands(name: str) -> None:
    """And where it is left out, as .env.example has it."""
    found = re.fullmatch(r"\$\{(\w+):([-?])(.*)\}", told()[name])
    assert found, told()[name]
    assert found[1] == name
    ((_, _, shown),) = [line for line in LINES if line[1] == name]
    if found[2] == "-" and name != "POSTGRES_HOST":  # there: the stack's own, unless it is elsewhere
        assert found[3] == shown


def test_no_secret_is_told() -> None:
    secrets = {name for said, name, _ in LINES if said.startswith("* ")}
    assert {"SECRET_KEY", "DATABASE_URL", "SMTP_PASSWORD"} <= secrets
    assert secrets & set(told()) == set()
