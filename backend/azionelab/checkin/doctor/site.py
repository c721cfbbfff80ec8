"""The site as it is seen from outside: does it answer, is its certificate good, do the clocks agree."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from azionelab.checkin.doctor.configuration import is_private_site
from azionelab.core.findings import Finding, failure, ok, warning

SECONDS = 5
MOST_BYTES = 10_000
EARLY_DAYS, LATE_DAYS = 21, 7
# The Date header knows whole seconds only.
CLOCK_NOTED, CLOCK_WRONG = 5.0, 60.0
_SET_CLOCK = "Let the machine set its clock by itself (NTP): holds and tickets go by it."
_NOT_REACHED = "See whether the web server runs, and whether SITE_URL leads to it from this machine."
# OpenSSL's X509_V_ERR_…
_EXPIRED, _SELF_SIGNED, _SELF_SIGNED_CHAIN, _NOT_YET, _WRONG_HOST, _WRONG_ADDRESS = 10, 18, 19, 9, 62, 64
_CERTIFICATE_WORDS = {
    _EXPIRED: ("has expired", "Renew it at once: guests' browsers refuse the site."),
    _NOT_YET: ("is not valid yet", "Look at the machine's clock, then at the certificate."),
    _WRONG_HOST: ("is made out to another name", "Get one for the name in SITE_URL."),
    _WRONG_ADDRESS: ("is made out to another address", "Get one for the address in SITE_URL."),
}
_NO_CHAIN = ("is signed by nobody whom browsers know", "Serve the whole chain, of an authority that browsers know.")


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]
    took: float


def answers() -> Iterator[Finding]:
    try:
        answer = _get("/healthz")
    except (OSError, http.client.HTTPException) as error:
        yield failure(f"{settings.SITE_URL} does not answer ({_in_words(error)}).", _NOT_REACHED)
        return
    if answer.status != http.HTTPStatus.OK or not _is_alive(answer.body):
        yield failure(f"{settings.SITE_URL} answers, but not as AzioneLab (status {answer.status}).", _NOT_REACHED)
        return
    yield ok(f"{settings.SITE_URL} answers.")
    if settings.IS_HTTPS:
        yield from _encryption_is_forced(answer)


def _encryption_is_forced(answer: _Answer) -> Iterator[Finding]:
    if "strict-transport-security" not in answer.headers:
        advice = "Have the web server send Strict-Transport-Security; on a demo it is fine without."
        yield warning("Browsers are not told to insist on https.", advice)
    try:
        plain = _get("/healthz", urlsplit(f"http://{urlsplit(settings.SITE_URL).hostname}"))
    except (OSError, http.client.HTTPException):
        return  # nothing answers in the clear: as good
    if not plain.headers.get("location", "").startswith("https://"):
        yield warning("Plain http answers without leading on to https.", "Have the web server redirect it.")


def certificate() -> Iterator[Finding]:
    if not settings.IS_HTTPS:
        yield ok("The site is plain http: there is no certificate to look at.")
        return
    try:
        ends_at = _certificate_ends_at()
    except ssl.SSLCertVerificationError as error:
        yield _bad_certificate(error)
        return
    except OSError as error:
        yield warning(f"The certificate could not be looked at ({_in_words(error)}).", _NOT_REACHED)
        return
    days = (ends_at - datetime.now(UTC)).days
    message = f"The certificate is good for {days} more day{'' if days == 1 else 's'}."
    if days < LATE_DAYS:
        yield failure(message, "Renew it now; see why that did not happen by itself.")
    elif days < EARLY_DAYS:
        yield warning(message, "See whether it is renewed by itself.")
    else:
        yield ok(message)


def clock() -> Iterator[Finding]:
    """This machine against the web server, where it can be reached."""
    try:
        answer = _get("/healthz")
        told = parsedate_to_datetime(answer.headers["date"])
    except (OSError, http.client.HTTPException, KeyError, ValueError):
        yield ok("The web server's clock could not be asked.")
        return
    # The header is cut to the second: on average half a second old.
    yield clock_finding("web server", abs((datetime.now(UTC) - told).total_seconds() - 0.5 - answer.took / 2))


def clock_finding(whose: str, apart: float, *, noted: float = CLOCK_NOTED) -> Finding:
    message = f"This machine's clock and the {whose}'s are {apart:.0f} seconds apart."
    if apart >= CLOCK_WRONG:
        return failure(message, _SET_CLOCK)
    return warning(message, _SET_CLOCK) if apart >= noted else ok(f"This machine's clock and the {whose}'s agree.")


def _get(path: str, site: SplitResult | None = None) -> _Answer:
    """One GET, straight to the site: no proxy, no redirect. Whether its certificate is good, another check asks."""
    site = site or urlsplit(settings.SITE_URL)
    host = site.hostname or ""
    connection: http.client.HTTPConnection
    if site.scheme == "https":
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, site.port, timeout=SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, site.port, timeout=SECONDS)
    began = datetime.now(UTC)
    try:
        connection.request("GET", path, headers={"User-Agent": "azione-doctor"})
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        body = response.read(MOST_BYTES)
        return _Answer(response.status, body, headers, (datetime.now(UTC) - began).total_seconds())
    finally:
        connection.close()


def _is_alive(body: bytes) -> bool:
    try:
        return bool(json.loads(body)["status"] == "alive")
    except (ValueError, KeyError, TypeError):
        return False


def _certificate_ends_at() -> datetime:
    """Of a certificate that this machine trusts for the site's name; raises OSError."""
    site = urlsplit(settings.SITE_URL)
    host = site.hostname or ""
    with (
        socket.create_connection((host, site.port or 443), timeout=SECONDS) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secured,
    ):
        told = secured.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)


def _bad_certificate(error: ssl.SSLCertVerificationError) -> Finding:
    words, advice = _CERTIFICATE_WORDS.get(error.verify_code, _NO_CHAIN)
    message = f"The certificate {words}."
    if error.verify_code in (_SELF_SIGNED, _SELF_SIGNED_CHAIN) and is_private_site():
        return warning(message, "On a demo that is fine: phones ask once whether to trust it.")
    return failure(message, advice)


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"nothing within {SECONDS} seconds"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, ssl.SSLError):
        return "no TLS"
    return type(error).__name__
