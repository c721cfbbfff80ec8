"""What the doctor looks at."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from azionelab.core.findings import Finding


class Check(NamedTuple):
    """`run` gives what it found; one that asks the database waits for its turn, all others run beside each other."""

    group: str
    name: str
    run: Callable[[], Iterable[Finding]]
    asks_database: bool = False
