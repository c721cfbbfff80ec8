"""Pages that list what the program does are held to it: events in the log, salts, levels of data."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from azionelab.core.sessions import LAST_USED

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
SOURCES = ROOT / "backend" / "azionelab"
LEVELS = ("public", "internal", "guest's", "secret")
# Where a key is made of SECRET_KEY, and which argument says for what.
SALTED = {"salted_hmac": 0, "_derive": 0, "TimestampSigner": "salt", "Signer": "salt", "set_signed_cookie": 0}


def trees() -> Iterator[ast.Module]:
    for path in sorted(SOURCES.rglob("*.py")):
        yield ast.parse(path.read_text())


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            yield name, node


def constants(tree: ast.Module) -> dict[str, str]:
    """What the module's own names stand for, where that is a text."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            pairs = zip(target.elts, value.elts, strict=True) if isinstance(target, ast.Tuple) else [(target, value)]
            found |= {
                one.id: text.value
                for one, text in pairs
                if isinstance(one, ast.Name) and isinstance(text, ast.Constant) and isinstance(text.value, str)
            }
    return found


def salts() -> set[str]:
    found = set()
    for tree in trees():
        known = constants(tree)
        for name, call in calls(tree):
            if name not in SALTED:
                continue
            where = SALTED[name]
            given = {one.arg: one.value for one in call.keywords}
            value = call.args[where] if isinstance(where, int) else given[where]
            if isinstance(value, ast.Name) and value.id == "salt":
                continue  # handed on by a function that stands in SALTED itself
            assert isinstance(value, ast.Constant | ast.Name), ast.unparse(call)
            found.add(value.value if isinstance(value, ast.Constant) else known[value.id])
    return found


def test_page_names_every_salt() -> None:
    """What is made of SECRET_KEY under one salt must be of no use under another, so nobody may take one twice."""
    table = re.findall(r"^\| `([\w.-]+)`[^|]*\| HMAC-SHA256", (DOCS / "cryptography.md").read_text(), re.MULTILINE)
    assert sorted(table) == sorted(salts())
    assert LAST_USED in table
    assert len(table) >= 7


def test_page_names_every_event_of_the_log() -> None:
    written = {
        call.args[0].value
        for tree in trees()
        for _name, call in calls(tree)
        if ast.unparse(call.func).partition(".")[0] in ("log", "tell") and isinstance(call.args[0], ast.Constant)
    }
    page = (DOCS / "logs.md").read_text()
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", page[page.index("## Who signed in") :], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)} == written
    assert {"request", "signed_in", "sign_in_shut"} <= written


@pytest.mark.parametrize("heading", ["## What is kept", "## How it is protected"])
def test_every_kind_of_data_has_a_level(heading: str) -> None:
    page = (DOCS / "privacy.md").read_text()
    section = page[page.index(heading) :].partition("\n## ")[0]
    header, _line, *rows = [row.strip("| ").split(" | ") for row in section.splitlines() if row.startswith("|")]
    levels = [row[header.index("level")] for row in rows]
    assert len(levels) >= 4
    assert set(levels) <= set(LEVELS)
    if heading == "## How it is protected":
        assert tuple(levels) == LEVELS
