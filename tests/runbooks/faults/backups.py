"""Data that is lost."""

from collections.abc import Iterator
from http import HTTPStatus

from lab.guests import Confirmed, as_guest, come_all_the_way
from lab.stacks import Lab
from runbooks.scenes import House, Scene, before, scene


class Restoring(Scene):
    """A guest from before."""

    guest: Confirmed


@scene("restore-from-backup")
def volumes_destroyed(house: House) -> Iterator[Scene]:
    """Two guests came, a backup was made; then the volumes of the database and the posters are thrown away."""
    with house.shared_stack() as host:
        lab = host.lab
        scene = Restoring(host, values={"BACKUPS": str(lab.backups)}, words={"2 reservations": _reservations(lab, 2)})
        come_all_the_way(lab)
        scene.guest = come_all_the_way(lab)
        backup = _make_backup(lab)
        _destroy(lab)
        yield scene
        assert lab.azione("backup", "restore", backup, "--yes").returncode == 0


@before("a guest's link works again")
def guest_is_known(scene: Restoring) -> None:
    answer = as_guest(scene.lab, "GET", "", scene.guest.token)
    assert answer.status == HTTPStatus.OK, answer.text
    assert answer.json["status"] == "confirmed"


def _reservations(lab: Lab, more: int) -> str:
    """As they are counted once so many have come: others were there before them."""
    return f"{int(lab.psql('SELECT count(*) FROM reservations_reservation')) + more} reservations"


def _make_backup(lab: Lab) -> str:
    made = lab.azione("backup", "create")
    assert made.returncode == 0, made.stderr
    return made.stdout.partition(":")[0]


def _destroy(lab: Lab) -> None:
    lab.compose("down")
    for volume in ("database", "media"):
        lab.docker("volume", "rm", f"{lab.name}_{volume}")
