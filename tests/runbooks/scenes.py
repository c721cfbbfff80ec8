"""The host that a runbook is followed on, and what has happened to it before: a scene for each document.

    @scene("site-down")
    def everything_stopped(house: House) -> Iterator[Scene]:
        with house.shared_stack() as host:
            host.lab.compose("stop")
            yield Scene(host)

A document without a scene of its own gets a healthy stack, with the season and the accounts `manager` and `door`.
`@before("nginx is killed")` is called before the block that `<!-- first: nginx is killed -->` stands in front of.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from lab.stacks import Lab, new_lab
from runbooks.documents import ROOT
from runbooks.terminal import Terminal

# As .env.example and the runbooks have them.
NAME_IN_RUNBOOKS = "azionelab"
SITE_IN_RUNBOOKS = "https://theatre.example"
_CACHES = {"PIP_CACHE_DIR": ".cache/pip", "npm_config_cache": ".npm", "DOCKER_CONFIG": ".docker"}


@dataclass
class Host:
    """A person's account on a host: a home with a checkout, whose .env is that of `lab`, and azione on the PATH."""

    lab: Lab
    checkout: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a person has after signing in: nothing of the tests, nothing of this checkout."""
        own = str(ROOT / ".venv" / "bin")
        path = [folder for folder in os.environ["PATH"].split(os.pathsep) if folder != own]
        real_home = Path.home()
        caches = {name: os.environ.get(name, str(real_home / folder)) for name, folder in _CACHES.items()}
        return caches | {
            "HOME": str(self.home),
            "USER": os.environ.get("USER", "root"),
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join([str(self.home / ".local" / "bin"), *path]),
        }

    @property
    def words(self) -> dict[str, str]:
        return {NAME_IN_RUNBOOKS: self.lab.name, SITE_IN_RUNBOOKS: self.lab.url}


@dataclass
class Scene:
    """`values` are what the reader fills in; `words` what the runbook's words are here, besides the stack's name."""

    host: Host
    values: dict[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    # Where the first block is typed, if that is not the checkout.
    cwd: Path | None = None
    # Other hosts, as `<!-- on: NAME -->` calls them.
    others: Mapping[str, Host] = field(default_factory=dict)

    @property
    def lab(self) -> Lab:
        return self.host.lab

    @contextmanager
    def terminals(self, folder: Path) -> Iterator[dict[str, Terminal]]:
        """By name of the host; the one that a runbook is mostly about is ``''``."""
        hosts = {"": self.host, **self.others}
        with ExitStack() as stack:
            opened = {}
            for name, host in hosts.items():
                place = folder / (name.replace(" ", "-") or "host")
                place.mkdir(parents=True)
                cwd = self.cwd if self.cwd and not name else host.checkout
                words = {**host.words, **self.words}
                # Not a copy: what happens in between may bring a value, such as a number that is told only then.
                values = ChainMap(self.values, {"SITE": host.lab.url})
                opened[name] = Terminal(place, cwd, host.environment, values, words)
                stack.callback(opened[name].close)
            yield opened


SceneMaker = Callable[["House"], Iterator[Scene]]
Before = Callable[[Scene], None]
_scenes: dict[str, Callable[..., object]] = {}
_before: dict[str, Before] = {}


def scene(*documents: str) -> Callable[[SceneMaker], SceneMaker]:
    """Of these runbooks, named without `.md`."""

    def register(make: SceneMaker) -> SceneMaker:
        for document in documents:
            assert document not in _scenes, f"two scenes for {document}"
            _scenes[document] = contextmanager(make)
        return make

    return register


def before(name: str) -> Callable[[Before], Before]:
    def register(cause: Before) -> Before:
        assert name not in _before, f"two faults called {name}"
        _before[name] = cause
        return cause

    return register


@contextmanager
def scene_for(document: str, house: House) -> Iterator[Scene]:
    with _scenes.get(document, _healthy)(house) as made:  # type: ignore[attr-defined]
        yield made


def cause(name: str, of: Scene) -> None:
    _before[name](of)


def known_causes() -> set[str]:
    return set(_before)


def documents_with_scenes() -> set[str]:
    return set(_scenes)


@contextmanager
def _healthy(house: House) -> Iterator[Scene]:
    with house.shared_stack() as host:
        yield Scene(host)


class House:
    """Stacks and checkouts for the documents of one session: one of each is shared, others are made where asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._checkout: Path | None = None
        self._shared: ExitStack | None = None
        self._shared_lab: Lab | None = None
        # Of what was being followed on it, something failed: nobody knows in what state it is.
        self.distrusts_shared = False

    @property
    def checkout(self) -> Path:
        """A clone of what is committed here, with azione installed as `make up` does it."""
        if self._checkout is None:
            self._checkout = self.clone("host")
            _run(sys.executable, "-m", "demo.bootstrap", "stack", cwd=self._checkout, PYTHONPATH="infra")
            (programs_of(self._checkout) / "azione").symlink_to(self._checkout / ".venv" / "bin" / "azione")
        return self._checkout

    def clone(self, name: str) -> Path:
        """A checkout in a home of its own, and nothing else: nobody has typed a command there yet."""
        checkout = self.folder / name / "azionelab"
        checkout.parent.mkdir(parents=True)
        _run("git", "clone", "--quiet", str(ROOT), str(checkout))
        programs_of(checkout).mkdir(parents=True)
        return checkout

    @contextmanager
    def shared_stack(self) -> Iterator[Host]:
        """Running, with the season and two accounts. What is not well afterwards is thrown away, and made anew."""
        lab = self._shared_lab or self._make_shared()
        is_well = self.distrusts_shared = False
        try:
            with self.on_host(lab) as host:
                yield host
                is_well = not self.distrusts_shared and _is_well(lab)
        finally:
            if not is_well:
                self.close()

    @contextmanager
    def own_stack(self, label: str, *, tls: bool = False, host: str = "localhost", **settings: str) -> Iterator[Host]:
        """Nothing runs yet: `host.lab.up()` and `host.lab.seed()`, where the runbook begins after that."""
        with (
            new_lab(label, tls=tls, host=host, checkout=self.checkout, **settings) as lab,
            self.on_host(lab) as entered,
        ):
            yield entered

    @contextmanager
    def on_host(self, lab: Lab) -> Iterator[Host]:
        """The checkout's .env is this lab's meanwhile, so that whatever is typed there means its stack."""
        checkout = lab.checkout
        settings = checkout / ".env"
        assert not settings.exists(), "two stacks at once want one checkout"
        shutil.move(lab.env_file, settings)
        lab.env_file.symlink_to(settings)
        try:
            yield Host(lab, checkout, checkout.parent)
        finally:
            lab.env_file.unlink(missing_ok=True)
            shutil.move(settings, lab.env_file)

    def close(self) -> None:
        if self._shared is not None:
            shared, self._shared, self._shared_lab = self._shared, None, None
            shared.close()

    def _make_shared(self) -> Lab:
        self._shared = ExitStack()
        self._shared_lab = self._shared.enter_context(new_lab("runbooks", checkout=self.checkout))
        self._shared_lab.up()
        self._shared_lab.seed()
        return self._shared_lab


def programs_of(checkout: Path) -> Path:
    """Where the commands of this person are, as their PATH has it."""
    return checkout.parent / ".local" / "bin"


def _is_well(lab: Lab) -> bool:
    states = [one["State"] for one in lab.inspect("nginx", "backend", "postgres")]
    if len(states) != len(("nginx", "backend", "postgres")):
        return False
    is_healthy = all(state["Running"] and state["Health"]["Status"] == "healthy" for state in states)
    return is_healthy and lab.get("/readyz").status == HTTPStatus.OK


def _run(*command: str, cwd: Path | None = None, **environment: str) -> None:
    done = subprocess.run(command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
