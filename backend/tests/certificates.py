"""Certificates made in a test, of an authority that this machine trusts as long as the test runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Gives `make(days=…, address=…)`: a file with the key and the certificate of a server."""
    now = datetime.now(UTC)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])

    def build(key: Any, name: x509.Name, days: int) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(authority_name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=days, hours=1))
        )

    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    authority = (
        build(authority_key, authority_name, 900)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    trusted = tmp_path / "authority.pem"
    trusted.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    def make(*, days: int, address: str = "127.0.0.1") -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
        certificate = (
            build(key, x509.Name([]), days)
            .add_extension(names, critical=True)
            .add_extension(issuer, critical=False)
            .sign(authority_key, hashes.SHA256())
        )
        file = tmp_path / "site.pem"
        private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(key.private_bytes(*private) + certificate.public_bytes(serialization.Encoding.PEM))
        return file

    return make
