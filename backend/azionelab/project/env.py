"""Typed readers of the environment. A bad value stops the start with its name."""

import os
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import EmailValidator

_secret_files: dict[str, str] = {}


def text(name: str, default: str | None = None) -> str:
    """The setting as it stands; without a default it must be there and not empty."""
    value = os.environ.get(name, "")
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set. See .env.example for what it means.")
    return default


def secret(name: str, default: str | None = None) -> str:
    """A secret, from the file that NAME_FILE names, else the file NAME in SECRETS_DIR, else from NAME itself.

    Given in a file and in the environment it is refused: one of the two is forgotten, and nobody sees which.
    """
    path = _secret_file(name)
    if path is None:
        return text(name, default)
    if os.environ.get(name):
        raise ImproperlyConfigured(f"{name} is set, and stands in {path} as well. Take one of them away.")
    _secret_files[name] = str(path)
    return _read_secret(name, path)


def _secret_file(name: str) -> Path | None:
    """Where the secret is kept, if it is kept in a file."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path)
    folder = os.environ.get("SECRETS_DIR")
    if not folder:
        return None
    try:
        return Path(folder, name) if name in os.listdir(folder) else None  # noqa: PTH208 (a name, not a path)
    except OSError as error:
        raise ImproperlyConfigured(f"SECRETS_DIR names {folder}, which cannot be listed: {error.strerror}.") from error


def _read_secret(name: str, path: Path) -> str:
    """The file's text without its line end."""
    setting = f"{name}_FILE" if os.environ.get(f"{name}_FILE") else "SECRETS_DIR"
    where = f"{setting}: {name} is in {path}, which"
    try:
        value = path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ImproperlyConfigured(f"{where} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{where} is not UTF-8.") from error
    if not value:
        raise ImproperlyConfigured(f"{where} is empty.")
    return value


def secret_files() -> dict[str, str]:
    """Which secrets stand in a file, of those that have been read by now."""
    return dict(_secret_files)


def integer(name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
    raw = text(name, str(default))
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        raise ImproperlyConfigured(f"{name} is {raw!r}; it must be a whole number from {least} to {most}.")
    return int(raw)


def choice(name: str, options: tuple[str, ...], default: str) -> str:
    value = text(name, default)
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(options)}.")
    return value


def origin(name: str) -> str:
    """An `http(s)://host[:port]` without a path, as links and allowed hosts are made from it."""
    return _as_origin(name, text(name))


def origins(name: str) -> tuple[str, ...]:
    """Several of them, with spaces between; none where it is not set."""
    return tuple(_as_origin(name, value) for value in text(name, "").split())


def _as_origin(name: str, given: str) -> str:
    value = given.rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must look like https://theatre.example.")
    return value


def sender(name: str) -> str:
    """One mailbox, `Name <address>` or an address alone, as a mail server takes it for MAIL FROM."""
    value = text(name)
    mailboxes = getaddresses([value])
    address = mailboxes[0][1] if len(mailboxes) == 1 else ""
    try:
        EmailValidator()(ascii_only(name, address))
    except ValidationError as error:
        expected = "it must look like Theatre <tickets@theatre.example>; quote a name that holds a comma"
        raise ImproperlyConfigured(f"{name} is {value!r}; {expected}.") from error
    return value


def ascii_only(name: str, value: str) -> str:
    """`value`, which may be a secret and is not told: the SMTP dialogue knows nothing but ASCII."""
    if not value.isascii():
        raise ImproperlyConfigured(f"{name} holds letters outside ASCII, which mail servers do not take.")
    return value
