"""The stacks that the tests of this folder share: making one takes a minute."""

from collections.abc import Iterator

import pytest

from lab.stacks import Lab, new_lab


@pytest.fixture(scope="session")
def stack() -> Iterator[Lab]:
    """Over http, seeded, with the accounts `manager` and `door`. Leave it as healthy as it was found."""
    with new_lab("plain") as lab:
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
