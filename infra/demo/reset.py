"""`make demo-reset`: standard library only, so that throwing data away installs nothing first."""

from __future__ import annotations

import os
import sys

from demo.console import say
from demo.directory import reset
from demo.options import DemoError, read_options


def main() -> int:
    try:
        say(reset(read_options(os.environ).directory))
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        return 5
    return 0
