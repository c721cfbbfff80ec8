"""The stacks that the tests of this folder share: making one takes a minute."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from browser.people import browser_type_launch_args as ordinary_launch_args  # noqa: F401
from browser.people import context, language, new_page, width  # noqa: F401
from lab.front import HTTPS_URL, Front, new_front
from lab.stacks import Lab, new_lab


@pytest.fixture(scope="session")
def stack() -> Iterator[Lab]:
    """Over http, seeded, with the accounts `manager` and `door`. Leave it as healthy as it was found.

    It limits nobody, for all guests of a test come from one address; `tls_stack` has the limits of production.
    """
    with new_lab("plain", UNLIMITED_NETWORKS="0.0.0.0/0") as lab:
        lab.up()
        lab.seed()
        yield lab


@pytest.fixture(scope="session")
def tls_stack() -> Iterator[Lab]:
    """Over https under a name that is not this machine's, with a certificate of its own authority; seeded."""
    with new_lab("tls", host="theatre.test", tls=True) as lab:
        lab.up()
        lab.seed()
        yield lab


@pytest.fixture(scope="session")
def shared_front() -> Iterator[Front]:
    """nginx alone, over http, in front of one backend that does as it is told."""
    with new_front() as front:
        yield front


@pytest.fixture
def front(shared_front: Front) -> Front:
    shared_front.backend.forget()
    return shared_front


@pytest.fixture(scope="session")
def https_front() -> Iterator[Front]:
    """The same with TLS."""
    with new_front(site_url=HTTPS_URL, certified=True) as front:
        yield front


@pytest.fixture(scope="session")
def browser_type_launch_args(
    ordinary_launch_args: dict[str, Any],  # noqa: F811
    stack: Lab,
    tls_stack: Lab,
) -> dict[str, Any]:
    """A browser that finds the TLS stack by its name, and takes its key, and no other, for a known one.

    Both stacks are there before it starts: Chromium drops its connections whenever a container comes or goes.
    """
    certificate = x509.load_pem_x509_certificate(Path(tls_stack.setting("TLS_CERTIFICATE")).read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    known = base64.b64encode(hashlib.sha256(key).digest()).decode()
    host = tls_stack.url.partition("//")[2].partition(":")[0]
    flags = [f"--host-resolver-rules=MAP {host} 127.0.0.1", f"--ignore-certificate-errors-spki-list={known}"]
    return ordinary_launch_args | {"args": [*ordinary_launch_args["args"], *flags]}
