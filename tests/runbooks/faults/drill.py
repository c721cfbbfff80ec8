"""A backup of last night, and one with a byte that is not what it was."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from runbooks.scenes import House, Scene, before, scene


@scene("restore-drill")
def backup_there(house: House) -> Iterator[Scene]:
    with house.shared_stack() as host:
        made = host.lab.azione("backup", "create")
        assert made.returncode == 0, made.stderr
        copies = host.home / "copies"
        shutil.copytree(host.lab.backups, copies)
        yield Scene(host, values={"COPY": str(copies)})
        shutil.rmtree(copies)
        for damaged in _backups(host.lab.backups)[:-1]:
            shutil.rmtree(damaged)


@before("a byte of the newest backup is flipped")
def flip_a_byte(scene: Scene) -> None:
    dump = _backups(scene.lab.backups)[-1] / "database.dump"
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)


def _backups(directory: Path) -> list[Path]:
    """Oldest first: their names are times."""
    return sorted(manifest.parent for manifest in directory.glob("[!.]*/manifest.json"))
