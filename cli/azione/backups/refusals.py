"""What a disk or a program of the stack refuses, as one failure with words of its own."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from azione.failures import Failure
from azione.processes import ProgramFailed

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def in_words() -> Iterator[None]:
    """Raises Failure for what is no Failure yet."""
    try:
        yield
    except ProgramFailed as failed:
        raise failed.as_failure() from None
    except OSError as error:
        if error.errno in _FULL:
            raise Failure("no_space", "The disk of the backups is full. No half backup is left there.") from None
        raise Failure("backups_unusable", f"{why(error)}.") from None


def why(error: Failure | ProgramFailed | OSError) -> str:
    """What was refused, to be part of a sentence."""
    if isinstance(error, Failure):
        return (error.detail or error.message).rstrip(".")
    if isinstance(error, ProgramFailed):
        return f"{error}".rstrip(".")
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"
