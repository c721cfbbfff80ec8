"""What the Tab key offers, in the shells themselves and from the running system."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
from cli.tests.conftest import Azione, Theatre, cli_env, run_azione
from cli.tests.transcripts import transcript

Complete = Callable[[str], list[str]]


@pytest.fixture
def complete(theatre: Theatre, tmp_path: Path) -> Complete:
    """The candidates for a line, up to where the cursor stands."""

    def run(line: str, **env: str) -> list[str]:
        done = run_azione(
            cwd=tmp_path,
            _AZIONE_COMPLETE="complete_fish",
            _TYPER_COMPLETE_FISH_ACTION="get-args",
            _TYPER_COMPLETE_ARGS=line,
            XDG_CACHE_HOME=str(tmp_path / "cache"),
            **{"AZIONE_DEMO_DIR": str(theatre.directory)} | env,
        )
        assert done.stderr == ""
        return [line.partition("\t")[0] for line in done.stdout.splitlines() if line]

    return run


def test_nouns_verbs_and_options(complete: Complete) -> None:
    assert complete("azione gu") == ["guests"]
    assert complete("azione guests ") == ["export"]
    assert "--format" in complete("azione guests export --f")


def test_performances_come_from_the_running_system(complete: Complete, theatre: Theatre) -> None:
    names = complete("azione guests export ")
    # The afternoon and the evening of one day are told apart by their ids alone.
    ids = {str(theatre.performances[name]) for name in ("full", "matinee")}
    assert {"next", "tonight", "cyrano@2041-12-06"} | ids == set(names)
    assert complete("azione door pair cyrano@20") == ["cyrano@2041-12-06"]


def test_name_is_completed_from_a_later_word_as_well(complete: Complete) -> None:
    assert complete("azione shows show loc") == ["locandiera"]
    assert complete("azione shows show la-l") == ["la-locandiera"]
    assert complete("azione shows show ocandiera") == []


def test_references_come_from_the_running_system_and_are_not_kept(
    complete: Complete, azione: Azione, theatre: Theatre, tmp_path: Path
) -> None:
    listed = azione("guests", "export", str(theatre.performances["full"]), "--json").stdout.splitlines()[:-1]
    references = [json.loads(line)["reference"] for line in listed]
    assert set(references) <= set(complete("azione reservations show "))
    first = references[0].lower()
    assert complete(f"azione reservations show {first[:4]}") == [first]
    kept = "".join(path.read_text() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert not any(reference in kept for reference in references)


def test_second_tab_asks_nobody(complete: Complete, tmp_path: Path) -> None:
    names = complete("azione guests export ")
    [kept] = (tmp_path / "cache" / "azione").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_text(json.dumps([["remembered@2041-01-01", "x"]]))
    assert complete("azione guests export rem") == ["remembered@2041-01-01"]
    kept.write_text("{")
    assert complete("azione guests export ") == names


@pytest.mark.parametrize("line", ["azione guests export ", "azione reservations show AB", "azione performances show "])
def test_nothing_to_talk_to_offers_nothing_and_says_nothing(complete: Complete, tmp_path: Path, line: str) -> None:
    assert complete(line, AZIONE_DEMO_DIR=str(tmp_path)) == []


def test_tab_loads_neither_rich_nor_django() -> None:
    script = "import sys, azione.main as m; sys.argv=['azione']\ntry: m.main()\nfinally: print(sorted(sys.modules))"
    env = cli_env(
        _AZIONE_COMPLETE="complete_fish", _TYPER_COMPLETE_FISH_ACTION="get-args", _TYPER_COMPLETE_ARGS="azione g"
    )
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False)
    assert "'typer'" in done.stdout
    assert not any(f"'{name}'" in done.stdout for name in ("rich.console", "rich.text", "django", "reportlab"))


def test_names_are_read_from_their_transcript() -> None:
    records, summary = transcript("complete_names")
    assert (len(records), summary["names"]) == (4, 4)
    assert {"v", "type", "name", "about"} == set(records[0])


# In the shells themselves: the script is loaded, a line is typed, Tab is pressed.

OPEN = {
    "bash": ("bash", ["--norc", "--noprofile", "-i"], "source <(azione completion bash)"),
    "zsh": ("zsh", ["-f", "-i"], "autoload -U compinit && compinit -u -D; source <(azione completion zsh)"),
    "fish": ("fish", ["--no-config", "-i"], "azione completion fish | source"),
}


@pytest.mark.parametrize("shell", OPEN)
def test_tab_in_the_shell_itself(theatre: Theatre, tmp_path: Path, shell: str) -> None:
    program, options, load = OPEN[shell]
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed here")
    commands = tmp_path / "bin"
    commands.mkdir()
    azione = commands / "azione"
    azione.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m azione "$@"\n')
    azione.chmod(0o755)
    env = cli_env(
        AZIONE_DEMO_DIR=str(theatre.directory),
        XDG_CACHE_HOME=str(tmp_path / "cache"),
        XDG_CONFIG_HOME=str(tmp_path / "config"),
        XDG_DATA_HOME=str(tmp_path / "data"),
        HOME=str(tmp_path),
        TERM="dumb" if shell != "fish" else "xterm",
    ) | {"PATH": f"{commands}:/usr/local/bin:/usr/bin:/bin"}
    terminal = pexpect.spawn(path, options, env=env, cwd=tmp_path, encoding="utf-8", timeout=60, dimensions=(40, 120))
    terminal.sendline(f"{load}; echo LOADED-$((40 + 2))" if shell != "fish" else f"{load}; echo LOADED-(math 40 + 2)")
    terminal.expect("LOADED-42")
    terminal.send("echo azione-was; azione guests export cyrano@\t")
    terminal.expect_exact("2041-12-06")
    terminal.send("\x15exit\r")
    terminal.expect(pexpect.EOF)
