"""The images hold what runs, and nothing else: the packages of the bill, our own program, the built pages."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from attack import bills
from attack.outcome import Outcome
from attack.stage import Stage
from lab.images import file_names, layers, saved

OURS = ("backend", "frontend", "nginx")
_INSTALLED = (
    "import json; from importlib.metadata import distributions;"
    "print(json.dumps([[one.metadata['Name'], one.version] for one in distributions()]))"
)
# Where each image has things of ours, and what may lie there, by its first part.
PLACES = {
    "backend": ("srv/azionelab", {"backend", "gunicorn.conf.py", "healthcheck.py"}),
    "frontend": ("published", None),
    "nginx": ("etc/nginx/azione", None),
}
# What builds, tests, tells or is kept by the way: a translation's .mo runs, .po is its source; and REST framework has
# pages of its own, which nobody is shown.
ODD_NAMES = (
    *("tests", "conftest.py", "node_modules", "package.json", "pyproject.toml", "Dockerfile", "README.md"),
    *("npm-cache", ".cache", "__snapshots__", "pip", "setuptools", "wheel", ".gitignore", "rest_framework"),
)
ODD_ENDINGS = (".ts", ".scss", ".map", ".spec.js", ".pyx", ".c", ".whl", ".orig", ".bak", ".po")


def attack(stage: Stage) -> Outcome:
    outcome = Outcome("images", "The images hold what the bill names, and nothing that does not run")
    _look_at_packages(stage, outcome)
    for service in OURS:
        _look_at_files(stage, outcome, service)
    return outcome


def _look_at_packages(stage: Stage, outcome: Outcome) -> None:
    told = json.loads(stage.lab.compose("exec", "-T", "backend", "python", "-c", _INSTALLED))
    installed = {bills.normalised(name): version for name, version in told}
    locked = {package.name: package.version for package in bills.python_lock("backend")}
    for name in installed | locked:
        same = installed.get(name) == locked.get(name)
        outcome.expect(same, "the image and its lock differ", f"{name}: {installed.get(name)}, {locked.get(name)}")


def _look_at_files(stage: Stage, outcome: Outcome, service: str) -> None:
    place, allowed = PLACES[service]
    with saved(stage.lab.image(service)) as folder:
        names = {PurePosixPath(name) for layer in layers(folder) for name in file_names(layer)}
    own = [name.relative_to(place) for name in names if name.is_relative_to(place) and str(name) != place]
    outcome.expect(bool(own), f"{service} has nothing of ours in /{place}")
    outcome.figures.append(f"{service}: {len(own):,} files of ours in /{place}, {len(names):,} in all")
    for name in own:
        strange = allowed is not None and name.parts[0] not in allowed
        odd = strange or bool(set(name.parts) & set(ODD_NAMES)) or name.name.endswith(ODD_ENDINGS)
        outcome.expect(not odd, f"{service} holds what does not run", f"/{place}/{name}")
