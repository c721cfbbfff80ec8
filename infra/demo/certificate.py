"""The certificate of `make demo-tls`: made on the spot and signed by itself, or one of the caller's own."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from demo.directory import write_private
from demo.options import DemoError, Options

# Long enough for a run of performances; iPhones take no certificate of more than 825 days.
_VALID = datetime.timedelta(days=90)
_RENEWED_BEFORE = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Certificate:
    path: Path
    key: Path
    fingerprint: str
    is_own: bool


def provide_certificate(options: Options) -> Certificate:
    """The caller's own if TLS_CERTIFICATE names one, else the demo's, made anew when it no longer fits."""
    if options.tls_certificate and options.tls_key:
        path, key = options.tls_certificate, options.tls_key
        _check_fits_together(path, key)
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        return Certificate(path=path, key=key, fingerprint=_fingerprint(certificate), is_own=True)
    path, key = options.directory / "tls-certificate.pem", options.directory / "tls-key.pem"
    names = _names(options.tls_host or options.host)
    certificate = _kept(path, key, names) or _make(path, key, names)
    return Certificate(path=path, key=key, fingerprint=_fingerprint(certificate), is_own=False)


def _check_fits_together(path: Path, key: Path) -> None:
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(path, key, password="")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DemoError(f"TLS_CERTIFICATE {path} and TLS_KEY {key} cannot be used: {reason}.") from error


def _names(host: str) -> list[x509.GeneralName]:
    """Every way to call this machine; once each, or the extension would be malformed."""
    machine = socket.gethostname()
    names: dict[str, x509.GeneralName] = {}
    for name in (host, "localhost", "127.0.0.1", machine, f"{machine.partition('.')[0]}.local"):
        try:
            names[name] = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            if name.isascii():
                names[name] = x509.DNSName(name)
    return list(names.values())


def _kept(path: Path, key: Path, names: list[x509.GeneralName]) -> x509.Certificate | None:
    """A phone that has accepted it once is not asked again while the machine keeps its address."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        known = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(path, key)
    except (OSError, ValueError, x509.ExtensionNotFound):
        return None
    still_valid = certificate.not_valid_after_utc - _RENEWED_BEFORE > datetime.datetime.now(datetime.UTC)
    return certificate if still_valid and list(known) == names else None


def _make(path: Path, key_path: Path, names: list[x509.GeneralName]) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AzioneLab demo")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))  # a phone's clock may be slow
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        # It vouches for this server only: whoever took its key could not sign for another site.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    write_private(key_path, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode())
    write_private(path, certificate.public_bytes(pem).decode())
    return certificate


def _fingerprint(certificate: x509.Certificate) -> str:
    """As browsers show it: `AB:CD:…`."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
