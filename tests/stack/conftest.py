"""The stacks that the tests of this folder share: making one takes a minute."""

from collections.abc import Iterator

import pytest

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
