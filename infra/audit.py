"""`make audit`: whether a library that ships, or that builds what ships, has a flaw that is known today.

It asks the registries, so its answer is another one tomorrow: it is no part of `make test`. What cannot be answered is
no good answer. 0: nothing is known; 1: something is, or a library could not be asked for; 5: the tools cannot be had.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
TOOLS = ROOT / ".cache" / "audit"
NPM = ROOT / ".venv" / "bin" / "npm"
# What images are built from, what an operator's host runs, what pages are built with.
PYTHON_LOCKS = ("backend.txt", "cli.txt")
ENVIRONMENT = 5


def questions() -> list[tuple[str, list[str], Path]]:
    """Each lock with the command that asks about it, and where."""
    # Strict: a library that the registry does not know would else be left out, and the end be a good one.
    pip_audit = [str(TOOLS / "bin" / "pip-audit"), "--strict", "--require-hashes", "--disable-pip"]
    python = [
        (f"requirements/{name}", [*pip_audit, "--requirement", str(ROOT / "requirements" / name)], ROOT)
        for name in PYTHON_LOCKS
    ]
    return [*python, ("frontend/package-lock.json", [str(NPM), "audit", "--omit=dev", "--no-color"], FRONTEND)]


def main() -> int:
    if not install_tools():
        return ENVIRONMENT
    failed = []
    for lock, command, place in questions():
        print(f"── {lock}", flush=True)
        environment = os.environ | {"PATH": f"{NPM.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
        if subprocess.run(command, cwd=place, env=environment, check=False).returncode:
            failed.append(lock)
    if failed:
        print(
            f"A flaw, or no answer: {', '.join(failed)}. docs/updates.md says how soon it has to be mended.", flush=True
        )
        return 1
    print("No flaw is known in anything that ships.", flush=True)
    return 0


def install_tools() -> bool:
    """Into an environment that nothing else uses."""
    if not (TOOLS / "bin" / "pip").exists():
        venv.create(TOOLS, with_pip=True, clear=True)
    pip = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    locked = ["--require-hashes", "--requirement", str(ROOT / "requirements" / "audit.txt")]
    return subprocess.run([*pip, *locked], cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
