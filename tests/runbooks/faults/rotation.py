"""Secrets that others may know, or that a server does not take any more."""

from collections.abc import Iterator
from http import HTTPStatus

from lab.guests import Confirmed, as_guest, come_all_the_way
from lab.stacks import Lab
from lab.staff import Session
from runbooks.mail_server import LockedMailServer
from runbooks.phones import Phone, pair_phone
from runbooks.scenes import House, Scene, before, scene

_CONNECT = """
import os, psycopg, sys
try:
    psycopg.connect(host="postgres", dbname="azionelab", user="azionelab", password=sys.stdin.read().strip())
except psycopg.OperationalError as error:
    print("refused" if "password authentication failed" in str(error) else error)
"""


class Rotation(Scene):
    """Who was let in under the secrets of before."""

    guest: Confirmed
    session: Session
    phone: Phone


@scene("rotate-secrets")
def mail_server_has_another_password(house: House) -> Iterator[Scene]:
    """Staff is signed in, a phone is paired, a guest has a ticket; then the mail server's password changes."""
    with house.own_stack("secrets") as host:
        lab = host.lab
        server = LockedMailServer(lab.directory / "mail", "theatre", "the-old-password")
        with server.running() as port:
            lab.set(SMTP_PORT=str(port), SMTP_USER=server.user)
            done = lab.make("secret", "NAME=SMTP_PASSWORD", stdin=server.password)
            assert done.returncode == 0, done.stderr
            lab.up()
            lab.seed()
            made = Rotation(host)
            made.guest, made.session = come_all_the_way(lab), Session(lab)
            made.phone = pair_phone(lab, made.guest.performance_id, "Ada")
            assert made.session.sign_in("manager", lab.password).status == HTTPStatus.OK
            server.password = "the-new-password"  # noqa: S105 (as the page has it)
            yield made


@before("staff is signed out, phones are sent away, the old database password opens nothing")
def nothing_old_opens(scene: Rotation) -> None:
    assert not _is_staff(scene.session)
    assert not scene.phone.is_welcome()
    old = (scene.host.home / "old-secrets" / "POSTGRES_PASSWORD").read_text()
    assert _connect(scene.lab, old) == "refused"


@before("a guest's link and ticket go on working")
def guest_is_served(scene: Rotation) -> None:
    """The link opens; the ticket that was made before is let in by a phone paired after."""
    guest, lab = scene.guest, scene.lab
    assert as_guest(lab, "GET", "", guest.token).status == HTTPStatus.OK
    paired_anew = pair_phone(lab, guest.performance_id, "Ada again")
    assert paired_anew.scan(ticket=guest.ticket) == "admitted"


@before("staff and phones are known again")
def all_is_as_before(scene: Rotation) -> None:
    assert _is_staff(scene.session)
    assert scene.phone.is_welcome()


def _is_staff(session: Session) -> bool:
    return bool(session.who().json.get("username"))


def _connect(lab: Lab, password: str) -> str:
    """What PostgreSQL says to it, over the network and not the socket."""
    lines = _CONNECT.strip()
    return lab.compose("exec", "-T", "backend", "python", "-c", lines, stdin=password).strip()
