"""The certificate: checked, then put where nginx reads it. nginx takes a new one up by itself.

An ACME client's key belongs to root alone, and nginx here is not root: so it gets copies, as its own.
"""

from __future__ import annotations

import ipaddress
import subprocess
import tempfile
from pathlib import Path

from demo.console import say
from stack.compose import Stack, StackError
from stack.secrets import NGINX_USER, write_file

NAMES = {"TLS_CERTIFICATE": "fullchain.pem", "TLS_KEY": "privkey.pem"}


def install_if_set(stack: Stack) -> None:
    """TLS_CERTIFICATE and TLS_KEY, in .env, name files of this host.

    An expired one is put there as well: an ACME client needs nginx to renew it.
    """
    if not any(_named(stack).values()):
        return
    certificate, key = _read_pair(stack)
    if has_expired(certificate):
        say("the certificate of TLS_CERTIFICATE has expired, see runbooks/certificate-expiry.md … ", end="")
    _hand_over(stack, certificate, key)


def install(stack: Stack) -> str:
    """Until when it is good. Raises StackError, and leaves the old one, where the new one could not be served."""
    certificate, key = _read_pair(stack)
    if has_expired(certificate):
        raise StackError("The certificate of TLS_CERTIFICATE has expired.")
    _hand_over(stack, certificate, key)
    return _end_of(certificate)


def _read_pair(stack: Stack) -> tuple[str, str]:
    """The certificate and the key. Raises StackError unless they fit together and are made out to the site."""
    contents = {}
    for setting, name in _named(stack).items():
        if not name:
            raise StackError(f"{setting} is not set in .env: it names a file of this host, in PEM.")
        try:
            contents[setting] = Path(name).read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise StackError(f"{setting} names {name}, which cannot be read: {error}.") from None
    certificate, key = contents["TLS_CERTIFICATE"], contents["TLS_KEY"]
    check_pair(certificate, key, stack.site.hostname or "")
    return certificate, key


def _hand_over(stack: Stack, certificate: str, key: str) -> None:
    folder = stack.folder("nginx", "/srv/certificates")
    # The key first: until the certificate follows, nginx finds a pair that does not fit and keeps what it has.
    write_file(stack, folder, NAMES["TLS_KEY"], key, user=NGINX_USER)
    write_file(stack, folder, NAMES["TLS_CERTIFICATE"], certificate, user=NGINX_USER)


def check_pair(certificate: str, key: str, host: str) -> None:
    """Raises StackError unless they fit together and are made out to `host`."""
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
        kind = "-checkip" if _is_address(host) else "-checkhost"
        fits = _openssl("x509", "-in", str(chain), "-noout", kind, host) or ""
        if "does match" not in fits:
            raise StackError(f"The certificate of TLS_CERTIFICATE is not made out to {host}, which SITE_URL names.")


def has_expired(certificate: str) -> bool:
    return _ask_certificate(certificate, "-checkend", "0") is None


def _end_of(certificate: str) -> str:
    """As openssl writes it: Jan 28 20:45:01 2027 GMT."""
    said = _ask_certificate(certificate, "-enddate") or ""
    return " ".join(said.strip().partition("=")[2].split())


def _ask_certificate(certificate: str, *question: str) -> str | None:
    with tempfile.NamedTemporaryFile("w") as chain:
        chain.write(certificate)
        chain.flush()
        return _openssl("x509", "-in", chain.name, "-noout", *question)


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
