"""How azione finds what it talks to."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.tests.conftest import ROOT, Theatre, run_azione, write_demo

LIST = ("guests", "export", "cyrano@2041-12-06")
FAKE_DOCKER = """#!{python}
import json, pathlib, sys
log = pathlib.Path({log!r})
log.write_text((log.read_text() if log.exists() else "") + json.dumps(sys.argv[1:]) + "\\n")
if "ps" in sys.argv:
    print({services!r})
else:
    print(open({transcript!r}).read(), end="")
"""


@pytest.mark.parametrize("where", ["AZIONE_DEMO_DIR", "AZIONE_TARGET", "--target", "--target=", "file", "cwd"])
def test_demo_is_found(theatre: Theatre, tmp_path: Path, where: str) -> None:
    directory = str(theatre.directory)
    if where == "cwd":
        (tmp_path / ".demo").symlink_to(theatre.directory)
    arguments = {
        "--target": ["--target", directory],
        "--target=": [f"--target={directory}"],
        "file": ["--target", f"{directory}/demo.json"],
    }
    env = {where: directory} if where.startswith("AZIONE") else {}
    done = run_azione(*LIST, *arguments.get(where, []), cwd=tmp_path, **env)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("compose", "There is no docker command on this machine."),
        ("demo", "No demo is running"),
        ("nowhere", "nowhere: No such file or directory."),
        ("~no such user", "~no such user: No such file or directory."),
    ],
)
def test_target_that_is_not_there(tmp_path: Path, wanted: str, sentence: str) -> None:
    done = run_azione(*LIST, "--target", wanted, cwd=tmp_path, AZIONE_DEMO_DIR=str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (5, "")
    assert sentence in done.stderr


def test_no_target_at_all_says_how_to_point_it_somewhere(tmp_path: Path) -> None:
    done = run_azione(*LIST, cwd=tmp_path, AZIONE_DEMO_DIR=str(tmp_path / "none"))
    assert (done.returncode, len(done.stderr.splitlines())) == (5, 1)
    assert "--target demo" in done.stderr


def test_demo_that_has_ended_is_told(theatre: Theatre, tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    write_demo(tmp_path, theatre.env, pid=ended.pid)
    done = run_azione(*LIST, "--target", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 5
    assert "is not running any more" in done.stderr


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"url": 1, "pid": "x"}', "\udc80"])
def test_file_that_no_demo_wrote_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "demo.json").write_bytes(os.fsencode(content))
    (tmp_path / "demo.json").chmod(0o600)
    done = run_azione(*LIST, "--target", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 5
    assert "is not what a demo writes." in done.stderr


@pytest.mark.parametrize("anchor", ["yesterday", "", 3, None])
def test_anchor_that_is_no_day_is_refused(theatre: Theatre, tmp_path: Path, anchor: object) -> None:
    write_demo(tmp_path, theatre.env, season_anchor=anchor)
    done = run_azione(*LIST, "--target", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 5
    assert "is not what a demo writes." in done.stderr


def test_file_that_others_may_write_is_not_believed(theatre: Theatre, tmp_path: Path) -> None:
    write_demo(tmp_path, theatre.env, python="/bin/false").chmod(0o666)
    done = run_azione(*LIST, "--target", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 5
    assert "can be changed by others" in done.stderr


def test_shell_s_own_settings_do_not_reach_the_backend(theatre: Theatre, tmp_path: Path) -> None:
    foreign = {
        "PGHOST": "/nowhere",
        "DATABASE_URL": "postgresql:///other",
        "SECRET_KEY_FILE": "/none",
        "SMTP_HOST": "x",
    }
    done = run_azione(*LIST, "--target", str(theatre.directory), cwd=tmp_path, **foreign)
    assert (done.returncode, done.stderr) == (0, "")


def test_settings_that_cannot_be_used_are_named(theatre: Theatre, tmp_path: Path) -> None:
    write_demo(tmp_path, theatre.env | {"HOLD_MINUTES": "an hour"})
    done = run_azione(*LIST, "--target", str(tmp_path), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.splitlines() == [
        "Error: AzioneLab cannot start with its settings. Mend this one, then try again.",
        "  HOLD_MINUTES is 'an hour'; it must be a whole number from 1 to 10080.",
    ]


class FakeDocker:
    """Stands on the PATH, writes down how it was called, and answers as the stack's backend would."""

    def __init__(self, folder: Path, services: str) -> None:
        self.log = folder / "docker.log"
        transcript = ROOT / "contracts" / "jsonl" / "export_guests.jsonl"
        docker = folder / "bin" / "docker"
        docker.parent.mkdir()
        docker.write_text(
            FAKE_DOCKER.format(python=sys.executable, log=str(self.log), services=services, transcript=str(transcript))
        )
        docker.chmod(0o755)
        self.path = str(docker.parent)

    @property
    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def test_running_stack_comes_before_the_demo(theatre: Theatre, tmp_path: Path) -> None:
    docker = FakeDocker(tmp_path, "backend\nproxy")
    env = {"PATH": docker.path, "AZIONE_DEMO_DIR": str(theatre.directory), "COMPOSE_PROJECT_NAME": "teatro"}
    done = run_azione("guests", "export", "tonight", cwd=tmp_path, **env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 reservations, 9 seats, 5 admitted" in done.stdout
    assert docker.calls == [
        ["compose", "-p", "teatro", "ps", "--services", "--status", "running"],
        ["compose", "-p", "teatro", "exec", "-T", "backend", "python", "manage.py", "export_guests", "--", "tonight"],
    ]


@pytest.mark.parametrize(
    ("line", "project"),
    [
        ("COMPOSE_PROJECT_NAME=teatro\n", "teatro"),
        ("# COMPOSE_PROJECT_NAME=other\n COMPOSE_PROJECT_NAME = 'teatro'  \n", "teatro"),
        ("COMPOSE_PROJECT_NAME=teatro # ours\n", "teatro"),
        ("COMPOSE_PROJECT_NAME=\nSITE_URL=https://teatro.example\n", "azionelab"),
    ],
)
def test_stack_has_the_name_that_its_settings_give_it(
    theatre: Theatre, tmp_path: Path, line: str, project: str
) -> None:
    docker = FakeDocker(tmp_path, "backend")
    (tmp_path / "env").write_text(line)
    env = {"PATH": docker.path, "AZIONE_ENV": str(tmp_path / "env")}
    assert run_azione("guests", "export", "tonight", cwd=tmp_path, **env).returncode == 0
    assert {call[2] for call in docker.calls} == {project}
    assert run_azione("guests", "export", "tonight", cwd=tmp_path, COMPOSE_PROJECT_NAME="mine", **env).returncode == 0
    assert docker.calls[-1][2] == "mine"


def test_stack_without_a_backend_is_no_target(theatre: Theatre, tmp_path: Path) -> None:
    docker = FakeDocker(tmp_path, "proxy")
    env = {"PATH": docker.path, "AZIONE_DEMO_DIR": str(theatre.directory)}
    assert run_azione(*LIST, cwd=tmp_path, **env).stdout.startswith("Cyrano de Bergerac\n")
    refused = run_azione(*LIST, "--target", "compose", cwd=tmp_path, **env)
    assert (refused.returncode, "no running service named backend" in refused.stderr) == (5, True)
