"""A copy of this checkout that a test may change, for what `make upgrade` does with changes."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.stacks import ROOT

MIGRATIONS = Path("backend") / "azionelab" / "programme" / "migrations"
_MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("programme", "{after}")]
    operations = [migrations.RunSQL({sql!r}, migrations.RunSQL.noop)]
"""


def copy_checkout(copy: Path) -> None:
    """This checkout's files as they are now, those that git does not know yet among them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)


def write_migration(checkout: Path, sql: str) -> Path:
    """One more of the programme's, after the last."""
    folder = checkout / MIGRATIONS
    last = sorted(path.stem for path in folder.glob("0*.py"))[-1]
    path = folder / f"{int(last[:4]) + 1:04}_of_the_test.py"
    path.write_text(_MIGRATION.format(after=last, sql=sql))
    return path


@contextmanager
def migration(checkout: Path, sql: str) -> Iterator[None]:
    path = write_migration(checkout, sql)
    try:
        yield
    finally:
        path.unlink()
