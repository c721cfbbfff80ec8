"""What pages may do, read where nginx reads it: the browser tests run under the policies of production."""

from __future__ import annotations

import os
import re
from functools import cache

from demo.options import ROOT

_VALUE = re.compile(r'^map "" \$(\w+) \{\s*default "([^"]*)";\s*\}', re.MULTILINE)
_NAME = re.compile(r"\$(\w+)")


def policy(name: str, *, nonce: str = "") -> str:
    """The header value that infra/nginx/policies.conf calls `$name`."""
    known = _values() | {"request_id": nonce, "embed_ancestors": os.environ.get("EMBED_ORIGINS") or "'none'"}

    def fill(text: str) -> str:
        return _NAME.sub(lambda match: fill(known[match.group(1)]), text)

    return fill(known[name])


def names() -> set[str]:
    return set(_values())


@cache
def _values() -> dict[str, str]:
    text = (ROOT / "infra" / "nginx" / "policies.conf").read_text()
    return dict(_VALUE.findall(text))
