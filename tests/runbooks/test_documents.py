"""That runbooks keep to their form, and that nothing in them can be typed which no test has typed before."""

import re
from pathlib import Path

import pytest
from sybil import Document

from runbooks.documents import (
    FOLDER,
    MOST_EXCUSES,
    ROOT,
    SECTIONS,
    code_blocks_of,
    commands_of,
    documents,
    parse_commands,
    runbooks,
    sections_of,
)
from runbooks.scenes import documents_with_scenes, known_causes

# A page that is renamed takes its links along, and its name here.
PROMISED = {
    "admin-locked-out",
    "before-a-show",
    "cancel-or-move",
    "certificate-expiry",
    "confirmations-do-not-arrive",
    "database-down",
    "disk-full",
    "door-offline",
    "erase-a-person",
    "first-deploy",
    "leaked-link-or-lost-phone",
    "moving-to-a-new-host",
    "oversold",
    "restore-drill",
    "restore-from-backup",
    "rotate-secrets",
    "site-down",
    "template",
    "upgrade-and-roll-back",
}
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)[^)]*\)")


def by_name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_promised_runbook_is_there() -> None:
    assert {path.stem for path in runbooks()} >= PROMISED


@pytest.mark.parametrize("path", runbooks(), ids=by_name)
def test_runbook_has_every_section_of_the_template(path: Path) -> None:
    assert [section for section in sections_of(path) if section in SECTIONS] == list(SECTIONS)


@pytest.mark.parametrize("path", documents(), ids=by_name)
def test_every_code_block_is_a_command_or_what_is_printed(path: Path) -> None:
    foreign = [f"line {line}: {language or 'no language'}" for language, line in code_blocks_of(path)]
    assert [block for block in foreign if not block.endswith((": bash", ": text"))] == []


@pytest.mark.parametrize("path", documents(), ids=by_name)
def test_every_command_block_is_found(path: Path) -> None:
    seen_by_readers = [line for language, line in code_blocks_of(path) if language == "bash"]
    text = path.read_text()
    found = [text.count("\n", 0, region.start) + 1 for region in parse_commands(Document(text, str(path)))]
    assert found == seen_by_readers


def test_at_most_five_command_blocks_are_excused() -> None:
    excused = [
        f"{by_name(path)}: {command.excuse}" for path in documents() for command in commands_of(path) if command.excuse
    ]
    assert len(excused) <= MOST_EXCUSES, excused


def test_what_happens_before_a_block_is_known() -> None:
    wanted = {name for path in documents() for command in commands_of(path) for name in command.first}
    assert wanted <= known_causes()


def test_every_scene_has_its_document() -> None:
    assert documents_with_scenes() <= {path.stem for path in documents()}


@pytest.mark.parametrize("path", documents(), ids=by_name)
def test_every_link_leads_somewhere(path: Path) -> None:
    assert [link for link in _LINK.findall(path.read_text()) if not (path.parent / link).exists()] == []


def test_index_names_every_runbook() -> None:
    linked = set(_LINK.findall((FOLDER / "README.md").read_text()))
    assert {path.name for path in runbooks()} <= linked
