"""Files of this machine that go to the site, which may be on another one."""

from __future__ import annotations

import errno

from azione.failures import Failure
from azione.output import path_named

NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)


def read_file(name: str, *, most: int, kind: str) -> bytes:
    """The content of the file that a person named: `kind` ("a season") has at most so many bytes. Raises Failure."""
    try:
        # Not its size first: a pipe has none, and some devices never end.
        with path_named(name).open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise Failure("usage", _why_not(name, error)) from None
    if len(content) > most:
        raise Failure("usage", f"{name} is far too large to be {kind}.")
    return content


def _why_not(name: str, error: OSError | ValueError) -> str:
    if not name:
        return "Name a file."
    if isinstance(error, IsADirectoryError):
        return f"{name} is a folder: name a file in it."
    if isinstance(error, PermissionError):
        return f"{name} cannot be read: its permissions forbid it."
    if isinstance(error, ValueError) or error.errno in NOWHERE:
        return f"There is no file {name}."
    return f"{name} cannot be read: {error.strerror or error}."
