"""`azione backup restore`: beside the live data first, in its place only when all is well, and back in seconds."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from cli.tests.backup_lab import RESERVATIONS, Lab
from cli.tests.terminals import plain, screen

OVERSOLD = {"rule": "capacity", "message": "Performance 3 has 52 seats taken of 50."}


@pytest.fixture
def backup(lab: Lab) -> str:
    """One of before five more guests came and the poster changed."""
    name = lab.create()
    lab.reserve(5)
    lab.poster.write_bytes(b"another poster")
    (lab.poster.parent / "new.webp").write_bytes(b"a new one")
    return name


def assert_untouched(lab: Lab) -> None:
    """As `backup` left it; nothing beside the live data, and guests get in."""
    assert lab.guests() == RESERVATIONS + 5
    assert lab.poster.read_bytes() == b"another poster"
    assert lab.databases() == [""]
    assert [path.name for path in lab.media.iterdir() if path.is_dir() and not path.is_symlink()] == ["first"]
    assert lab.lying_about() == []
    assert not lab.is_in_maintenance


def test_restore_brings_back_rows_and_posters_and_keeps_what_was_live(lab: Lab, backup: str) -> None:
    done = lab.azione("restore", backup, "--yes")
    assert done.returncode == 0, done.stderr
    assert lab.guests() == RESERVATIONS
    assert len(lab.poster.read_bytes()) == 150_000
    assert not (lab.poster.parent / "new.webp").exists()
    [_live, kept] = lab.databases()
    assert re.fullmatch(r"_before_restore_\d{8}t\d{6}z", kept)
    assert lab.guests(lab.database + kept) == RESERVATIONS + 5
    assert f"{backup} is live, with 40 reservations." in done.stdout
    assert f"kept as {lab.database}{kept}: azione backup restore --rollback brings it back." in done.stdout
    assert not lab.is_in_maintenance
    assert lab.lying_about() == [".restored.json"]


def test_restored_database_is_the_roles_alone_and_open(lab: Lab, backup: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    [(owner, rights, is_open)] = lab.sql(
        f"SELECT pg_get_userbyid(datdba), datacl::text, datallowconn FROM pg_database WHERE datname = '{lab.database}'"
    )
    assert (owner, is_open) == ("azione", True)
    assert rights == "{azione=CTc/azione}"
    owners = lab.sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert owners == [("azione",)]


def test_safety_backup_has_what_was_live_and_is_never_the_latest(lab: Lab, backup: str) -> None:
    summary = lab.summary("restore", backup, "--yes")
    manifest = lab.manifest(summary["safety"])
    assert (manifest["kind"], manifest["note"]) == ("safety", f"before restoring {backup}")
    assert manifest["rows"]["public.reservations_reservation"] == RESERVATIONS + 5
    assert "safety backup" in lab.azione("list").stdout
    assert f"{backup} is whole" in lab.azione("verify", "latest").stdout
    assert lab.azione("restore", summary["safety"], "--yes").returncode == 0
    assert lab.guests() == RESERVATIONS + 5


def test_restore_shows_the_maintenance_page_meanwhile(lab: Lab, backup: str) -> None:
    """From before the safety backup to after the site was tried on the restored data."""
    seen = lab.directory / "seen"
    look = f'#!/bin/sh\nls {lab.directory}/bin/maintenance >>{seen} 2>&1\nexec {lab.tools}/{{program}} "$@"\n'
    with (
        lab.program("postgres", "pg_dump", look.format(program="pg_dump")),
        lab.program("postgres", "pg_restore", look.format(program="pg_restore")),
        lab.program("postgres", "psql", look.format(program="psql")),
    ):
        assert lab.azione("restore", backup, "--yes").returncode == 0
    said = seen.read_text().splitlines()
    held = [line.endswith("bin/maintenance") for line in said]
    # A look before, the restore behind the page, and the tidying after it.
    assert held.index(True) > 0
    assert held[held.index(True) :].index(False) > 8
    assert not lab.is_in_maintenance


def test_nginx_that_does_not_run_is_no_obstacle(lab: Lab, backup: str) -> None:
    with lab.stopped("nginx"):
        assert lab.azione("restore", backup, "--yes").returncode == 0
    assert lab.guests() == RESERVATIONS


def test_restore_brings_an_older_backup_up_to_date(lab: Lab, backup: str) -> None:
    lab.know_migrations("programme.0002_gone_slots")
    lab.script(
        "migrate",
        f"{lab.tools}/psql -h {lab.socket} -U azione -d $POSTGRES_DB -qc 'CREATE TABLE gone_slots (id int)'\n",
    )
    assert lab.azione("restore", backup, "--yes").returncode == 0
    assert lab.sql("SELECT count(*) FROM gone_slots") == [(0,)]
    [migrated] = [words for words in lab.asked() if words[0] == "migrate"]
    assert "_restoring_" in migrated[1]


def test_dry_run_looks_at_everything_and_touches_nothing(lab: Lab, backup: str) -> None:
    done = lab.azione("restore", backup, "--dry-run")
    assert done.returncode == 0
    assert "It holds:" in done.stdout
    assert "40 reservations, 1 picture file" in done.stdout
    assert "It has now:  45 reservations" in done.stdout
    assert f"{backup} can be restored here; nothing was changed." in done.stdout
    assert lab.names() == [backup]
    assert_untouched(lab)


# Refused before anything is touched


def test_backup_of_a_newer_version_is_refused(lab: Lab, backup: str) -> None:
    lab.forget_migrations()
    done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, done.stdout) == (7, "")
    assert "does not know what became of the data (reservations.0002_walk_ins)" in done.stderr
    assert_untouched(lab)


def test_backup_of_a_newer_postgresql_is_refused(lab: Lab, backup: str) -> None:
    older = f'#!/bin/sh\n{lab.tools}/psql "$@" | sed "s/^180*[0-9]$/170009/"\n'
    with lab.program("postgres", "psql", older):
        done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, "It comes from PostgreSQL 18." in done.stderr) == (7, True)
    assert_untouched(lab)


def test_other_secret_key_is_refused_with_what_it_breaks(lab: Lab, backup: str) -> None:
    lab.change_secret_key()
    done = lab.azione("restore", backup, "--yes")
    assert done.returncode == 7
    for words in (
        "everybody of the staff signs in anew",
        "phones are paired with the door anew",
        "no longer remembered",
    ):
        assert words in " ".join(done.stderr.split())
    assert_untouched(lab)
    assert lab.azione("restore", backup, "--yes", "--accept-other-secret-key").returncode == 0
    assert lab.guests() == RESERVATIONS


@pytest.mark.parametrize(("service", "disk"), [("postgres", "database"), ("backend", "pictures")])
def test_disk_without_room_is_told_first(lab: Lab, backup: str, service: str, disk: str) -> None:
    with lab.program(service, "df", "#!/bin/sh\necho Filesystem Avail\necho /dev/small 2000000\n"):
        done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, f"The disk of the {disk} has 2.0 MB free" in done.stderr) == (9, True)
    assert_untouched(lab)


def test_one_disk_for_all_has_to_hold_all(lab: Lab, backup: str) -> None:
    """Each of the three would fit alone. The margin is counted once."""
    database = lab.manifest(backup)["database_bytes"]
    free = 2 * database + (64 << 20) + 1_000_000
    with (
        lab.program("postgres", "df", f"#!/bin/sh\necho Filesystem Avail\necho /dev/one {free}\n"),
        lab.program("backend", "df", f"#!/bin/sh\necho Filesystem Avail\necho /dev/two {free}\n"),
    ):
        assert lab.azione("restore", backup, "--dry-run").returncode == 0
        with lab.program("host", "df", f"#!/bin/sh\necho Filesystem Avail\necho /dev/one {free}\n"):
            path = f"{lab.directory}/bin/host.bin:{lab.directory}/bin:{os.environ['PATH']}"
            done = lab.azione("restore", backup, "--yes", PATH=path)
            without = lab.azione("restore", backup, "--dry-run", "--no-safety-backup", PATH=path)
    assert (done.returncode, "The disk of the database has" in done.stderr) == (9, True)
    assert without.returncode == 0
    assert_untouched(lab)


def test_damaged_backup_is_refused(lab: Lab, backup: str) -> None:
    os.truncate(lab.backups / backup / "database.dump", 5000)
    done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, "database.dump has 5000 bytes instead of" in done.stderr) == (6, True)
    assert_untouched(lab)


@pytest.mark.parametrize("arguments", [[], ["latest", "--rollback"], ["--rollback", "--directory", "."]])
def test_wish_that_makes_no_sense_is_refused(lab: Lab, arguments: list[str]) -> None:
    done = lab.azione("restore", *arguments, "--yes")
    assert (done.returncode, done.stdout) == ((2, "") if "--directory" not in arguments else (3, ""))


def test_nobody_to_be_asked_wants_yes(lab: Lab, backup: str) -> None:
    for arguments in ([backup], ["--rollback"], [backup, "--json"]):
        done = lab.azione("restore", *arguments)
        assert (done.returncode, "add --yes" in done.stdout + done.stderr) == (2, True)
    assert_untouched(lab)


def terminal(lab: Lab, *arguments: str) -> pexpect.spawn:
    env = lab.environment(TERM="xterm-256color")
    command = ["-m", "azione", "backup", *arguments]
    return pexpect.spawn(
        sys.executable, command, env=env, cwd=lab.directory, dimensions=(40, 100), encoding="utf-8", timeout=120
    )


def test_name_of_the_target_is_typed_by_hand(lab: Lab, backup: str) -> None:
    refused = terminal(lab, "restore", backup)
    refused.expect_exact("All data of teatro is replaced")
    refused.expect_exact("to go on: ")
    refused.sendline("yes")
    assert "Nothing was changed." in plain(screen(refused))
    assert refused.exitstatus == 3
    assert_untouched(lab)

    agreed = terminal(lab, "restore", backup)
    agreed.expect_exact("to go on: ")
    agreed.sendline("teatro")
    shown = plain(screen(agreed))
    assert "Restoring beside the live data" in shown
    assert f"✓ {backup} is live" in shown
    assert (agreed.exitstatus, lab.guests()) == (0, RESERVATIONS)


# Failing on the way


@pytest.mark.parametrize(
    ("program", "script", "code"),
    [
        ("pg_restore", '#!/bin/sh\ncase "$*" in *--file*) cat >/dev/null; exit ;; esac\necho no >&2; exit 1\n', 5),
        (
            "pg_restore",
            "#!/bin/sh\ncat >/dev/null\necho 'No space left on device' >&2\n"
            'case "$*" in *--file*) exit 0 ;; esac\nexit 1\n',
            9,
        ),
        ("pg_dump", "#!/bin/sh\nexit 1\n", 5),
    ],
)
def test_failure_before_the_exchange_leaves_the_live_data(
    lab: Lab, backup: str, program: str, script: str, code: int
) -> None:
    with lab.program("postgres", program, script):
        done = lab.azione("restore", backup, "--yes")
    assert done.returncode == code, done.stderr
    assert_untouched(lab)
    assert lab.azione("restore", backup, "--yes").returncode == 0


def test_posters_that_do_not_fit_leave_the_live_data(lab: Lab, backup: str) -> None:
    script = (
        '#!/bin/sh\ncase "$*" in *--extract*) cat >/dev/null; echo "tar: No space left on device" >&2; exit 2 ;; esac\n'
    )
    with lab.program("backend", "tar", f'{script}exec {shutil.which("tar")} "$@"\n'):
        done = lab.azione("restore", backup, "--yes")
    assert done.returncode == 9, done.stderr
    assert_untouched(lab)


def test_migration_that_fails_leaves_the_live_data(lab: Lab, backup: str) -> None:
    lab.know_migrations("programme.0002_gone_slots")
    lab.script("migrate", "echo 'column is there already' >&2\nexit 1\n")
    done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, "column is there already" in done.stderr) == (7, True)
    assert_untouched(lab)


def test_data_that_breaks_a_rule_is_refused_unless_somebody_insists(lab: Lab, backup: str) -> None:
    lab.answer("check_integrity", {"type": "record", **OVERSOLD}, {"type": "summary", "violations": 1})
    done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, OVERSOLD["message"] in done.stderr) == (6, True)
    assert_untouched(lab)
    insisted = lab.azione("restore", backup, "--yes", "--accept-wrong-data")
    assert (insisted.returncode, OVERSOLD["message"] in insisted.stderr) == (0, True)
    assert lab.guests() == RESERVATIONS


def test_site_that_does_not_work_afterwards_gets_its_data_back(lab: Lab, backup: str) -> None:
    lab.break_site("/readyz answers 503")
    done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, done.stdout.count("is live")) == (10, 0)
    assert "what was there before is back" in done.stderr
    assert "/readyz answers 503" in done.stderr
    assert lab.guests() == RESERVATIONS + 5
    assert lab.poster.read_bytes() == b"another poster"
    assert not lab.is_in_maintenance
    assert lab.lying_about() == []
    [live, undone] = lab.databases()
    assert (live, "_undone_" in undone) == ("", True)
    lab.break_site("")
    assert lab.azione("restore", backup, "--yes").returncode == 0
    assert lab.guests() == RESERVATIONS


def test_lost_database_is_restored_from_nothing(lab: Lab, backup: str) -> None:
    lab.sql(f'DROP DATABASE "{lab.database}" WITH (FORCE)', "postgres")
    done = lab.azione("restore", backup, "--yes")
    assert done.returncode == 0, done.stderr
    assert "It has now:  a database that cannot be read" in done.stdout
    assert "there is no safety backup of it" in done.stderr
    assert (lab.guests(), lab.databases()) == (RESERVATIONS, [""])
    nothing = lab.azione("restore", "--rollback", "--yes")
    assert (nothing.returncode, "There is nothing to go back to" in nothing.stderr) == (3, True)


def test_lost_database_whose_replacement_does_not_work_is_not_lost_again(lab: Lab, backup: str) -> None:
    lab.sql(f'DROP DATABASE "{lab.database}" WITH (FORCE)', "postgres")
    lab.break_site("/readyz answers 503")
    done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, "The site does not work on the data it has now." in done.stderr) == (5, True)
    assert lab.guests() == RESERVATIONS


def test_backup_is_restored_from_another_folder(lab: Lab, backup: str) -> None:
    elsewhere = lab.directory / "usb"
    elsewhere.mkdir()
    shutil.move(lab.backups / backup, elsewhere)
    assert lab.azione("restore", backup, "--yes").returncode == 2
    done = lab.azione("restore", "latest", "--directory", "usb", "--yes")
    assert (done.returncode, lab.guests()) == (0, RESERVATIONS)
    assert [path.name for path in elsewhere.iterdir()] == [backup]


@pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not on this host (Debian: apt-get install rsync)")
def test_rsync_makes_a_copy_that_can_be_restored(lab: Lab, backup: str) -> None:
    """The line of docs/backups.md, to another folder instead of another host."""
    copy = lab.directory / "copy"
    [line] = [line.strip() for line in _documented("rsync ") if "--archive" in line]
    line = re.sub(r"\S+/backups/ \S+:\S+", f"{lab.backups}/ {copy}/", line)
    subprocess.run(line, shell=True, check=True, capture_output=True)
    assert sorted(path.name for path in copy.iterdir()) == [backup]
    assert lab.azione("verify", backup, "--directory", str(copy), "--drill").returncode == 0
    # What was pruned here stays there until that host prunes it.
    shutil.rmtree(lab.backups / backup)
    subprocess.run(line, shell=True, check=True, capture_output=True)
    assert lab.azione("restore", "latest", "--directory", str(copy), "--yes").returncode == 0


def _documented(beginning: str) -> list[str]:
    page = Path(__file__).parents[2] / "docs" / "backups.md"
    return [line for line in page.read_text().splitlines() if line.strip().startswith(beginning)]


# Who was erased stays erased


def test_erasures_since_the_backup_are_carried_over_and_done_again(lab: Lab, backup: str) -> None:
    lab.erased("aa", "bb")
    lab.answer("remember_erasures", {"type": "summary", "read": 2, "remembered": 2})
    done = lab.azione("restore", backup, "--yes")
    assert (done.returncode, "2 erasures asked for since then were done again." in done.stdout) == (0, True)
    remembered = (lab.directory / "bin" / "remembered").read_text()
    assert "aa" * 32 in remembered
    assert "bb" * 32 in remembered
    on_scratch = [words[0] for words in lab.asked() if "_restoring_" in words[-1]]
    assert on_scratch[-2:] == ["remember_erasures", "sweep_privacy"]


def test_nobody_erased_means_no_sweep(lab: Lab, backup: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    assert "sweep_privacy" not in [words[0] for words in lab.asked()]


def test_erasures_are_read_from_newer_backups_where_the_live_database_is_lost(lab: Lab, backup: str) -> None:
    lab.erased("cc")
    newer = lab.create()
    lab.sql(f'DROP DATABASE "{lab.database}" WITH (FORCE)', "postgres")
    lab.answer("remember_erasures", {"type": "summary", "read": 1, "remembered": 1})
    done = lab.azione("restore", backup, "--yes")
    assert done.returncode == 0, done.stderr
    assert "cc" * 32 in (lab.directory / "bin" / "remembered").read_text()
    assert "1 erasure asked for since then was done again." in done.stdout
    assert newer in lab.names()


def test_newer_list_that_cannot_be_read_is_told(lab: Lab, backup: str) -> None:
    newer = lab.create()
    (lab.backups / newer / "erasures.jsonl").write_text("{}")
    done = lab.azione("restore", backup, "--yes")
    assert done.returncode == 0
    assert f"Who was erased since, as {newer} has it, could not be read" in " ".join(done.stderr.split())


# Going back


def test_rollback_brings_back_what_was_live(lab: Lab, backup: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    lab.reserve(2)
    done = lab.azione("restore", "--rollback", "--yes")
    assert done.returncode == 0, done.stderr
    assert lab.guests() == RESERVATIONS + 5
    assert lab.poster.read_bytes() == b"another poster"
    [live, undone] = lab.databases()
    assert (live, "_undone_" in undone) == ("", True)
    # What was entered between the two is not lost.
    assert lab.guests(lab.database + undone) == RESERVATIONS + 2
    again = lab.azione("restore", "--rollback", "--yes")
    assert (again.returncode, lab.guests()) == (3, RESERVATIONS + 5)
    assert (lab.lying_about(), lab.is_in_maintenance) == ([], False)


def test_rollback_carries_erasures_back_as_well(lab: Lab, backup: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    lab.erased("dd")
    lab.answer("remember_erasures", {"type": "summary", "read": 1, "remembered": 1})
    assert lab.azione("restore", "--rollback", "--yes").returncode == 0
    remembered = [words for words in lab.asked() if words[0] == "remember_erasures"]
    assert "_before_restore_" in remembered[-1][1]


def test_rollback_that_does_not_work_stays_with_what_is_live(lab: Lab, backup: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    lab.break_site("/readyz answers 503")
    assert lab.azione("restore", "--rollback", "--yes").returncode == 10
    assert lab.guests() == RESERVATIONS
    lab.break_site("")
    assert (lab.lying_about(), lab.is_in_maintenance) == ([".restored.json"], False)
    assert lab.azione("restore", "--rollback", "--yes").returncode == 0
    assert lab.guests() == RESERVATIONS + 5


def test_rollback_to_what_a_newer_version_changed_migrates_it(lab: Lab, backup: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    lab.know_migrations("programme.0002_gone_slots")
    assert lab.azione("restore", "--rollback", "--yes").returncode == 0
    assert [words[0] for words in lab.asked()].count("migrate") == 1
    assert lab.guests() == RESERVATIONS + 5


def test_rollback_with_nothing_restored_is_refused(lab: Lab) -> None:
    done = lab.azione("restore", "--rollback", "--yes")
    assert (done.returncode, done.stdout) == (3, "")
    assert "There is nothing to go back to" in done.stderr


def test_rollback_by_what_azione_did_not_write_is_refused(lab: Lab, backup: str) -> None:
    assert lab.azione("restore", backup, "--yes").returncode == 0
    written = lab.backups / ".restored.json"
    written.write_text(json.dumps(json.loads(written.read_text()) | {"begun_at": "some day"}))
    assert lab.azione("restore", "--rollback", "--yes").returncode == 3
    assert lab.guests() == RESERVATIONS


def test_second_restore_keeps_only_what_it_replaced_itself(lab: Lab, backup: str) -> None:
    first = lab.summary("restore", backup, "--yes")["kept"]
    lab.reserve(1)
    second = lab.summary("restore", backup, "--yes")["kept"]
    assert first != second
    assert lab.databases() == ["", second.removeprefix(lab.database)]
    generations = [path.name for path in lab.media.iterdir() if path.is_dir() and not path.is_symlink()]
    assert len(generations) == 2
    assert lab.azione("restore", "--rollback", "--yes").returncode == 0
    assert lab.guests() == RESERVATIONS + 1
    assert len(lab.poster.read_bytes()) == 150_000
