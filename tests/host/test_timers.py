"""`make timers`: every unit is installed for this checkout, every timer but that of the copy is started.

What the lines do is tried by cli/tests/test_schedules.py.
"""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "infra" / "systemd"


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in that writes down what it was told; its file. Without it, there is no systemd on the PATH."""
    told = tmp_path / "told"
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >>{told}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return told


def install(folder: Path, checkout: str = "/srv/theatre") -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(UNITS / "install.sh"), checkout, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_units_are_installed_for_the_checkout(systemctl: Path, tmp_path: Path) -> None:
    folder = tmp_path / "units"
    folder.mkdir()
    done = install(folder)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in folder.iterdir()} == {path.name for path in UNITS.glob("azione-*")}
    for path in folder.iterdir():
        assert "/opt/azionelab" not in path.read_text()
    assert "ExecStart=/srv/theatre/.venv/bin/azione backup create" in (folder / "azione-backup.service").read_text()
    started = {line.split()[-1] for line in systemctl.read_text().splitlines() if line.startswith("enable --now")}
    assert started == {path.name for path in UNITS.glob("*.timer")} - {"azione-backup-copy.timer"}


def test_again_all_are_brought_up_to_date_but_the_copy_that_was_edited(systemctl: Path, tmp_path: Path) -> None:
    folder = tmp_path / "units"
    folder.mkdir()
    assert install(folder).stdout.count("stays as it is") == 0
    copy, backup = folder / "azione-backup-copy.service", folder / "azione-backup.service"
    for path in folder.iterdir():
        path.write_text("ExecStart=/bin/rsync to the safe place\n")

    done = install(folder)

    assert done.returncode == 0, done.stderr
    assert copy.read_text() == "ExecStart=/bin/rsync to the safe place\n"
    (said,) = [line for line in done.stdout.splitlines() if "stays as it is" in line]
    assert str(copy) in said
    assert "azione backup create" in backup.read_text()
    assert "OnCalendar" in copy.with_suffix(".timer").read_text()


def test_old_backups_make_room_for_the_new_one() -> None:
    """Pruned first, and whatever comes of that: once there is no room, nothing that follows a good backup would run."""
    lines = re.findall(r"^Exec.*$", (UNITS / "azione-backup.service").read_text(), re.MULTILINE)
    assert lines == [
        "ExecStartPre=-/opt/azionelab/.venv/bin/azione backup prune --yes",
        "ExecStart=/opt/azionelab/.venv/bin/azione backup create",
    ]


@pytest.mark.parametrize("pruned", [0, 5])
@pytest.mark.parametrize("created", [0, 9])
def test_cron_prunes_first_too(tmp_path: Path, pruned: int, created: int) -> None:
    """The line of cron in a shell, with an azione that ends as it is told."""
    azione = tmp_path / ".venv" / "bin" / "azione"
    azione.parent.mkdir(parents=True)
    azione.write_text(f'#!/bin/sh\necho "$2" >>told\ntest "$2" = prune && exit {pruned}\nexit {created}\n')
    azione.chmod(0o755)
    lines = (ROOT / "infra" / "cron" / "azionelab").read_text().splitlines()
    (line,) = [line.split(maxsplit=6)[6] for line in lines if "backup create" in line]

    done = subprocess.run(["/bin/sh", "-c", line.replace("/opt/azionelab", str(tmp_path))], check=False)

    assert (tmp_path / "told").read_text().split() == ["prune", "create"]
    assert done.returncode == created


def test_without_systemd_cron_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = install(tmp_path)
    assert (done.returncode, done.stdout) == (5, "")
    assert "infra/cron/azionelab" in done.stderr


def test_folder_that_is_closed_asks_for_root(systemctl: Path, tmp_path: Path) -> None:
    done = install(tmp_path / "not-there")
    assert done.returncode == 5
    assert "sudo make timers" in done.stderr
    assert not systemctl.exists()


def test_every_timer_has_a_line_for_cron() -> None:
    lines = (ROOT / "infra" / "cron" / "azionelab").read_text()
    for timer in UNITS.glob("*.timer"):
        for command in re.findall(
            r"^ExecStart(?:Pre)?=-?(.*)$", timer.with_suffix(".service").read_text(), re.MULTILINE
        ):
            said = command.replace("/opt/azionelab/", "").removeprefix("/usr/bin/").split()
            assert " ".join(said[:3] if said[0] != "rsync" else said[:2]) in lines, timer.name
