"""What `make certificates` lets through to nginx: a pair that fits and is made out to the site."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from stack.certificates import check_pair, has_expired
from stack.compose import StackError

HOST = "www.theatre.example"
Signer = Callable[..., tuple[str, str]]


def make_pair(*, host: str = HOST, days: int = 90, passphrase: bytes = b"") -> tuple[str, str]:
    """Certificate and key in PEM, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=100))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    closed = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, closed)
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


@pytest.mark.parametrize("made_for", [HOST, "*.theatre.example", "192.0.2.7", "2001:db8::7"])
def test_good_pair_passes(made_for: str) -> None:
    certificate, key = make_pair(host=made_for)
    check_pair(certificate, key, HOST if "example" in made_for else made_for)


def test_key_of_another_is_refused() -> None:
    certificate, _ = make_pair()
    _, key = make_pair()
    with pytest.raises(StackError, match="TLS_KEY does not belong to TLS_CERTIFICATE"):
        check_pair(certificate, key, HOST)


def test_expired_certificate_is_known() -> None:
    """Whether that is a reason to refuse it, its callers say."""
    assert [has_expired(make_pair(days=days)[0]) for days in (-1, 1)] == [True, False]
    check_pair(*make_pair(days=-1), HOST)


@pytest.mark.parametrize("made_for", ["other.example", "theatre.example", "192.0.2.8"])
def test_certificate_of_another_site_is_refused(made_for: str) -> None:
    with pytest.raises(StackError, match=f"not made out to {HOST}"):
        check_pair(*make_pair(host=made_for), HOST)


def test_key_with_a_passphrase_is_refused_and_asks_nothing() -> None:
    with pytest.raises(StackError, match="one with a passphrase"):
        check_pair(*make_pair(passphrase=b"secret"), HOST)


@pytest.mark.parametrize(
    "content", ["", "no PEM at all", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_file_that_is_no_certificate_is_refused(content: str) -> None:
    with pytest.raises(StackError, match="no certificate in PEM"):
        check_pair(content, make_pair()[1], HOST)
