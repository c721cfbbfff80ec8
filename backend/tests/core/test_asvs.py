"""docs/proof/asvs.md names tests: each of them is there, each requirement stands once, and the counts are right."""

import ast
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "proof" / "asvs.md"
VERDICTS = ("met", "not met", "does not apply")
# What ASVS 5.0.0 has of them.
OF_LEVEL = {1: 70, 2: 183}
ROW = re.compile(r"^\| (V[\d., V]+) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
PYTHON_TEST = re.compile(r"`([\w./-]+\.py)::(\w+)`")
SPEC = re.compile(r"`([\w./-]+\.spec\.ts)` “([^”]+)”")
SAID_IN_SPEC = re.compile(r"\bit(?:\.each\(.*?\))?\(\s*'((?:[^'\\]|\\.)+)'", re.DOTALL)
# A file or a page stands for what no test can show, and the row says so.
NO_TEST = re.compile(r"^(documents?|configuration): ")


@dataclass(frozen=True)
class Row:
    ids: tuple[str, ...]
    level: int
    verdict: str
    evidence: str


def rows() -> list[Row]:
    return [
        Row(tuple(ids.split(", ")), int(level), verdict, evidence)
        for ids, level, _asks, verdict, evidence in ROW.findall(PAGE.read_text())
    ]


@cache
def named_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def missing_tests(text: str) -> list[str]:
    """Of those that a text names: files and functions that are not there, and words that no spec says."""
    python = [
        f"{path}::{name}"
        for path, name in PYTHON_TEST.findall(text)
        if not (ROOT / path).is_file() or name not in named_in(ROOT / path)
    ]
    specs = [f"{path} “{words}”" for path, words in SPEC.findall(text) if not is_said_in(ROOT / path, words)]
    return python + specs


def is_said_in(path: Path, words: str) -> bool:
    """To the letter, or as the beginning of what a table of cases goes on with."""
    said = SAID_IN_SPEC.findall(path.read_text()) if path.is_file() else []
    return any(one == words or one.startswith(f"{words}: %") for one in said)


def test_every_test_that_the_table_names_is_there() -> None:
    page = PAGE.read_text()
    assert missing_tests(page) == []
    # None is written in a form that would not be looked for.
    assert page.count("::test_") == len(PYTHON_TEST.findall(page)) > 150
    assert page.count(".spec.ts`") == len(SPEC.findall(page)) > 4


@pytest.mark.parametrize(
    "named",
    [
        "`backend/tests/core/test_asvs.py::test_that_was_renamed`",
        "`backend/tests/core/test_asvs.py::missing_tests`",
        "`backend/tests/core/test_that_was_moved.py::test_every_test_that_the_table_names_is_there`",
        "`frontend/projects/door/src/app/device/vault.spec.ts` “reads what somebody changed”",
        "`frontend/projects/door/src/app/device/nothing.spec.ts` “reads nothing from what somebody changed”",
    ],
)
def test_test_that_is_gone_is_found_out(named: str) -> None:
    """The control."""
    assert missing_tests(named) == [named.replace("`", "")]


def test_every_requirement_stands_once() -> None:
    ids = [one for row in rows() for one in row.ids]
    assert [one for one, times in Counter(ids).items() if times > 1] == []
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", one) for one in ids)
    assert Counter(row.level for row in rows() for _one in row.ids) == OF_LEVEL
    assert {row.verdict for row in rows()} == set(VERDICTS)


def test_counts_at_the_top_are_right() -> None:
    count = Counter((row.verdict, row.level) for row in rows() for _one in row.ids)
    table = [
        f"| {verdict} | {count[verdict, 1]} | {count[verdict, 2]} | {count[verdict, 1] + count[verdict, 2]} |"
        for verdict in VERDICTS
    ]
    total = f"| **all** | {OF_LEVEL[1]} | {OF_LEVEL[2]} | {sum(OF_LEVEL.values())} |"
    assert "\n".join([*table, total]) in PAGE.read_text()


def test_what_is_met_has_a_test_or_says_what_stands_for_one() -> None:
    met = [row for row in rows() if row.verdict == "met"]
    shown = (PYTHON_TEST, SPEC, NO_TEST)
    assert [row.ids for row in met if not any(one.search(row.evidence) for one in shown)] == []


def test_every_file_that_the_table_names_is_there() -> None:
    folders = "backend|cli|contracts|docs|frontend|infra|requirements|runbooks|tests"
    named = re.findall(rf"`((?:{folders})/[\w./*-]+)[`:]", PAGE.read_text())
    assert [path for path in named if not list(ROOT.glob(path))] == []
