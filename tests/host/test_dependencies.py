"""What is installed is pinned with its hashes, and the bills of materials (`make attack`) name just that."""

import json
import re
from pathlib import Path

import pytest

from attack import bills
from attack.bills import BILLS, FRONTEND, REQUIREMENTS, ROOT

PROOF = ROOT / "docs" / "proof"
GROUPS = ("backend", "cli", "demo", "dev", "proof")


@pytest.mark.parametrize("group", GROUPS)
def test_every_python_package_is_pinned_with_hashes(group: str) -> None:
    text = (REQUIREMENTS / f"{group}.txt").read_text()
    packages = bills.python_lock(group)
    assert len(packages) > 10
    assert [package.name for package in packages if not package.has_hash] == []
    # Nothing in the file escapes the reader, and none of it says where to look.
    entries = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert len(entries) >= len(packages) >= len(entries) - text.count(" ; ")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash)", text, re.MULTILINE)


@pytest.mark.parametrize("folder", [FRONTEND, ROOT / "tests" / "lighthouse"])
def test_every_package_of_npm_is_pinned_with_its_hash(folder: Path) -> None:
    packages = bills.npm_lock(folder)
    assert len(packages) > 10
    assert [package.name for package in packages if not package.has_hash] == []
    wanted = json.loads((folder / "package.json").read_text())
    told = {**wanted.get("dependencies", {}), **wanted.get("devDependencies", {})}
    assert [name for name, version in told.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_images_are_made_from_the_locks_by_their_hashes() -> None:
    recipe = (ROOT / "infra" / "docker" / "Dockerfile").read_text()
    assert "--require-hashes --requirement /build/backend.txt" in recipe
    assert "npm ci --ignore-scripts" in recipe
    assert len(re.findall(r"\b(?:pip|npm)\b.* (?:install|ci|add)\b|\bapt-get\b", recipe.replace("\\\n", ""))) == 2


@pytest.mark.parametrize("part", BILLS)
def test_bill_names_just_what_the_lock_does(part: str) -> None:
    locked = bills.npm_lock(shipped_only=True) if part == "frontend" else bills.python_lock(part)
    on_it = bills.packages_on(PROOF / BILLS[part])
    assert {(one.name, one.version) for one in on_it} == {(one.name, one.version) for one in locked}, (
        "make attack writes the bills anew; so does PYTHONPATH=infra:tests .venv/bin/python -m attack.bills"
    )


@pytest.mark.parametrize("part", BILLS)
def test_every_package_on_a_bill_has_a_licence(part: str) -> None:
    assert [one.name for one in bills.packages_on(PROOF / BILLS[part]) if not one.licence] == []


@pytest.mark.parametrize("part", BILLS)
def test_bill_holds_nothing_of_the_moment_and_of_the_machine(part: str) -> None:
    """Made again without a change it is the same file."""
    text = (PROOF / BILLS[part]).read_text()
    assert not re.search(r'"(?:serialNumber|timestamp)"', text)
    assert not re.search(r"file:|/(?:home|root|tmp|work)/", text)


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("segno==1.6.6 \\\n    --hash=sha256:" + "0" * 64, ("segno", "1.6.6", True)),
        ("Some_Name==1.0 ; sys_platform == 'linux'", ("some-name", "1.0", False)),
        ("colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:" + "0" * 64, None),
    ],
)
def test_lock_is_read_as_pip_reads_it(
    line: str, package: tuple[str, str, bool] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bills, "REQUIREMENTS", tmp_path)
    (tmp_path / "group.txt").write_text(f"{line}\n")
    found = [(one.name, one.version, one.has_hash) for one in bills.python_lock("group")]
    assert found == ([package] if package else [])


def test_lock_that_leaves_a_version_open_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bills, "REQUIREMENTS", tmp_path)
    (tmp_path / "group.txt").write_text("segno>=1.6\n")
    with pytest.raises(AssertionError, match="does not pin segno"):
        bills.python_lock("group")
