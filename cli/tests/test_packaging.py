"""What `pipx install` of this repository puts on a production host: azione, and nothing of Django."""

import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest
from cli.tests.conftest import ROOT, cli_env


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what the build reads, so that nothing is left behind in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT / "cli", source / "cli", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "tests"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(source)], check=True, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


def test_wheel_holds_azione_with_its_fonts_and_scripts(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"azione"}
    assert {f"azione/shells/azione.{shell}" for shell in ("bash", "zsh", "fish")} <= set(names)
    assert any(name.startswith("azione/fonts/") and name.endswith(".ttf") for name in names)


def test_wheel_wants_nothing_of_the_backend(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        [metadata] = (name for name in files.namelist() if name.endswith("METADATA"))
        wanted = HeaderParser().parsestr(files.read(metadata).decode()).get_all("Requires-Dist") or []
    assert sorted(re.match(r"[\w-]+", name)[0].lower() for name in wanted) == [
        "reportlab",
        "rich",
        "typer",
        "xlsxwriter",
    ]


def test_without_a_stack_or_a_demo_it_says_how_to_point_it_somewhere(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        files.extractall(tmp_path / "installed")
    env = cli_env() | {"PYTHONPATH": str(tmp_path / "installed"), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "azione", "guests", "export", "next"]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert done.stdout == ""
    assert "No AzioneLab found" in done.stderr
    assert "--target" in done.stderr
