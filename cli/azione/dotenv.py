"""The stack's file of settings, .env, as far as azione needs it: NAME=value, a line each."""

from __future__ import annotations

from pathlib import Path

# Docker Compose takes the environment first; what is empty there is as good as not said.
_QUOTES = "\"'"


def read_settings(path: Path) -> dict[str, str]:
    """Nothing where there is no such file, or it cannot be read."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    pairs = (line.strip().partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): _unquoted(value.strip()) for name, _, value in pairs}


def _unquoted(value: str) -> str:
    if value[:1] in _QUOTES and value[:1] and value.endswith(value[0]) and len(value) > 1:
        return value[1:-1]
    return value.partition(" #")[0].rstrip()
