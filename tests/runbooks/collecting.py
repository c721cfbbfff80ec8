"""Sybil in pytest: each command block of README.md and runbooks/*.md is one test, in the order of its document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil import Example, Region, Sybil
from sybil.document import Document

import runbooks.faults  # noqa: F401 (registers the scenes and what happens in between)
from runbooks.documents import ROOT, Command, parse_commands
from runbooks.scenes import House, Scene, cause, scene_for
from runbooks.terminal import RunbookError, Terminal


class Following:
    """A document that is being followed: what comes after a block that failed would only fail of that."""

    def __init__(self, scene: Scene, terminals: dict[str, Terminal]) -> None:
        self._scene = scene
        self._terminals = terminals
        self.is_broken = False

    def follow(self, command: Command) -> None:
        if command.excuse:
            pytest.skip(f"not run here: {command.excuse}")
        if self.is_broken:
            pytest.skip("an earlier block of this document failed")
        self.is_broken = True
        for name in command.first:
            cause(name, self._scene)
        problem = ""
        try:
            self._terminals[command.on].run(command)
        except RunbookError as error:
            problem = str(error)
        if problem:
            pytest.fail(problem, pytrace=False)
        self.is_broken = False


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def following(
    request: pytest.FixtureRequest, house: House, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Following]:
    document = Path(request.node.path).relative_to(ROOT).with_suffix("")
    name = document.name if document.parent.name == "runbooks" else str(document)
    with scene_for(name, house) as scene, scene.terminals(tmp_path_factory.mktemp(document.name)) as terminals:
        followed = Following(scene, terminals)
        yield followed
        house.distrusts_shared = followed.is_broken


def _evaluate(example: Example) -> None:
    example.namespace["following"].follow(example.parsed)


def _parse(document: Document) -> Iterator[Region]:
    for region in parse_commands(document):
        region.evaluator = _evaluate
        yield region


_sybil = Sybil(
    parsers=[_parse],
    path=str(ROOT),
    patterns=["README.md", "runbooks/*.md"],
    # Others may have a README too; the path is relative to the checkout.
    excludes=["*/README.md"],
    fixtures=["following"],
)
pytest_collect_file = _sybil.pytest()
