"""`azione backup prune`: which go and which stay, and what is left of one that is cut off."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli.tests.backup_lab import Lab, refusing_to_drop
from hypothesis import given
from hypothesis import strategies as st

from azione.backups.exchange import kept_databases
from azione.backups.layout import Backup, Checks
from azione.backups.manifest import ORDINARY, SAFETY, Manifest
from azione.backups.prune import SAFETY_DAYS, Keeping, judge
from azione.postgres import Place, PostgreSQL
from stack.database import put_back

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
EVERY_FOUR_WEEKS = Keeping(daily=7, weekly=4, monthly=3)


def backup(made_at: datetime, *, kind: str = ORDINARY, checks: Checks | None = None) -> Backup:
    name = f"{made_at:%Y-%m-%dT%H%M%SZ}"
    manifest = Manifest(
        name=name,
        made_at=made_at,
        azionelab="0.1.0",
        postgresql="18.6",
        postgresql_major=18,
        migrations=(),
        rows={},
        database_bytes=0,
        media_files=0,
        media_bytes=0,
        media_generation="first",
        salt="",
        secret_key_fingerprint="",
        files={},
        kind=kind,
    )
    return Backup(Path(name), manifest, checks or Checks(verified_at=made_at))


def nightly(days: int) -> list[Backup]:
    """One each night, the newest first."""
    return [backup(NOW - timedelta(days=day)) for day in range(days)]


def staying(backups: list[Backup], keeping: Keeping = EVERY_FOUR_WEEKS) -> list[str]:
    return [f"{one.backup.manifest.made_at:%m-%d}" for one in judge(backups, keeping, NOW) if one.reason]


def test_newest_of_each_day_week_and_month_stays() -> None:
    # Seven days; the newest of the weeks before (Sundays); the newest of October and September.
    assert staying(nightly(120)) == [
        *("11-29", "11-28", "11-27", "11-26", "11-25", "11-24", "11-23"),
        *("11-22", "11-15", "11-08", "10-31", "09-30"),
    ]


def test_several_of_one_day_leave_the_newest() -> None:
    hours = [backup(NOW - timedelta(hours=hour)) for hour in range(10)]
    assert [one.reason for one in judge(hours, EVERY_FOUR_WEEKS, NOW)] == ["the newest of its day", *[""] * 9]


def test_days_without_a_backup_do_not_count() -> None:
    """A host that was off for a month has not lost what it had."""
    old = [backup(NOW - timedelta(days=day)) for day in (40, 41, 42)]
    assert staying(old, Keeping(daily=2, weekly=0, monthly=0)) == ["10-20", "10-19"]


@pytest.mark.parametrize("keeping", [Keeping(0, 0, 0), Keeping(1, 0, 0)])
def test_last_verified_one_stays_whatever_the_numbers_say(keeping: Keeping) -> None:
    unverified = [backup(NOW - timedelta(days=day), checks=Checks()) for day in range(3)]
    verified = backup(NOW - timedelta(days=90))
    older = backup(NOW - timedelta(days=91))
    verdicts = judge([*unverified, verified, older], keeping, NOW)
    assert verdicts[3].reason == "the last that was verified"
    assert verdicts[4].reason == ""


def test_damaged_one_is_nobodys_newest() -> None:
    damaged = backup(NOW, checks=Checks(verified_at=NOW, damaged_at=NOW, damage="media.tar is missing"))
    earlier = backup(NOW - timedelta(hours=1))
    assert [bool(one.reason) for one in judge([damaged, earlier], EVERY_FOUR_WEEKS, NOW)] == [False, True]


def test_only_one_stays_even_if_it_is_damaged() -> None:
    damaged = backup(NOW - timedelta(days=400), checks=Checks(damaged_at=NOW, damage="media.tar is missing"))
    assert judge([damaged], Keeping(0, 0, 0), NOW)[0].reason == "the last one there is"


def test_safety_backups_stay_for_a_month_and_take_no_place() -> None:
    recent, old = (backup(NOW - timedelta(days=day), kind=SAFETY) for day in (1, SAFETY_DAYS + 1))
    of_that_day = backup(NOW - timedelta(days=1, hours=1))
    reasons = [one.reason for one in judge([recent, of_that_day, old], EVERY_FOUR_WEEKS, NOW)]
    assert reasons == ["a safety backup of the last 30 days", "the newest of its day", ""]


@given(
    st.lists(
        st.tuples(st.integers(0, 20_000), st.sampled_from([ORDINARY, SAFETY]), st.sampled_from("vud")),
        min_size=1,
        max_size=40,
    ),
    st.tuples(*[st.integers(0, 5)] * 3),
)
def test_never_the_last_good_one_and_never_all(
    cases: list[tuple[int, str, str]], numbers: tuple[int, int, int]
) -> None:
    states = {"v": Checks(verified_at=NOW), "u": Checks(), "d": Checks(damaged_at=NOW, damage="x")}
    backups = [
        backup(NOW - timedelta(hours=hours), kind=kind, checks=states[state]) for hours, kind, state in sorted(cases)
    ]
    verdicts = judge(backups, Keeping(*numbers), NOW)
    assert [one.backup for one in verdicts] == backups
    stays = [one.backup for one in verdicts if one.reason]
    assert stays
    if any(one.is_known_good for one in backups):
        assert any(one.is_known_good for one in stays)
    # What is newer than one that stays for its day, week or month is no loss where it goes: there is more of them.
    good = [one for one in backups if one.is_known_good and not one.manifest.is_safety]
    if good:
        assert good[0] in stays


# On real folders


def age(lab: Lab, name: str, days: int) -> str:
    """Makes a backup look as if it had been made so many days ago."""
    from azione.backups.layout import MANIFEST, SUMS, sums_of
    from azione.backups.manifest import read_manifest

    folder = lab.backups / name
    members = json.loads((folder / MANIFEST).read_text())
    made_at = datetime.fromisoformat(members["made_at"]) - timedelta(days=days)
    members |= {"made_at": made_at.isoformat(), "name": f"{made_at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"}
    text = json.dumps(members)
    (folder / MANIFEST).write_text(text)
    import hashlib

    (folder / SUMS).write_text(sums_of(read_manifest(text), hashlib.sha256(text.encode()).hexdigest()))
    folder.rename(lab.backups / members["name"])
    return str(members["name"])


@pytest.fixture
def four(lab: Lab) -> list[str]:
    """Of today and of 100, 200 and 300 days ago."""
    made = lab.create()
    names = []
    for days in (300, 200, 100):
        copy = lab.backups / "copy"
        shutil.copytree(lab.backups / made, copy)
        names.append(age(lab, "copy", days))
    return [made, *reversed(names)]


def test_dry_run_shows_what_would_go_and_removes_nothing(lab: Lab, four: list[str]) -> None:
    done = lab.azione("prune", "--keep-daily", "2", "--keep-weekly", "0", "--keep-monthly", "0", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 backups and 0 replaced databases would go." in done.stdout
    assert lab.names() == four


def test_old_ones_go_and_the_rest_is_untouched(lab: Lab, four: list[str]) -> None:
    done = lab.azione("prune", "--keep-daily", "2", "--keep-weekly", "0", "--keep-monthly", "0", "--yes")
    assert (done.returncode, "2 backups and 0 replaced databases went." in done.stdout) == (0, True)
    assert lab.names() == four[:2]
    assert lab.lying_about() == []
    assert lab.azione("verify", four[1]).returncode == 0


def test_numbers_of_zero_leave_the_last_verified_one(lab: Lab, four: list[str]) -> None:
    zeros = ("--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0", "--yes")
    assert lab.azione("prune", *zeros).returncode == 0
    assert lab.names() == four[:1]
    assert lab.azione("prune", *zeros).returncode == 0
    assert lab.names() == four[:1]


def test_prune_needs_yes_where_nobody_is_there(lab: Lab, four: list[str]) -> None:
    done = lab.azione("prune")
    assert (done.returncode, "add --yes" in done.stderr) == (2, True)
    assert lab.names() == four


def test_number_that_is_none_is_refused(lab: Lab) -> None:
    for wrong in ("-1", "many"):
        done = lab.azione("prune", "--keep-daily", wrong, "--yes")
        assert (done.returncode, done.stdout) == (2, "")


def test_cut_off_in_the_middle_it_is_on_no_list_and_goes_next_time(lab: Lab, four: list[str]) -> None:
    """As if killed: the folder has its new name, and some of its files."""
    going = lab.backups / f".deleting-{four[-1]}"
    (lab.backups / four[-1]).rename(going)
    (going / "media.tar").unlink()
    assert lab.names() == four[:-1]
    keep = ("--keep-daily", "9", "--yes")
    assert lab.azione("prune", *keep).returncode == 0
    assert lab.lying_about() == []
    assert lab.names() == four[:-1]


def test_other_folder_is_pruned_without_a_stack(lab: Lab, four: list[str]) -> None:
    elsewhere = lab.directory / "usb"
    shutil.copytree(lab.backups, elsewhere)
    numbers = ("--keep-daily", "1", "--keep-weekly", "0", "--keep-monthly", "0")
    done = lab.azione("prune", *numbers, "--directory", "usb", "--yes", PATH="/nonexistent")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in elsewhere.iterdir() if path.name != ".lock") == four[:1]
    assert lab.names() == four


def test_what_a_restore_replaced_goes_after_its_days(lab: Lab) -> None:
    name = lab.create()
    kept = lab.summary("restore", name, "--yes")["kept"]
    assert lab.azione("prune", "--yes").returncode == 0
    assert lab.databases() == ["", kept.removeprefix(lab.database)]
    listed = lab.summary("prune", "--keep-replaced", "0", "--yes")
    assert (listed["databases"], lab.databases()) == ([kept], [""])
    assert sum(1 for path in lab.media.iterdir() if not path.is_symlink()) == 1
    assert lab.azione("restore", "--rollback", "--yes").returncode == 3
    assert lab.poster.exists()


def test_what_was_replaced_within_this_second_goes_at_once_too(lab: Lab) -> None:
    """Of two in one second the later one is called after the next, which has not come yet."""
    name = f"{lab.database}_before_restore_{datetime.now(UTC) + timedelta(seconds=60):%Y%m%dt%H%M%Sz}"
    lab.sql(f'CREATE DATABASE "{name}"', "postgres")
    assert lab.summary("prune", "--keep-replaced", "1", "--yes")["databases"] == []
    assert lab.summary("prune", "--keep-replaced", "0", "--yes")["databases"] == [name]


@pytest.fixture
def aside(lab: Lab) -> dict[str, str]:
    """What upgrades leave beside the live database."""
    names = {
        "old": "_half_done_20200101t000000z",
        "as it was called once": "_half_done_20200101t000001",
        "young": f"_half_done_{datetime.now(UTC):%Y%m%dt%H%M%Sz}",
        "way back": "_before_upgrade_20200101t000000z",
        "by hand": "_half_done_by_hand",
    }
    for name in names.values():
        lab.sql(f'CREATE DATABASE "{lab.database}{name}"', "postgres")
    return names


def test_what_a_failed_upgrade_left_half_done_goes_after_its_days(lab: Lab, aside: dict[str, str]) -> None:
    gone = sorted(f"{lab.database}{aside[one]}" for one in ("old", "as it was called once"))
    assert lab.summary("prune", "--dry-run")["databases"] == gone
    assert set(aside.values()) < set(lab.databases())
    assert lab.summary("prune", "--yes")["databases"] == gone
    assert lab.databases() == sorted(["", *(aside[one] for one in ("young", "way back", "by hand"))])
    assert lab.azione("prune", "--keep-replaced", "0", "--yes").returncode == 0
    assert lab.databases() == sorted(["", aside["way back"], aside["by hand"]])


def test_restore_leaves_what_upgrades_left(lab: Lab, aside: dict[str, str]) -> None:
    name = lab.create()
    assert lab.azione("restore", name, "--yes").returncode == 0
    assert set(aside.values()) < set(lab.databases())


def test_half_done_databases_are_known_as_an_upgrade_calls_them() -> None:
    class Stack:
        settings = {"POSTGRES_DB": "azionelab"}

        def compose(self, *words: str, stdin: str = "") -> str:
            return ""

    class Server(PostgreSQL):
        def databases(self) -> list[str]:
            return [kept]

    kept = put_back(Stack(), "azionelab_before_upgrade_20200101t000000z")
    [(name, since)] = kept_databases(Server(Place(), "azionelab", "azionelab")).items()
    assert (name, datetime.now(UTC) - since < timedelta(minutes=1)) == (kept, True)


def test_database_that_does_not_go_is_told(lab: Lab, aside: dict[str, str]) -> None:
    with lab.program("postgres", "psql", refusing_to_drop(lab, "_half_done_")):
        done = lab.azione("prune", "--yes")
    assert (done.returncode, "psql: is in use" in done.stderr) == (5, True)
    assert set(aside.values()) < set(lab.databases())


def test_databases_of_others_are_left_alone(lab: Lab) -> None:
    """`make upgrade` has copies of its own beside the live database."""
    others = [f"{lab.database}_before_20200101t000000", f"{lab.database}_before_restore_by_hand"]
    for name in others:
        lab.sql(f'CREATE DATABASE "{name}"', "postgres")
    assert lab.azione("prune", "--keep-replaced", "0", "--yes").returncode == 0
    name = lab.create()
    assert lab.azione("restore", name, "--yes").returncode == 0
    assert {name.removeprefix(lab.database) for name in others} < set(lab.databases())


def test_json_has_a_verdict_for_each(lab: Lab, four: list[str]) -> None:
    done = lab.azione("prune", "--keep-daily", "1", "--keep-weekly", "0", "--keep-monthly", "0", "--yes", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["name"], bool(line["stays"])) for line in lines[:-1]] == [
        (name, index == 0) for index, name in enumerate(four)
    ]
    assert (lines[-1]["type"], lines[-1]["backups"]) == ("summary", 3)
