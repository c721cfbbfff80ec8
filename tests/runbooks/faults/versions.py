"""Newer versions, as they are published: commits in the repository that the checkout pulls from."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from runbooks.documents import ROOT
from runbooks.scenes import House, Scene, before, scene

_NOBODY = ("-c", "user.name=Publisher", "-c", "user.email=publisher@theatre.example")
_MIGRATIONS = Path("backend/azionelab/programme/migrations")
_MIGRATION = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("programme", "{before}")]
    operations = []
"""


@scene("upgrade-and-roll-back")
def newer_version_is_published(house: House) -> Iterator[Scene]:
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
        try:
            yield Scene(host, values={"BRANCH": branch})
        finally:
            _git(host.checkout, "checkout", "--quiet", "--force", "-B", branch, at)
            _git(host.checkout, "remote", "set-url", "origin", str(ROOT))


@before("an upgrade has changed the database")
def upgrade_with_migration(scene: Scene) -> None:
    checkout = scene.host.checkout
    publisher = Path(_git(checkout, "remote", "get-url", "origin"))
    newest = max(path.stem for path in (publisher / _MIGRATIONS).glob("[0-9]*.py"))
    (publisher / _MIGRATIONS / "9999_newer.py").write_text(_MIGRATION.format(before=newest))
    _publish(publisher, "A newer version yet, which changes the database")
    _git(checkout, "checkout", "--quiet", scene.values["BRANCH"])
    _git(checkout, "pull", "--quiet", "--ff-only")
    done = scene.lab.make("upgrade")
    assert done.returncode == 0, done.stdout + done.stderr


def _publish(repository: Path, message: str) -> None:
    _git(repository, "add", "--all")
    _git(repository, *_NOBODY, "commit", "--quiet", "--message", message)


def _git(where: Path, *arguments: str) -> str:
    done = subprocess.run(("git", "-C", str(where), *arguments), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"git {arguments}: {done.stderr}"
    return done.stdout.strip()
