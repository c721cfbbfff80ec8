"""A PostgreSQL that is not the stack's: named by a secret, spoken to over TLS, and known by its certificate."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.guests import come_all_the_way
from lab.postgres import Elsewhere, postgres_elsewhere
from lab.stacks import Lab, new_lab

VERIFIED = "?sslmode=verify-full&sslrootcert=/run/secrets/DATABASE_CA"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with postgres_elsewhere(tmp_path_factory.mktemp("elsewhere")) as found:
        yield found


@pytest.fixture(scope="module")
def lab(elsewhere: Elsewhere) -> Iterator[Lab]:
    """Its settings and secrets, before it was ever started."""
    with new_lab("external", COMPOSE_PROFILES="") as lab:
        set_secret(lab, "DATABASE_URL", elsewhere.url + VERIFIED)
        set_secret(lab, "DATABASE_CA", elsewhere.authority.certificate.read_text())
        yield lab


def set_secret(lab: Lab, name: str, value: str) -> None:
    done = lab.make("secret", f"NAME={name}", stdin=value)
    assert done.returncode == 0, done.stderr


def test_server_that_cannot_prove_who_it_is_is_not_believed(lab: Lab, tmp_path: Path) -> None:
    """The right name signed by the wrong authority, then the right authority for the wrong name."""
    with postgres_elsewhere(tmp_path / "stranger") as stranger:
        set_secret(lab, "DATABASE_URL", stranger.url + VERIFIED)
        done = lab.make("up")
    assert done.returncode == 2
    assert "certificate verify failed" in done.stderr
    assert lab.containers() == []

    with postgres_elsewhere(tmp_path / "renamed", certified_as="database.example") as renamed:
        set_secret(lab, "DATABASE_URL", renamed.url + VERIFIED)
        set_secret(lab, "DATABASE_CA", renamed.authority.certificate.read_text())
        done = lab.make("up")
    assert done.returncode == 2
    assert "does not match host name" in done.stderr
    assert lab.containers() == []


def test_stack_runs_on_it_without_a_postgres_of_its_own(lab: Lab, elsewhere: Elsewhere) -> None:
    set_secret(lab, "DATABASE_URL", elsewhere.url + VERIFIED)
    set_secret(lab, "DATABASE_CA", elsewhere.authority.certificate.read_text())
    told = lab.up()
    assert "POSTGRES_PASSWORD" not in told
    lab.seed()

    reference = come_all_the_way(lab).reference

    services = {one["Config"]["Labels"]["com.docker.compose.service"] for one in lab.inspect()}
    assert services == {"nginx", "backend"}
    assert not (lab.data / "secrets" / "postgres").exists()
    assert reference in elsewhere.psql("SELECT reference FROM reservations_reservation")
    # Which is the only way to get there.
    assert elsewhere.front.encrypted_connections > 0


def test_password_of_the_database_is_nowhere_but_in_its_file(lab: Lab, elsewhere: Elsewhere) -> None:
    for container in lab.inspect():
        assert elsewhere.password not in str(container)
    assert elsewhere.password not in lab.log_text()
