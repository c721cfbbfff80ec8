#!/usr/bin/env python3
"""A certbot for hosts whose names no real authority can look up: `certonly --webroot …` and `renew`.

Like the real one it puts a challenge into the webroot, has it asked for over plain http as an authority does, writes
the certificate into live/, and calls the deploy hook. Its authority has signed beforehand; `install` says what it is
told.
"""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

# Beside the program: where its authority reaches the host, what that has signed, and what it was asked to renew.
_STATE = "certbot.json"


def main() -> int:
    path = Path(sys.argv[0]).resolve().with_name(_STATE)
    state = json.loads(path.read_text())
    asked = _parse()
    if asked.verb == "certonly":
        state |= {"webroot": asked.webroot_path, "domain": asked.domain, "hook": asked.deploy_hook}
        path.write_text(json.dumps(state))
    _show_the_authority(state)
    live = Path(state["live"])
    live.mkdir(parents=True, exist_ok=True)
    for name in ("fullchain.pem", "privkey.pem"):
        shutil.copyfile(Path(state["signed"]) / name, live / name)
    subprocess.run(state["hook"], shell=True, check=True)
    if asked.verb == "certonly":
        print(f"Successfully received certificate.\nCertificate is saved at: {live / 'fullchain.pem'}")
    else:
        print(f"Congratulations, all renewals succeeded:\n  {live / 'fullchain.pem'} (success)")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(dest="verb", required=True)
    first = verbs.add_parser("certonly")
    first.add_argument("--webroot", action="store_true", required=True)
    for option in ("--webroot-path", "--domain", "--deploy-hook"):
        first.add_argument(option, required=True)
    verbs.add_parser("renew")
    return parser.parse_args()


def _show_the_authority(state: dict[str, str]) -> None:
    """Raises OSError where it is not shown what it wants to see."""
    token, proof = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
    challenge = Path(state["webroot"]) / ".well-known" / "acme-challenge" / token
    challenge.parent.mkdir(parents=True, exist_ok=True)
    challenge.write_text(proof)
    try:
        address = f"http://{state['domain']}:{state['port']}/.well-known/acme-challenge/{token}"
        with urllib.request.urlopen(address, timeout=20) as answer:
            if answer.read().decode() != proof:
                raise OSError(f"{address} does not hold the challenge")
    finally:
        challenge.unlink()


def install(folder: Path, *, port: int, signed: Path, live: Path, **known: str) -> None:
    """Puts it into `folder`. `known` are webroot, domain and hook, where it was asked for a certificate before."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "certbot"
    shutil.copyfile(__file__, program)
    program.chmod(0o755)
    state = {"port": str(port), "signed": str(signed), "live": str(live), **known}
    (folder / _STATE).write_text(json.dumps(state))


if __name__ == "__main__":
    sys.exit(main())
