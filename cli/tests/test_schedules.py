"""What ships for systemd and cron: lines that `azione` understands, at times that make sense."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from cli.tests.conftest import ROOT
from cli.tests.test_help import parse

SYSTEMD, CRON = ROOT / "infra" / "systemd", ROOT / "infra" / "cron" / "azionelab"
CHECKOUT = "/opt/azionelab"
# They change something, and nobody is there to be asked.
WANT_YES = ("backup prune", "backup restore", "emails send", "privacy sweep")
NEEDED = ("backup create", "backup prune", "backup verify latest --drill", "emails send", "privacy sweep")


def unit(path: Path) -> configparser.ConfigParser:
    """Of an option that is given several times, the last; `commands` has them all."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


def commands() -> list[str]:
    """Every line that runs azione, as it is typed."""
    systemd = [
        line.partition("=")[2].removeprefix("-")
        for path in SYSTEMD.glob("azione-*.service")
        for line in path.read_text().splitlines()
        if line.startswith("ExecStart")
    ]
    cron = [part for line in CRON.read_text().splitlines() if line[:1] != "#" for part in re.split("&& |[{;] ", line)]
    lines = [re.sub(rf"({CHECKOUT}/)?\.venv/bin/azione", "azione", line) for line in [*systemd, *cron]]
    return [line.replace(">/dev/null", "").strip(" ;}") for line in lines if line.startswith("azione ")]


def test_every_line_is_one_that_azione_understands() -> None:
    assert len(commands()) > 2 * len(NEEDED) - 1
    for line in commands():
        parse(line)
        if any(line.startswith(f"azione {verb}") for verb in WANT_YES):
            assert "--yes" in line, line


@pytest.mark.parametrize("verb", NEEDED)
def test_both_have_what_must_be_done(verb: str) -> None:
    units = "".join(path.read_text() for path in SYSTEMD.glob("azione-*.service"))
    assert f"/azione {verb}" in units
    assert f"/azione {verb}" in CRON.read_text()


@pytest.mark.parametrize("name", ["backup", "backup-copy", "drill", "emails", "sweep"])
def test_timer_has_its_service_and_makes_up_for_a_missed_night(name: str) -> None:
    timer, service = (unit(SYSTEMD / f"azione-{name}.{kind}") for kind in ("timer", "service"))
    assert service["Service"]["Type"] == "oneshot"
    assert timer["Install"]["WantedBy"] == "timers.target"
    times = dict(timer["Timer"])
    if name == "emails":
        assert times == {"OnBootSec": "2min", "OnUnitInactiveSec": "3min"}
    else:
        assert re.fullmatch(r"\*-\*-(\*|01) \d\d:\d\d:\d\d", times["OnCalendar"])
        assert times["Persistent"] == "true"


def test_backup_is_made_whatever_became_of_the_old_ones() -> None:
    """Old ones make room for it. A dash lets systemd go on after a line that failed, and so does `;` a shell."""
    lines = [line for line in (SYSTEMD / "azione-backup.service").read_text().splitlines() if "ExecStart" in line]
    assert [line.rpartition("azione ")[2].split()[:2] for line in lines] == [["backup", "prune"], ["backup", "create"]]
    assert lines[0].startswith("ExecStartPre=-")
    assert re.search(r"azione backup prune --yes >/dev/null; .*azione backup create", CRON.read_text())


def test_every_line_of_cron_has_a_time_a_user_and_a_command() -> None:
    lines = [
        line for line in CRON.read_text().splitlines() if line and not line.startswith("#") and "=" not in line[:8]
    ]
    assert len(lines) >= 5
    for line in lines:
        *times, user, command = line.split(maxsplit=6)
        assert all(re.fullmatch(r"\*|\*/\d+|\d+", time) for time in times), line
        assert user == "root"
        # cron takes a percent sign for a line break.
        assert "%" not in command


@pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not on this host (Debian: apt-get install rsync)")
def test_copy_takes_whole_backups_and_nothing_else(tmp_path: Path) -> None:
    """The line of the unit, with real rsync, to a folder instead of another host."""
    source, target = tmp_path / "backups", tmp_path / "copy"
    for folder in ("2026-11-29T204501Z", ".partial-2026-11-30T034501Z", ".deleting-2026-08-01T034501Z"):
        (source / folder).mkdir(parents=True)
        (source / folder / "media.tar").write_text(folder)
    (source / ".lock").write_text("")
    target.mkdir()
    line = unit(SYSTEMD / "azione-backup-copy.service")["Service"]["ExecStart"]
    words = [
        f"{source}/" if word.startswith(CHECKOUT) else f"{target}/" if "@" in word else word
        for word in shlex.split(line)
    ]
    subprocess.run(words, check=True)
    assert [path.relative_to(target).as_posix() for path in target.rglob("*")] == [
        "2026-11-29T204501Z",
        "2026-11-29T204501Z/media.tar",
    ]
