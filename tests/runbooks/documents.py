"""What stands in a runbook: command blocks, what they should print, and the comments that are for the tests.

The conventions are described in tests/runbooks/README.md, for whoever writes a runbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from sybil import Document, Region
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "runbooks"
README = ROOT / "README.md"
MOST_EXCUSES = 5
# In this order, each as a heading of the second level.
SECTIONS = (
    "When to use",
    "Impact if wrong",
    "Before you start",
    "Steps",
    "Verify",
    "Undo",
    "Who to call",
    "Last drilled",
)

_BASH = re.compile(r"bash(?P<options>[^\n`]*)$\n", re.MULTILINE)
_TEXT = re.compile(r"text[ \t]*$\n", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
_EXCUSE = re.compile(r"<!--\s*not run here:\s*(.*?)\s*-->", re.DOTALL)
_FIRST = re.compile(r"<!--\s*first:\s*(.*?)\s*-->", re.DOTALL)
_ON = re.compile(r"<!--\s*on:\s*(.*?)\s*-->", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """One command block. `expected` is None where the runbook does not say what is printed."""

    source: str
    expected: str | None
    # What happens before, by its name in faults/.
    first: tuple[str, ...] = ()
    # The host it is typed on, where there are several.
    on: str = ""
    # Why it is not run, where it is not.
    excuse: str = ""
    exit_code: int = 0
    # It does not end by itself: the blocks after it run meanwhile.
    stays: bool = False


def parse_commands(document: Document) -> Iterable[Region]:
    """A parser for Sybil: a region for each command block, in the order of the document."""
    commands = sorted(RawFencedCodeBlockLexer(_BASH)(document), key=lambda region: region.start)
    texts = list(RawFencedCodeBlockLexer(_TEXT)(document))
    ends = [0, *(region.end for region in commands)]
    starts = [*(region.start for region in commands[1:]), len(document.text)]
    for region, end_before, next_start in zip(commands, ends, starts, strict=False):
        heading = _HEADING.search(document.text, region.end)
        until = min(next_start, heading.start() if heading else next_start)
        expected = next((str(text.lexemes["source"]) for text in texts if region.end <= text.start < until), None)
        region.parsed = _command(region, expected, document.text[end_before : region.start])
        yield region


def _command(region: Region, expected: str | None, between: str) -> Command:
    options = dict(option.partition("=")[::2] for option in region.lexemes["options"].split())
    unknown = set(options) - {"exit", "stays"}
    if unknown:
        raise ValueError(f"```bash knows exit=N and stays, not {', '.join(sorted(unknown))}")
    excuse = _EXCUSE.search(between)
    return Command(
        source=str(region.lexemes["source"]),
        expected=expected,
        first=tuple(_FIRST.findall(between)),
        on=on[1] if (on := _ON.search(between)) else "",
        excuse=" ".join(excuse[1].split()) if excuse else "",
        exit_code=int(options.get("exit", 0)),
        stays="stays" in options,
    )


def runbooks() -> list[Path]:
    """All pages but the index."""
    return sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def documents() -> list[Path]:
    return [README, *sorted(FOLDER.glob("*.md"))]


def commands_of(path: Path) -> list[Command]:
    return [region.parsed for region in parse_commands(Document(path.read_text(), str(path)))]


def code_blocks_of(path: Path) -> list[tuple[str, int]]:
    """Every code block as a Markdown reader sees it, whatever this module makes of it: its language and its line."""
    tokens = MarkdownIt("commonmark").parse(path.read_text())
    blocks = [token for token in tokens if token.type in ("fence", "code_block")]
    return [(token.info.split(" ")[0] if token.type == "fence" else "", token.map[0] + 1) for token in blocks]


def sections_of(path: Path) -> list[str]:
    return [line[3:].strip() for line in path.read_text().splitlines() if line.startswith("## ")]
