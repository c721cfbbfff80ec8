"""What `manage.py` says when no command can start: the protocol's last line. Imports nothing of Django."""

import json
import os
import sys
from contextlib import suppress
from typing import NoReturn

from azionelab.core.errors import Code, DomainError, ExitCode

PROTOCOL_VERSION = 1


def refuse_settings(error: Exception) -> NoReturn:
    """The settings cannot be used: `error` says in one sentence which and why. Ends with exit code 5.

    No caller can mend that, so the code is `internal_error`; the exit code tells it from a bug.
    """
    sentence = " ".join(str(error).split())
    problem = DomainError(Code.INTERNAL_ERROR, sentence).as_problem()
    members = {key: problem[key] for key in ("title", "code", "detail", "errors")}
    line = json.dumps({"v": PROTOCOL_VERSION, "type": "error", **members}) + "\n"
    # Not print(): where nobody reads any more, the interpreter would complain at its end.
    with suppress(OSError):
        os.write(sys.stdout.fileno(), line.encode())
    sys.exit(ExitCode.ENVIRONMENT)
