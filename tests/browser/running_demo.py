"""The demo that the browser tests start, and what its people can reach of it."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.request import urlopen

from lab.postbox import Postbox

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS, STOP_SECONDS, PATIENCE_SECONDS = 120, 30, 30


class Theatre(Protocol):
    """What guests, volunteers and managers need of whatever runs: the demo here, a Compose stack in tests/stack."""

    @property
    def url(self) -> str: ...

    @property
    def password(self) -> str:
        """Of the accounts `manager` and `door`."""

    @property
    def mails(self) -> Postbox:
        """What its SMTP server received."""

    def get_json(self, path: str) -> Any:
        """What its API answers to anybody."""

    def azione(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the installed command as a manager would, beside it."""


@dataclass(frozen=True)
class Demo:
    """A running demo of the tests' own."""

    url: str
    directory: Path
    password: str

    @property
    def mails(self) -> Postbox:
        return Postbox(self.directory / "mail")

    def get_json(self, path: str) -> Any:
        with urlopen(self.url + path, timeout=PATIENCE_SECONDS) as answer:
            return json.load(answer)

    def azione(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(ROOT / ".venv" / "bin" / "azione"), *arguments],
            env=os.environ | {"AZIONE_DEMO_DIR": str(self.directory)},
            capture_output=True,
            text=True,
            check=False,
        )

    def log_text(self) -> str:
        logs = [*self.directory.glob("log/*"), *self.directory.glob("postgres/*.log")]
        assert {"web.log", "access.log", "postgres.log"} <= {path.name for path in logs}
        return "".join(path.read_text(errors="replace") for path in logs)
