"""Newer versions, as they are published: commits in the repository that the checkout pulls from."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from lab.stacks import Lab
from runbooks.documents import ROOT
from runbooks.scenes import House, Scene, before, scene

_NOBODY = ("-c", "user.name=Publisher", "-c", "user.email=publisher@theatre.example")
_MIGRATIONS = Path("backend/azionelab/programme/migrations")
_MIGRATION = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("programme", "{before}")]
    operations = []
"""


# As the page has the version before.
VERSION_IN_RUNBOOK = "0.1.0"


class Upgrading(Scene):
    """`version` is the one that runs before the upgrade; newer ones have a 1 in front of it."""

    version: str


@scene("upgrade-and-roll-back")
def newer_version_is_published(house: House) -> Iterator[Upgrading]:
    """The checkout follows a repository in which there is one more commit. It changes no database."""
    with house.shared_stack() as host:
        publisher = house.folder / "publisher"
        _git(house.folder, "clone", "--quiet", str(ROOT), str(publisher))
        branch = _git(publisher, "branch", "--show-current")
        at = _git(host.checkout, "rev-parse", "HEAD")
        _git(publisher, "reset", "--quiet", "--hard", at)
        _git(host.checkout, "remote", "set-url", "origin", str(publisher))
        version = publisher / "backend" / "azionelab" / "__init__.py"
        version.write_text(version.read_text().replace('__version__ = "', '__version__ = "1'))
        _publish(publisher, "A newer version")
        running = _version_that_runs(host.lab)
        made = Upgrading(host, values={"BRANCH": branch}, words={VERSION_IN_RUNBOOK: running})
        made.version = running
        try:
            yield made
        finally:
            _git(host.checkout, "checkout", "--quiet", "--force", "-B", branch, at)
            _git(host.checkout, "remote", "set-url", "origin", str(ROOT))


@before("the newer version runs")
def newer_runs(scene: Upgrading) -> None:
    assert _version_that_runs(scene.lab) == f"1{scene.version}"


@before("the version before runs")
def before_runs(scene: Upgrading) -> None:
    assert _version_that_runs(scene.lab) == scene.version


@before("an upgrade has changed the database")
def upgrade_with_migration(scene: Upgrading) -> None:
    checkout = scene.host.checkout
    publisher = Path(_git(checkout, "remote", "get-url", "origin"))
    newest = max(path.stem for path in (publisher / _MIGRATIONS).glob("[0-9]*.py"))
    (publisher / _MIGRATIONS / "9999_newer.py").write_text(_MIGRATION.format(before=newest))
    _publish(publisher, "A newer version yet, which changes the database")
    _git(checkout, "checkout", "--quiet", scene.values["BRANCH"])
    _git(checkout, "pull", "--quiet", "--ff-only")
    done = scene.lab.make("upgrade")
    assert done.returncode == 0, done.stdout + done.stderr
    newer_runs(scene)


def _version_that_runs(lab: Lab) -> str:
    """As the running backend says it, whatever the checkout holds."""
    asked = "import azionelab; print(azionelab.__version__)"
    return lab.compose("exec", "-T", "backend", "python", "-c", asked).strip()


def _publish(repository: Path, message: str) -> None:
    _git(repository, "add", "--all")
    _git(repository, *_NOBODY, "commit", "--quiet", "--message", message)


def _git(where: Path, *arguments: str) -> str:
    done = subprocess.run(("git", "-C", str(where), *arguments), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"git {arguments}: {done.stderr}"
    return done.stdout.strip()
