"""The certificate: checked, then put where nginx reads it. nginx takes a new one up by itself.

An ACME client's key belongs to root alone, and nginx here is not root: so it gets copies, as its own.
"""

from __future__ import annotations

import ipaddress
import subprocess
import tempfile
from pathlib import Path

from stack.compose import Stack, StackError
from stack.secrets import NGINX_USER, write_file

NAMES = {"TLS_CERTIFICATE": "fullchain.pem", "TLS_KEY": "privkey.pem"}


def install_if_set(stack: Stack) -> bool:
    """Whether there was one to install: TLS_CERTIFICATE and TLS_KEY, in .env, name files of this host."""
    paths = _named(stack)
    if not any(paths.values()):
        return False
    install(stack)
    return True


def install(stack: Stack) -> str:
    """Until when it is good. Raises StackError, and leaves the old one, where the new one could not be served."""
    contents = {}
    for setting, name in _named(stack).items():
        if not name:
            raise StackError(f"{setting} is not set in .env: it names a file of this host, in PEM.")
        try:
            contents[setting] = Path(name).read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise StackError(f"{setting} names {name}, which cannot be read: {error}.") from None
    check_pair(contents["TLS_CERTIFICATE"], contents["TLS_KEY"], stack.site.hostname or "")
    folder = stack.folder("nginx", "/srv/certificates")
    # The key first: until the certificate follows, nginx finds a pair that does not fit and keeps what it has.
    write_file(stack, folder, NAMES["TLS_KEY"], contents["TLS_KEY"], user=NGINX_USER)
    write_file(stack, folder, NAMES["TLS_CERTIFICATE"], contents["TLS_CERTIFICATE"], user=NGINX_USER)
    return _end_of(contents["TLS_CERTIFICATE"])


def check_pair(certificate: str, key: str, host: str) -> None:
    """Raises StackError unless they fit together, are good today and made out to `host`."""
    with tempfile.TemporaryDirectory() as folder:
        chain, private = Path(folder) / "chain", Path(folder) / "key"
        chain.write_text(certificate)
        private.touch(0o600)
        private.write_text(key)
        of_certificate = _openssl("x509", "-in", str(chain), "-noout", "-pubkey")
        if of_certificate is None:
            raise StackError("TLS_CERTIFICATE names a file that is no certificate in PEM.")
        of_key = _openssl("pkey", "-in", str(private), "-pubout", "-passin", "pass:")
        if of_key is None:
            raise StackError("TLS_KEY names a file that is no private key in PEM, or one with a passphrase.")
        if of_certificate != of_key:
            raise StackError("TLS_KEY does not belong to TLS_CERTIFICATE.")
        if _openssl("x509", "-in", str(chain), "-noout", "-checkend", "0") is None:
            raise StackError("The certificate of TLS_CERTIFICATE has expired.")
        kind = "-checkip" if _is_address(host) else "-checkhost"
        fits = _openssl("x509", "-in", str(chain), "-noout", kind, host) or ""
        if "does match" not in fits:
            raise StackError(f"The certificate of TLS_CERTIFICATE is not made out to {host}, which SITE_URL names.")


def _end_of(certificate: str) -> str:
    """As openssl writes it: Jan 28 20:45:01 2027 GMT."""
    with tempfile.NamedTemporaryFile("w") as chain:
        chain.write(certificate)
        chain.flush()
        said = _openssl("x509", "-in", chain.name, "-noout", "-enddate") or ""
    return " ".join(said.strip().partition("=")[2].split())


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _openssl(*arguments: str) -> str | None:
    """What it printed; None where it refused."""
    try:
        done = subprocess.run(
            ["openssl", *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise StackError("There is no openssl command, which checks certificates: install it.") from None
    return done.stdout if done.returncode == 0 else None


def _named(stack: Stack) -> dict[str, str]:
    return {setting: stack.config["x-host"][setting] for setting in NAMES}
