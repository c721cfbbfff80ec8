"""What `make lint`, `test`, `browser-test`, `stack-test`, `bench` and the trials run, in which order, and how it looks.

The checks run two at a time with their output kept apart, and only a failed one shows it. pytest comes last, so that
its closing line is the last one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
FRONTEND = ROOT / "frontend"
CONTRACT = ROOT / "contracts" / "openapi.yaml"
# They stand beside the tests and use their people and phones, but are no tests: they only print how long things take.
BENCHMARKS = ("-o", "python_files=bench_*.py", "--quiet")
# Each writes its report into docs/proof/; with `--short` none, and it only shows that all of it works.
TRIALS = ("load", "faults", "attack")
STACK_TESTS = ("tests/stack", "tests/runbooks", "README.md", "runbooks")
WHOLE_WAY = "tests/stack/test_whole_way.py"
ENVIRONMENT = 5
# On a busy machine the slowest check takes two.
MOST_MINUTES = 12
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_SHELL = re.compile(rb"#!.*\b(ba)?sh\b")

# Importing the settings needs values; nothing is reached under them.
_SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "azionelab.project.settings",
    "SITE_URL": "http://localhost:8000",
    "SECRET_KEY": "only for checks, which neither sign nor store anything",
    "DATABASE_URL": "postgresql://nobody@/nothing?host=%2Fnowhere",
    "SMTP_HOST": "localhost",
    "SMTP_SECURITY": "none",
    "MAIL_FROM": "AzioneLab <biglietteria@azionelab.example>",
}


@dataclass(frozen=True)
class Check:
    name: str
    command: list[str]
    cwd: Path = ROOT


@dataclass(frozen=True)
class Result:
    check: Check
    passed: bool
    output: str
    seconds: float


def lint_checks() -> list[Check]:
    """The slowest first, so that the two lanes end together."""
    npm = [str(BIN / "npm"), "run", "--silent"]
    return [
        Check("mypy", [str(BIN / "mypy")]),
        Check("ESLint and Prettier", [*npm, "lint"], FRONTEND),
        Check("TypeScript client is current", [*npm, "api:check"], FRONTEND),
        Check("openapi.yaml is current", [sys.executable, "-m", "checks", "openapi"]),
        Check("docs/cli-reference.md is current", [sys.executable, "-m", "reference", "--check"]),
        Check("import rules", [str(BIN / "lint-imports")]),
        Check("shellcheck", [str(BIN / "shellcheck"), *_shell_scripts()]),
        Check("hadolint", [str(BIN / "hadolint"), "infra/docker/Dockerfile"]),
        Check("ruff check", [str(BIN / "ruff"), "check", "."]),
        Check("ruff format", [str(BIN / "ruff"), "format", "--check", "."]),
    ]


def _shell_scripts() -> list[str]:
    """Whatever says in its first line that a shell runs it."""
    places = [ROOT / ".ci", ROOT / "infra"]
    files = [path for place in places for path in sorted(place.rglob("*")) if path.is_file()]
    return [str(path.relative_to(ROOT)) for path in files if _SHELL.match(_first_line(path))]


def _first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline(100)


def main(arguments: list[str]) -> int:
    action = arguments[0] if arguments else ""
    if action == "openapi":
        return compare_contract()
    if action == "lint":
        return run_checks(lint_checks())
    if action == "test":
        unit_tests = Check("frontend unit tests", [str(BIN / "npm"), "test", "--silent"], FRONTEND)
        failed = run_checks([unit_tests, *lint_checks()])
        return failed or run_pytest(["-n", "2", "backend/tests", "cli/tests", "tests/demo", "tests/host"])
    if action == "browser-test":
        # Two files at a time, each with a demo of its own.
        return run_browser_tests("-n", "2", "--dist", "loadfile")
    if action == "stack-test":
        return run_stack_tests()
    if action == "screenshots":
        return run_browser_tests("-o", "python_files=make_screenshots.py", "--quiet", "--capture=no")
    if action == "lighthouse":
        return run_lighthouse()
    if action == "bench":
        return run_pytest(["backend/tests", "cli/tests", *BENCHMARKS]) or run_browser_tests(*BENCHMARKS)
    if action in TRIALS:
        return run_trial(action, arguments[1:])
    actions = ("lint", "test", "browser-test", "stack-test", "screenshots", "lighthouse", "bench", *TRIALS)
    sys.stderr.write(f"usage: python -m checks {'|'.join(actions)}\n")
    return 2


def run_checks(checks: list[Check]) -> int:
    """Every check runs, whatever the others do; 1 if one failed."""
    failed = []
    with ThreadPoolExecutor(max_workers=2) as lanes:
        for future in as_completed([lanes.submit(_run, check) for check in checks]):
            result = future.result()
            print(f"{'ok    ' if result.passed else 'FAILED'} {result.check.name} ({result.seconds:.1f} s)", flush=True)
            if not result.passed:
                failed.append(result.check.name)
                print("".join(f"    {line}\n" for line in result.output.splitlines()), flush=True)
    if failed:
        print(f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


def run_pytest(arguments: list[str]) -> int:
    return subprocess.run([str(BIN / "pytest"), *arguments], cwd=ROOT, env=_environment(), check=False).returncode


def run_browser_tests(*options: str) -> int:
    return run_pytest(["tests/browser", *options]) if _find_browser() else ENVIRONMENT


def run_stack_tests() -> int:
    """On Docker: two files at a time, each with stacks of its own. What restarts the engine comes alone, and last.

    The browser comes alone too, and first: the door decides by itself where the server takes two seconds to answer.
    """
    if not (_find_browser() and _find_docker()):
        return ENVIRONMENT
    others = ["-n", "2", "--dist", "loadfile", "-m", "not engine_restart", "--ignore", WHOLE_WAY, *STACK_TESTS]
    failed = run_pytest([WHOLE_WAY]) or run_pytest(others)
    if failed or not os.environ.get("AZIONE_TEST_ENGINE_RESTART"):
        return failed
    return run_pytest(["-m", "engine_restart", "tests/stack"])


def run_lighthouse() -> int:
    """On the real stack. Lighthouse is large and for this alone, so it is installed only now."""
    if not (_find_browser() and _find_docker()):
        return ENVIRONMENT
    installed = subprocess.run([str(BIN / "npm"), "ci", "--silent"], cwd=ROOT / "tests" / "lighthouse", check=False)
    if installed.returncode:
        return ENVIRONMENT
    return run_pytest(["-o", "python_files=measure_pages.py", "--quiet", "tests/stack"])


def run_trial(name: str, options: list[str]) -> int:
    """On the real stack, for some minutes; it writes its report into docs/proof/."""
    if not _find_docker():
        return ENVIRONMENT
    environment = _environment()
    environment["PYTHONPATH"] += f"{os.pathsep}{ROOT / 'tests'}"
    return subprocess.run([sys.executable, "-m", name, *options], cwd=ROOT, env=environment, check=False).returncode


def _find_browser() -> bool:
    browser = os.environ.get("CHROME_BIN") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stderr.write(
            "The browser tests need Chromium (Debian: apt-get install chromium), or CHROME_BIN set to it.\n"
        )
        return False
    os.environ["CHROME_BIN"] = browser
    return True


def _find_docker() -> bool:
    command = ["docker", "compose", "ls"]
    if shutil.which("docker") and subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return True
    sys.stderr.write("The tests of the stack need Docker Engine with its Compose plugin, and an engine that answers.\n")
    return False


def compare_contract() -> int:
    """Whether contracts/openapi.yaml is what the backend describes now."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "openapi.yaml"
        command = [
            sys.executable,
            "backend/manage.py",
            "spectacular",
            "--validate",
            "--fail-on-warn",
            "--lang",
            "en",
            "--file",
            str(fresh),
        ]
        made = subprocess.run(command, cwd=ROOT, check=False)
        if made.returncode != 0:
            return 1
        if fresh.read_text() == CONTRACT.read_text():
            return 0
        subprocess.run(["git", "diff", "--no-index", "--", str(CONTRACT), str(fresh)], check=False)
    print("contracts/openapi.yaml is out of date:")
    print("  .venv/bin/python backend/manage.py spectacular --lang en --file contracts/openapi.yaml")
    return 1


def _run(check: Check) -> Result:
    started = time.monotonic()
    with tempfile.TemporaryFile() as file:
        process = subprocess.Popen(
            check.command,
            cwd=check.cwd,
            env=_environment() | _SETTINGS,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        ended = _wait(process)
        file.seek(0)
        output = file.read().decode(errors="replace")
    if not ended:
        output += f"\nIt did not end within {MOST_MINUTES} minutes and was stopped."
    return Result(check, process.returncode == 0, output, time.monotonic() - started)


def _wait(process: subprocess.Popen[bytes]) -> bool:
    """False where it had to be stopped: a failed front-end test can leave its runner waiting for ever."""
    try:
        process.wait(MOST_MINUTES * 60)
    except subprocess.TimeoutExpired:
        import psutil

        for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
            one.kill()
        process.wait()
        return False
    return True


def _environment() -> dict[str, str]:
    python_path = os.pathsep.join(str(ROOT / part) for part in ("backend", "cli", "infra"))
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return os.environ | {"PYTHONPATH": python_path, "PATH": path, "CI": "true", "NG_CLI_ANALYTICS": "false"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
