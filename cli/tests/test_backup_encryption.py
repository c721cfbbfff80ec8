"""Backups that only the owner of a private key can read, with the real program `age`."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli.tests.backup_lab import RESERVATIONS, Lab, kill_at

pytestmark = pytest.mark.skipif(
    shutil.which("age") is None, reason="age is not on this host (Debian: apt-get install age)"
)
FILES = ("database.dump.age", "media.tar.age", "settings.env.age", "erasures.jsonl.age")


@dataclass(frozen=True)
class Pair:
    recipient: str
    identity: str


def make_pair(folder: Path, name: str) -> Pair:
    file = folder / name
    subprocess.run(["age-keygen", "--output", file], check=True, capture_output=True)
    public = subprocess.run(["age-keygen", "-y", file], check=True, capture_output=True, text=True)
    return Pair(public.stdout.strip(), str(file))


@pytest.fixture
def pair(lab: Lab) -> Pair:
    return make_pair(lab.directory, "key.txt")


def test_encrypted_backup_shows_nothing_of_the_data(lab: Lab, pair: Pair) -> None:
    name = lab.create("--recipient", pair.recipient)
    folder = lab.backups / name
    assert {path.name for path in folder.iterdir()} == {*FILES, "manifest.json", "SHA256SUMS", "checks.json"}
    for file in FILES:
        content = (folder / file).read_bytes()
        assert content.startswith(b"age-encryption.org/v1\n")
        assert b"PGDMP" not in content
        assert lab.poster.read_bytes()[:64] not in content
    assert lab.manifest(name)["encrypted_to"] == [pair.recipient]
    assert "encrypted" in lab.azione("list").stdout
    opened = subprocess.run(
        ["age", "--decrypt", "--identity", pair.identity, folder / "erasures.jsonl.age"],
        check=True,
        capture_output=True,
    )
    assert json.loads(opened.stdout)["type"] == "summary"


def test_recipient_of_the_settings_is_taken_for_every_backup(lab: Lab, pair: Pair) -> None:
    other = make_pair(lab.directory, "other.txt")
    (lab.directory / "env").write_text(f"BACKUP_AGE_RECIPIENT={pair.recipient}, {other.recipient}\n")
    name = lab.create()
    assert lab.manifest(name)["encrypted_to"] == [pair.recipient, other.recipient]
    for one in (pair, other):
        assert lab.azione("verify", name, "--drill", "--identity", one.identity).returncode == 0
    safety = lab.summary("restore", name, "--identity", pair.identity, "--yes")["safety"]
    assert lab.manifest(safety)["encrypted_to"] == [pair.recipient, other.recipient]


def test_encrypted_backup_is_verified_without_and_drilled_and_restored_with_the_key(lab: Lab, pair: Pair) -> None:
    name = lab.create("--recipient", pair.recipient)
    lab.reserve(5)
    lab.poster.unlink()
    assert lab.azione("verify", name).returncode == 0
    assert lab.azione("verify", name, "--drill", "--identity", pair.identity).returncode == 0
    assert lab.azione("restore", name, "--identity", "key.txt", "--yes").returncode == 0
    assert lab.guests() == RESERVATIONS
    assert len(lab.poster.read_bytes()) == 150_000


def test_encrypted_backup_without_its_key_is_refused(lab: Lab, pair: Pair) -> None:
    name = lab.create("--recipient", pair.recipient)
    lab.reserve(5)
    other = make_pair(lab.directory, "other.txt")
    for verb in (["verify", name, "--drill"], ["restore", name, "--yes"]):
        for identity, sentence in (
            ([], "--identity FILE names the file with the private key"),
            (["--identity", other.identity], "that is not the private key this backup is encrypted to"),
            (["--identity", "nowhere.txt"], "--identity: nowhere.txt cannot be read: No such file or directory."),
        ):
            done = lab.azione(*verb, *identity)
            assert (done.returncode, done.stdout) == (2, "")
            assert sentence in " ".join(done.stderr.split())
    assert (lab.guests(), lab.databases()) == (RESERVATIONS + 5, [""])


def test_host_without_age_is_told_in_one_sentence(lab: Lab, pair: Pair) -> None:
    name = lab.create("--recipient", pair.recipient)
    path = f"{lab.directory / 'bin'}:{without_age(lab)}"
    sentence = (
        "Error: This needs the program age, which is not on this host: install it (Debian: apt-get install age).\n"
    )
    made = lab.azione("create", "--recipient", pair.recipient, PATH=path)
    assert (made.returncode, made.stdout, made.stderr) == (5, "", sentence)
    assert lab.names() == [name]
    restored = lab.azione("restore", name, "--identity", pair.identity, "--yes", PATH=path)
    assert (restored.returncode, restored.stderr) == (5, sentence)


def without_age(lab: Lab) -> Path:
    """All programs of this host but one."""
    folder = lab.directory / "programs"
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(":")):
        for program in Path(place).glob("*"):
            link = folder / program.name
            link.unlink(missing_ok=True)
            link.symlink_to(program)
    (folder / "age").unlink()
    return folder


@pytest.mark.parametrize("recipient", ["", "age1short", "AGE-SECRET-KEY-1QQQ", "--identity", "age1" + "q" * 300])
def test_what_is_no_public_key_is_refused(lab: Lab, recipient: str) -> None:
    done = lab.azione("create", f"--recipient={recipient}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is no public key of age" in done.stderr
    assert lab.names() == []


def test_public_key_with_a_slip_is_told_by_age_and_leaves_nothing(lab: Lab, pair: Pair) -> None:
    slip = pair.recipient[:-1] + ("q" if pair.recipient[-1] != "q" else "p")
    done = lab.azione("create", "--recipient", slip)
    assert (done.returncode, lab.names(), lab.lying_about()) == (2, [], [])
    assert "age does not take that public key: age: error: malformed recipient" in " ".join(done.stderr.split())


def test_dump_is_read_through_before_it_is_encrypted(lab: Lab, pair: Pair) -> None:
    real = shutil.which("pg_dump", path=lab.tools)
    with lab.program("postgres", "pg_dump", f'#!/bin/sh\n{real} "$@" | head -c 3000\n'):
        done = lab.azione("create", "--recipient", pair.recipient)
    assert (done.returncode, lab.names(), lab.lying_about()) == (5, [], [])
    assert "pg_restore: error" in done.stderr


@pytest.mark.parametrize("step", ["database", "media", "settings", "read"])
def test_killed_while_it_encrypts_it_leaves_no_backup(lab: Lab, pair: Pair, step: str) -> None:
    kill_at(lab, step, "create", "--recipient", pair.recipient)
    assert lab.names() == []
    assert lab.azione("create", "--recipient", pair.recipient).returncode == 0
    assert lab.lying_about() == []


def test_flipped_bit_of_an_encrypted_file_is_found(lab: Lab, pair: Pair) -> None:
    name = lab.create("--recipient", pair.recipient)
    for file in FILES:
        path = lab.backups / name / file
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        done = lab.azione("verify", name)
        assert (done.returncode, f"{file} has changed" in done.stderr) == (6, True)
        path.write_bytes(content)


def test_erasures_of_newer_encrypted_backups_are_read_with_the_key(lab: Lab, pair: Pair) -> None:
    old = lab.create("--recipient", pair.recipient)
    record = {"type": "record", "digest": "ee" * 32, "erased_at": "2040-05-01T12:00:00+02:00"}
    lab.answer("list_erasures", record, {"type": "summary", "erasures": 1})
    lab.create("--recipient", pair.recipient)
    lab.sql(f'DROP DATABASE "{lab.database}" WITH (FORCE)', "postgres")
    assert lab.azione("restore", old, "--identity", pair.identity, "--yes").returncode == 0
    assert "ee" * 32 in (lab.directory / "bin" / "remembered").read_text()
