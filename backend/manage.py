#!/usr/bin/env python
"""Runs a management command; `azione` is the tool for people."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "azionelab.project.settings")
    # A migration or an export may rightly take longer than a guest would wait. In the container both may
    # be set already, for the web server.
    os.environ |= {"DATABASE_TIMEOUTS": "long", "DATABASE_POOL_SIZE": "0"}
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from azionelab.core.startup import refuse_settings

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        refuse_settings(error)


if __name__ == "__main__":
    main()
