"""The settings of the stack as a file beside the data: what a new host's .env must say. Never a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from azione.stack import Site

# Where the stack's .env is out of reach, the container is asked; these are its own, and nobody's to write.
_NOT_OURS = re.compile(
    r"PATH|LANG|LC_ALL|GPG_KEY|HOME|HOSTNAME|TERM|PYTHON.*|DJANGO_SETTINGS_MODULE|SECRETS_DIR|MEDIA_ROOT|STATIC_ROOT"
    r"|BACKUP_DIR|SSL_.*|PIP_.*|N(ODE|PM)_.*"
)
_SECRET = re.compile(r"(?i)secret_key|password|passwd|token|private|credential")
_HEAD = """\
# The settings of {name} when the backup was made, without its secrets: SECRET_KEY and the passwords are kept elsewhere.
"""
_PLAIN = re.compile(r"[\w@%+=:,./-]*")


def settings_text(site: Site) -> str:
    """As .env has them."""
    settings = site.written_settings or {n: v for n, v in site.settings.items() if not _NOT_OURS.fullmatch(n)}
    settings = {name: value for name, value in settings.items() if value}
    told = dict(_shareable(settings)) | {"COMPOSE_PROJECT_NAME": site.name}
    lines = [f"{name}={_quoted(value)}" for name, value in sorted(told.items())]
    left_out = [f"# left out: {name}" for name in sorted(settings.keys() - told.keys())]
    return "\n".join([_HEAD.format(name=site.name).rstrip(), *lines, *left_out, ""])


def _shareable(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What may be read by whoever finds the backup: no secret by its name, and no address with a password in it."""
    for name, value in settings.items():
        is_path = name.endswith("_FILE")
        if (is_path or not _SECRET.search(name)) and not _holds_password(value):
            yield name, value


def _holds_password(value: str) -> bool:
    try:
        return bool(urlsplit(value).password) or "password=" in value
    except ValueError:
        return True


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
