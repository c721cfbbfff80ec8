"""The help: a table of contents, and examples that work when they are pasted."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from cli.tests.conftest import run_azione
from typer.core import TyperGroup

from azione.main import app, hoist

ROOT = typer.main.get_command(app)


def verbs() -> Iterator[tuple[str, Any]]:
    assert isinstance(ROOT, TyperGroup)
    for name, command in ROOT.commands.items():
        inner = command.commands.items() if isinstance(command, TyperGroup) else [("", command)]
        yield from ((f"{name} {verb}".strip(), one) for verb, one in inner)


def examples_in(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if re.match(r"\s+(source <\()?azione ", line)]


@pytest.mark.parametrize(("path", "command"), list(verbs()))
def test_every_verb_has_examples_that_can_be_pasted(path: str, command: Any) -> None:
    examples = [line for line in examples_in(command.help or "") if f"azione {path}" in line]
    assert examples, f"azione {path} has no example of its own"
    for example in examples:
        parse(example)


def test_examples_of_the_first_page_can_be_pasted(tmp_path: Path) -> None:
    examples = examples_in(run_azione("--help", cwd=tmp_path).stdout)
    assert examples
    for example in examples:
        parse(example)


def parse(example: str) -> None:
    """Every noun, verb, option and choice of the line is there; raises what `azione` would refuse it with."""
    line = re.sub(r"^source <\((.*)\)", r"\1", re.sub(r"\s+#.*", "", example))
    words = shlex.split(re.split(r" [|<>] ?", line)[0])
    command: Any = ROOT
    context = command.make_context(words[0], hoist(words[1:]))
    while isinstance(command, TyperGroup):
        rest = [*context._protected_args, *context.args]
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("noun", ["", *sorted({path.split()[0] for path, _command in verbs() if " " in path})])
def test_no_line_of_a_table_of_contents_is_cut(tmp_path: Path, noun: str) -> None:
    page: subprocess.CompletedProcess[str] = run_azione(*filter(None, [noun]), "--help", cwd=tmp_path, COLUMNS="80")
    assert page.returncode == 0
    assert "..." not in page.stdout.partition("Commands:")[2]
