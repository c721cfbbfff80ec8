"""A disk that is really full: one of its own, with the database and the backups on it, as on a host with but one."""

from collections.abc import Iterator

from lab.disks import DISK_BYTES, fill_up, put_database_on, small_disk, take
from lab.stacks import Lab
from lab.waiting import wait_for
from runbooks.scenes import House, Scene, scene

PANIC_SECONDS = 60


@scene("disk-full")
def disk_full(house: House) -> Iterator[Scene]:
    """Somebody put a film on the host; then the database wrote, and fell."""
    with small_disk(house.folder / "disk") as disk, house.own_stack("disk", BACKUP_DIR=str(disk / "backups")) as host:
        lab = host.lab
        put_database_on(lab, disk)
        lab.up()
        lab.seed()
        for note in ("one", "two", "three"):
            assert lab.azione("backup", "create", "--note", note).returncode == 0
        # Once the film is gone there is enough room to start, though not for a first start.
        take(disk / "films" / "archive.tar", DISK_BYTES // 2)
        fill_up(disk / "films" / "rehearsal.mp4")
        _write_until_it_falls(lab)
        lab.compose("kill", "nginx")
        yield Scene(
            host,
            values={"BACKUPS": str(disk / "backups"), "FILE": str(disk / "films" / "rehearsal.mp4")},
            words={"/home/films/rehearsal.mp4": str(disk / "films" / "rehearsal.mp4"), "/home": str(disk)},
        )


def _write_until_it_falls(lab: Lab) -> None:
    """PostgreSQL stops rather than lose a write that it has no room for."""

    def has_fallen() -> bool | None:
        write = ("-c", "SELECT pg_logical_emit_message(true, 'a', 'b')", "-c", "SELECT pg_switch_wal()")
        lab.run("docker", "compose", "exec", "-T", "postgres", "psql", "--username", "postgres", *write)
        return lab.inspect("postgres")[0]["State"]["Restarting"] or None

    wait_for("end of the database", has_fallen, PANIC_SECONDS)
