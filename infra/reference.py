"""docs/cli-reference.md, written from the program itself so that it cannot say anything else.

PYTHONPATH=infra:cli .venv/bin/python -m reference            # after a change of azione's help
PYTHONPATH=infra:cli .venv/bin/python -m reference --check    # what `make lint` runs
"""

from __future__ import annotations

import difflib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from typer.core import TyperGroup

from azione.failures import ExitCode
from azione.main import app

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "cli-reference.md"
HEAD = """\
# `azione`: every verb and option

Written by `make reference` from the program's own help; `make lint` fails when it is out of date. What the verbs mean
for a theatre, and which to use when, is in [cli.md](cli.md).

"""
# A form feed of the help's writer: the paragraph after it is to be left as it stands.
AS_IT_STANDS = "\b"


def main(arguments: list[str]) -> int:
    fresh = render()
    if arguments == ["--check"]:
        return _compare(fresh)
    REFERENCE.write_text(fresh)
    return 0


def render() -> str:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    sections = [HEAD, _global_options(root), *_contents(root), _exit_codes()]
    for name, command in _in_order(root):
        if isinstance(command, TyperGroup):
            sections.append(f"## `azione {name}`\n\n{_words(command.help)}\n\n")
            sections += [_verb(f"azione {name} {verb}", inner) for verb, inner in command.commands.items()]
        else:
            sections.append(_verb(f"azione {name}", command, level="##"))
    return "".join(sections).rstrip() + "\n"


def _global_options(root: Any) -> str:
    options = _parameters(root, root.context_class(root, info_name="azione"), "option")
    return f"## Anywhere on the line\n\n{options}"


def _in_order(root: TyperGroup) -> Iterator[tuple[str, Any]]:
    """As `azione --help` lists them."""
    for name in root.list_commands(root.context_class(root)):
        yield name, root.commands[name]


def _contents(root: Any) -> Iterator[str]:
    yield "## Verbs\n\n"
    for name, command in _in_order(root):
        verbs = command.commands.items() if isinstance(command, TyperGroup) else [("", command)]
        for verb, inner in verbs:
            path = f"azione {name} {verb}".strip()
            yield f"- [`{path}`](#{path.replace(' ', '-')}): {_first_sentence(inner.help)}\n"
    yield "\n"


def _exit_codes() -> str:
    meanings = {
        ExitCode.DONE: "done",
        ExitCode.BUG: "a bug of AzioneLab",
        ExitCode.USAGE: "the command line cannot be understood, or names nothing or several things",
        ExitCode.REFUSED: "a rule of the house says no, or you did",
        ExitCode.PARTLY_DONE: "done in part: the last lines say what is left and how to go on",
        ExitCode.ENVIRONMENT: "the environment does not let it: no database, no mail server, no disk, no AzioneLab",
        ExitCode.INTEGRITY: "`backup`: damaged, or its data breaks a rule of the house",
        ExitCode.INCOMPATIBLE: "`backup`: it does not fit this AzioneLab, its PostgreSQL or its secret key",
        ExitCode.LOCKED: "`backup`: another one is at work",
        ExitCode.NO_SPACE: "`backup`: not enough room",
        ExitCode.ROLLED_BACK: "`backup restore`: what was restored did not work, and what was there before is back",
        ExitCode.INTERRUPTED: "stopped by Ctrl-C",
    }
    rows = "".join(f"| {code.value} | {meanings[code]} |\n" for code in ExitCode)
    return f"## Exit codes\n\n| Code | Meaning |\n| --- | --- |\n{rows}\n"


def _verb(path: str, command: Any, level: str = "###") -> str:
    context = command.context_class(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    told = "".join(_parameters(command, context, kind) for kind in ("argument", "option"))
    return f"{level} `{path}`\n\n    {usage}\n\n{_words(command.help)}\n\n{told}"


def _parameters(command: Any, context: Any, kind: str) -> str:
    """Those of one kind, a line each with what they say of themselves."""
    records = [p.get_help_record(context) for p in command.params if p.param_type_name == kind]
    # An argument's name says enough without the type behind it.
    told = [(names.split(" <")[0] if kind == "argument" else names, text) for names, text in filter(None, records)]
    lines = "".join(f"- `{names}`: {' '.join(text.split())}\n" for names, text in told)
    return f"{lines}\n" if lines else ""


def _words(text: str | None) -> str:
    """Paragraphs as they are; examples as a block of code."""
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    return "\n\n".join(_block(p) if p.startswith(AS_IT_STANDS) else p for p in paragraphs)


def _block(paragraph: str) -> str:
    title, *lines = paragraph.removeprefix(AS_IT_STANDS).strip("\n").splitlines()
    return "\n".join([title, "", *(f"    {line.strip()}" for line in lines)])


def _first_sentence(text: str | None) -> str:
    return inspect.cleandoc(text or "").split("\n\n")[0].replace("\n", " ")


def _compare(fresh: str) -> int:
    written = REFERENCE.read_text() if REFERENCE.exists() else ""
    if fresh == written:
        return 0
    names = ("docs/cli-reference.md", "the program")
    print("\n".join(difflib.unified_diff(written.splitlines(), fresh.splitlines(), *names, lineterm="")))
    print("docs/cli-reference.md is out of date: make reference")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
