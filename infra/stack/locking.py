"""One at a time: what is cut off can only be told from what is under way by whether somebody is still at it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from stack.compose import Stack, StackError
from stack.secrets import make_folder

_NAME = ".stack.lock"


@contextmanager
def locked(stack: Stack) -> Iterator[None]:
    """Raises BusyError where somebody else holds it."""
    make_folder(stack.data, 0o755)
    try:
        file = (stack.data / _NAME).open("w")
    except OSError as error:
        raise StackError(f"{stack.data / _NAME} cannot be written: {error.strerror}. See DATA_DIR in .env.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError from None
        yield


class BusyError(StackError):
    def __init__(self) -> None:
        super().__init__("Another make is at work on this stack: wait until it has ended, then type this again.")
