"""How far a piece of work is, told as it goes: which step, and how much of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Not every piece of a large file is worth a word.
_TELL_EVERY = 4 << 20

WORDS = {
    "look": "Looking at what there is",
    "database": "Dumping the database",
    "media": "Packing the pictures",
    "settings": "Writing down the settings",
    "erasures": "Writing down who was erased",
    "read": "Reading it all back",
    "finish": "Putting it in its place",
    "check": "Comparing every byte",
    "maintenance": "Showing the maintenance page",
    "restore": "Restoring beside the live data",
    "count": "Counting the rows",
    "migrate": "Bringing it up to this version",
    "rules": "Checking the rules of the house",
    "remember": "Carrying over who was erased",
    "unpack": "Unpacking the pictures",
    "exchange": "Exchanging the live data",
    "smoke": "Trying the site",
    "tidy": "Tidying up",
}


@dataclass(frozen=True)
class Step:
    """`done` and `total` are bytes; a total of 0 is not known. `number` counts from 0 among `steps`."""

    name: str
    number: int
    steps: int
    done: int = 0
    total: int = 0

    @property
    def words(self) -> str:
        return WORDS[self.name.rpartition(".")[2]]


Tell = Callable[[Step], None]


def counted_from(before: int, moved: Callable[[int], None]) -> Callable[[int], None]:
    """Hears of one file of several what `moved` hears of all."""
    return lambda done: moved(before + done)


class Steps:
    """The steps of one piece of work, in their order. `part` stands before their names where it is part of another."""

    def __init__(self, names: Sequence[str], tell: Tell, *, part: str = "") -> None:
        self._names = tuple(names)
        self._tell = tell
        self._part = f"{part}." if part else ""
        self.tell = tell

    def begin(self, name: str, *, total: int = 0) -> Callable[[int], None]:
        """Says that it begins, and gives what hears how many bytes of it are done."""
        number = self._names.index(name)
        told = 0

        def moved(done: int) -> None:
            nonlocal told
            if done - told >= _TELL_EVERY:
                told = done
                self._tell(Step(self._part + name, number, len(self._names), done, total))

        self._tell(Step(self._part + name, number, len(self._names), 0, total))
        return moved
