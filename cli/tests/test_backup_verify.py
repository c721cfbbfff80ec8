"""`azione backup verify`: no byte of a backup changes unnoticed, and a drill notices what bytes do not say."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.tests.backup_lab import RESERVATIONS, Lab, kill_at

from azione.backups.layout import Checks, read_backup, read_shelf, sums_of
from azione.backups.manifest import read_manifest
from azione.backups.steps import Steps
from azione.backups.verify import verify
from azione.failures import ExitCode, Failure

FILES = ("database.dump", "media.tar", "settings.env", "erasures.jsonl", "manifest.json", "SHA256SUMS", "checks.json")
DRILL_STEPS = ("check", "look", "restore", "count", "migrate", "rules", "unpack", "tidy")


def flip_in_the_middle(path: Path) -> None:
    flip(path, path.stat().st_size // 2)


def flip_at_the_start(path: Path) -> None:
    flip(path, 0)


def flip_at_the_end(path: Path) -> None:
    flip(path, path.stat().st_size - 1)


def flip(path: Path, place: int) -> None:
    """One bit."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def remove(path: Path) -> None:
    path.unlink()


def replace_by_link(path: Path) -> None:
    """To the very same content."""
    copy = path.parent.parent.parent / f"copy-of-{path.name}"
    path.replace(copy)
    path.symlink_to(copy)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = (
    flip_at_the_start,
    flip_in_the_middle,
    flip_at_the_end,
    cut,
    empty,
    lengthen,
    remove,
    replace_by_link,
    replace_by_folder,
)
# Nothing is lost with it: a backup without it is one that nobody has verified yet.
HARMLESS = {("checks.json", remove)}


def test_whole_backup_is_verified_and_noted(lab: Lab) -> None:
    name = lab.create()
    first = lab.checks(name)
    done = lab.azione("verify", "latest")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{name} is whole, to the byte.\n"
    assert lab.checks(name)["verified_at"] >= first["verified_at"]
    assert "drilled_at" not in lab.checks(name)
    assert lab.lying_about() == []


def test_every_damage_to_every_file_is_found(lab: Lab) -> None:
    whole = lab.backups / lab.create()
    kept = lab.directory / "kept"
    shutil.copytree(whole, kept)
    overlooked = []
    for file in FILES:
        for damage in DAMAGES:
            shutil.rmtree(whole)
            shutil.copytree(kept, whole)
            damage(whole / file)
            if is_noticed(lab, whole.name) == ((file, damage) in HARMLESS):
                overlooked.append((file, damage.__name__))
    assert overlooked == []


def is_noticed(lab: Lab, name: str) -> bool:
    """By what `azione backup verify` calls, without a process of its own for each of many cases."""
    try:
        verify(read_shelf(lab.backups).find(name), Steps(("check",), lambda step: None))
    except Failure as failure:
        return failure.exit_code == ExitCode.INTEGRITY
    return False


def test_every_bit_of_what_guards_a_backup_counts(lab: Lab) -> None:
    """Of the manifest and the checksums; those of the data are compared as a whole."""
    folder = lab.backups / lab.create()
    overlooked = []
    for file in ("manifest.json", "SHA256SUMS"):
        content = (folder / file).read_bytes()
        for place in range(len(content)):
            (folder / file).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            try:
                read_backup(folder)
                overlooked.append((file, place))
            except ValueError:
                pass
        (folder / file).write_bytes(content)
    assert overlooked == []
    assert read_backup(folder).name == folder.name


def test_every_bit_of_what_was_noted_counts(lab: Lab) -> None:
    folder = lab.backups / lab.create()
    content = (folder / "checks.json").read_bytes()
    known = read_backup(folder).checks
    for place in range(len(content)):
        (folder / "checks.json").write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert read_backup(folder).checks is None
    assert known not in (None, Checks())


@pytest.mark.parametrize("name", ["more.txt", ".hidden", "database.dump.age", "checks.json~"])
def test_file_too_many_is_found(lab: Lab, name: str) -> None:
    backup = lab.create()
    (lab.backups / backup / name).write_bytes(b"")
    done = lab.azione("verify", backup)
    assert (done.returncode, f"{backup}: {name} is no part of it." in done.stderr) == (6, True)


def test_damage_is_named_and_noted_and_no_longer_the_latest(lab: Lab) -> None:
    older, newer = lab.create(), lab.create()
    flip_in_the_middle(lab.backups / newer / "media.tar")
    remove(lab.backups / newer / "erasures.jsonl")
    done = lab.azione("verify", newer)
    assert (done.returncode, done.stdout) == (6, "")
    assert "The backup is damaged. Do not count on it" in done.stderr
    assert f"{newer}: media.tar has changed; erasures.jsonl is missing." in done.stderr
    assert lab.checks(newer)["damage"] == "media.tar has changed"
    assert "DAMAGED" in lab.azione("list").stdout
    assert f"{older} is whole" in lab.azione("verify", "latest").stdout
    refused = lab.azione("restore", newer, "--yes")
    assert (refused.returncode, lab.databases()) == (6, [""])


def test_backup_that_was_mended_is_good_again(lab: Lab) -> None:
    name = lab.create()
    poster = lab.backups / name / "media.tar"
    content = poster.read_bytes()
    cut(poster)
    assert lab.azione("verify", name).returncode == 6
    poster.write_bytes(content)
    assert lab.azione("verify", name).returncode == 0
    assert "damage" not in lab.checks(name)


def test_checks_that_somebody_edited_are_told_with_the_way_out(lab: Lab) -> None:
    name = lab.create()
    checks = lab.backups / name / "checks.json"
    checks.write_text(checks.read_text().replace("20", "19", 1))
    done = lab.azione("verify", name)
    assert (done.returncode, "where all else is well: remove that file, and verify again" in done.stderr) == (6, True)
    checks.unlink()
    assert lab.azione("verify", name).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
def test_read_only_folder_is_verified_without_a_note(lab: Lab) -> None:
    name = lab.create()
    subprocess.run(["mount", "--bind", lab.backups, lab.backups], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", lab.backups], check=True)
        done = lab.azione("verify", name)
        drilled = lab.azione("verify", name, "--drill")
    finally:
        subprocess.run(["umount", lab.backups], check=True)
    assert done.stdout == f"{name} is whole, to the byte. That could not be noted in its folder.\n"
    assert (done.returncode, drilled.returncode) == (0, 0)


@pytest.mark.parametrize("name", ["", "2026", "../../etc", ".lock", "9" * 10_000, "latest "])
def test_name_of_nothing_is_told_with_what_there_is(lab: Lab, name: str) -> None:
    backup = lab.create()
    done = lab.azione("verify", "--", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"There is: latest, {backup}; azione backup list has all." in done.stderr
    assert len(done.stderr) < 1000


def test_latest_of_nothing_says_how_to_make_one(lab: Lab) -> None:
    done = lab.azione("verify", "latest")
    assert (done.returncode, "azione backup create makes one" in done.stderr) == (2, True)


# The drill


def test_drill_restores_all_of_it_and_leaves_nothing(lab: Lab) -> None:
    name = lab.create()
    done = lab.azione("verify", name, "--drill")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{name} was restored on trial, and all of it was well.\n"
    assert lab.checks(name)["drilled_at"]
    assert (lab.databases(), lab.guests()) == ([""], RESERVATIONS)
    [rules] = [words for words in lab.asked() if words[0] == "check_integrity"]
    assert rules[1].startswith(f"{lab.database}_drill_")
    assert not [words for words in lab.asked() if words[0] == "migrate"]


def test_drill_of_an_older_backup_migrates_it_forward(lab: Lab) -> None:
    name = lab.create()
    lab.know_migrations("programme.0002_gone_slots")
    assert lab.azione("verify", name, "--drill").returncode == 0
    [migrated] = [words for words in lab.asked() if words[0] == "migrate"]
    assert migrated[1].startswith(f"{lab.database}_drill_")


def recorded(lab: Lab, name: str, change: Callable[[dict[str, object]], None]) -> None:
    """A manifest that says something else, with the checksums to match: only restoring it tells."""
    folder = lab.backups / name
    manifest = lab.manifest(name)
    change(manifest)
    text = json.dumps(manifest)
    (folder / "manifest.json").write_text(text)
    sums = sums_of(read_manifest(text), hashlib.sha256(text.encode()).hexdigest())
    (folder / "SHA256SUMS").write_text(sums)


def test_drill_finds_rows_that_are_missing(lab: Lab) -> None:
    name = lab.create()

    def count_more(manifest: dict[str, object]) -> None:
        manifest["rows"]["public.reservations_reservation"] = RESERVATIONS + 5

    recorded(lab, name, count_more)
    assert lab.azione("verify", name).returncode == 0
    done = lab.azione("verify", name, "--drill")
    assert (done.returncode, lab.databases()) == (6, [""])
    assert "public.reservations_reservation has 40 rows, not 45." in done.stderr
    assert "DAMAGED" in lab.azione("list").stdout


def test_drill_finds_a_dump_that_postgresql_does_not_take(lab: Lab) -> None:
    """Whole to the byte, and yet nothing can be made of it."""
    with lab.program("postgres", "pg_restore", _no_restore(lab)):
        name = lab.create()
        done = lab.azione("verify", name, "--drill")
    assert (done.returncode, lab.databases()) == (5, [""])
    assert "pg_restore: error: it does not want to" in done.stderr
    assert "drilled_at" not in lab.checks(name)


def _no_restore(lab: Lab) -> str:
    """Reads, and restores nothing."""
    return (
        f'#!/bin/sh\ncase "$*" in *--file*) exec {lab.tools}/pg_restore "$@" ;; esac\n'
        "echo 'pg_restore: error: it does not want to' >&2\nexit 1\n"
    )


def test_drill_finds_data_that_breaks_a_rule(lab: Lab) -> None:
    name = lab.create()
    told = {"rule": "capacity", "message": "Performance 3 has 52 seats taken of 50."}
    lab.answer("check_integrity", {"type": "record", **told}, {"type": "summary", "violations": 1})
    done = lab.azione("verify", name, "--drill")
    assert (done.returncode, lab.databases()) == (6, [""])
    assert "breaks rules of the house" in done.stderr
    assert "Performance 3 has 52 seats taken of 50." in done.stderr
    assert "drilled_at" not in lab.checks(name)


def test_drill_refuses_what_a_restore_would_refuse(lab: Lab) -> None:
    name = lab.create()
    lab.forget_migrations()
    done = lab.azione("verify", name, "--drill")
    assert (done.returncode, lab.databases()) == (7, [""])


@pytest.mark.parametrize("step", DRILL_STEPS)
def test_drill_killed_at_any_step_leaves_the_live_data_and_is_tidied_up_later(lab: Lab, step: str) -> None:
    name = lab.create()
    assert kill_at(lab, step, "verify", name, "--drill") == -signal.SIGKILL
    assert lab.guests() == RESERVATIONS
    assert lab.azione("create").returncode == 0
    assert lab.databases() == [""]


@pytest.mark.parametrize("step", ["restore", "rules"])
def test_drill_stopped_at_any_step_drops_its_database_at_once(lab: Lab, step: str) -> None:
    name = lab.create()
    assert kill_at(lab, step, "verify", name, "--drill", number=signal.SIGINT) == 130
    assert (lab.databases(), lab.lying_about()) == ([""], [])


def test_full_disk_of_the_database_is_told_as_such(lab: Lab) -> None:
    name = lab.create()
    with lab.program("postgres", "df", "#!/bin/sh\necho Filesystem Avail\necho /dev/small 1000000\n"):
        done = lab.azione("verify", name, "--drill")
    assert (done.returncode, lab.databases()) == (9, [""])
    assert "The disk of the database has 1.0 MB free" in done.stderr
    said = "pg_restore: error: could not extend file: No space left on device"
    with lab.program("postgres", "pg_restore", f"#!/bin/sh\ncat >/dev/null\necho '{said}' >&2\nexit 1\n"):
        filled = lab.azione("verify", name, "--drill")
    assert (filled.returncode, lab.databases()) == (9, [""])
    assert "There is not enough room; nothing was changed." in filled.stderr
