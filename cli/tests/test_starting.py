"""What azione does before it does anything: help, version, usage, and how fast."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli.tests.conftest import cli_env, run_azione


@pytest.mark.parametrize("arguments", [[], ["--help"], ["guests"], ["shows", "-h"], ["guests", "export", "--help"]])
def test_help_is_shown(tmp_path: Path, arguments: list[str]) -> None:
    done = run_azione(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: azione")


@pytest.mark.parametrize("verb", [("guests", "export"), ("shows", "seed")])
def test_help_of_every_verb_has_an_example(tmp_path: Path, verb: tuple[str, str]) -> None:
    assert f"\n    azione {' '.join(verb)} " in run_azione(*verb, "--help", cwd=tmp_path).stdout


def test_version(tmp_path: Path) -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert run_azione("--version", cwd=tmp_path).stdout == f"azione {project['version']}\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["guests", "export"], "Missing argument 'PERFORMANCE'."),
        (["guests", "exprt"], "No such command 'exprt'."),
        (["guests", "export", "next", "--format", "xls"], "xls"),
        (["guests", "export", "next", "--output", ""], "--output needs the name of a file"),
        (["shows", "seed", "season.yaml", "--anchor", "domani"], "domani"),
        (["shows", "seed", "season.yaml"], "add --yes to do it, or --dry-run"),
        (["--target"], "--target"),
    ],
)
def test_wrong_usage_is_a_sentence_and_exit_2(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done = run_azione(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["guests", "export"], "Missing argument 'PERFORMANCE'. Try: azione guests export --help"),
        (
            ["guests", "export", "next", "--format", "csv"],
            "With --json the protocol's lines go to standard output: leave out --format, --output and --language. "
            "One JSON document is --format json.",
        ),
        (
            ["shows", "seed", "season.yaml"],
            "Nobody is here to be asked: add --yes to do it, or --dry-run to see what changes.",
        ),
    ],
)
def test_wrong_usage_with_json_is_an_error_line(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done = run_azione(*arguments, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    line = {"v": 1, "type": "error", "code": "usage", "title": sentence, "detail": sentence, "errors": []}
    assert [json.loads(text) for text in done.stdout.splitlines()] == [line]


def test_neither_django_nor_rich_is_loaded_for_help() -> None:
    heavy = ("django", "azionelab", "rich", "psycopg", "reportlab", "xlsxwriter")
    script = f"import sys, azione.main, azione.commands.guests; print([n for n in {heavy} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], env=cli_env(), capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_django_is_never_loaded_by_any_module_of_azione() -> None:
    script = (
        "import pkgutil, sys, importlib, azione\n"
        "for module in pkgutil.walk_packages(azione.__path__, 'azione.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)\n"
        "print([n for n in ('django', 'azionelab') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], env=cli_env(), capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("arguments", [["--help"], ["guests", "export", "--help"]])
def test_help_loads_nothing_that_takes_its_time(tmp_path: Path, arguments: list[str]) -> None:
    """What only a verb at work needs; `azione --help` is there in a tenth of a second without it."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "azione", *arguments],
        env=cli_env(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert {"azione", "typer"} <= loaded
    assert not loaded & {"django", "rich", "xlsxwriter", "reportlab", "dns", "http", "ssl", "asyncio"}
