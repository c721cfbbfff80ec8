"""Hosts that are new, old or left behind: the first start, the certificate that runs out, the move elsewhere."""

import shutil
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from lab.certificates import Authority
from lab.guests import Confirmed, as_guest, come_all_the_way
from lab.http import Client
from lab.stacks import ROOT, Lab, new_lab
from lab.waiting import wait_for
from runbooks import certbot
from runbooks.scenes import SITE_IN_RUNBOOKS, Host, House, Scene, before, programs_of, scene

NAME = "localhost"
# nginx looks every few seconds whether its certificate is another one.
TAKEN_UP_SECONDS = 60


def _authority(lab: Lab) -> Authority:
    assert lab.authority is not None, "a lab with tls"
    return lab.authority


def _sign(lab: Lab, folder: Path, *, days: int) -> None:
    """A certificate and its key, named and kept as certbot does it."""
    chain, key = _authority(lab).sign(folder.name, [NAME], days=days)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.move(chain, folder / "fullchain.pem")
    shutil.move(key, folder / "privkey.pem")


def _use(lab: Lab, live: Path) -> None:
    lab.set(TLS_CERTIFICATE=str(live / "fullchain.pem"), TLS_KEY=str(live / "privkey.pem"))


def _trust(home: Path, authority: Authority) -> None:
    """The person's curl knows the authority of the tests, as it knows those of the world."""
    (home / ".curlrc").write_text(f'cacert = "{authority.certificate}"\n')


# A first deploy ------------------------------------------------------------------------------------------------------


@scene("first-deploy")
def bare_host(_house: House) -> Iterator[Scene]:
    """A home, and a certificate authority that reaches the host over http: no checkout, no settings, no secret."""
    with new_lab("first", tls=True, DATA_DIR="", BACKUP_DIR="") as lab:
        home = lab.directory / "home"
        programs, live = home / ".local" / "bin", lab.directory / "letsencrypt" / "live"
        signed = lab.directory / "signed"
        _sign(lab, signed, days=90)
        certbot.install(programs, port=lab.http_port, signed=signed, live=live)
        _trust(home, _authority(lab))
        host = Host(lab, home / "azionelab", home)
        values = {"REPOSITORY": str(ROOT), "FOLDER": str(host.checkout), "DOMAIN": NAME, "PROGRAMS": str(programs)}
        yield Scene(host, values=values, words={"theatre.example": NAME}, cwd=home)


@before("the settings are filled in")
def fill_in(scene: Scene) -> None:
    """As with an editor, and no certificate yet."""
    written = scene.host.checkout / ".env"
    assert written.read_text() == (ROOT / ".env.example").read_text()
    shutil.move(scene.lab.env_file, written)
    scene.lab.env_file.symlink_to(written)
    scene.lab.set(TLS_CERTIFICATE="", TLS_KEY="")


@before("the place of the certificate is filled in")
def fill_in_certificate(scene: Scene) -> None:
    _use(scene.lab, scene.lab.directory / "letsencrypt" / "live")


# A certificate that runs out -----------------------------------------------------------------------------------------


@scene("certificate-expiry")
def certificate_expired(house: House) -> Iterator[Scene]:
    """A year has passed: it was good at the first start, and nobody has renewed it."""
    with house.own_stack("certificate", tls=True) as host:
        lab = host.lab
        live, signed, programs = lab.directory / "live", lab.directory / "signed", lab.directory / "programs"
        _sign(lab, live, days=30)
        _use(lab, live)
        lab.up()
        _sign(lab, live, days=-1)
        _serve(lab, live)
        _sign(lab, signed, days=90)
        acme = {"webroot": str(lab.data / "acme"), "domain": NAME, "hook": f"make -C {host.checkout} certificates"}
        certbot.install(programs, port=lab.http_port, signed=signed, live=live, **acme)
        entered = host.home / ".local" / "bin" / "certbot"
        _trust(host.home, _authority(lab))
        entered.symlink_to(programs / "certbot")
        try:
            yield Scene(host)
        finally:
            entered.unlink()
            (host.home / ".curlrc").unlink()


def _serve(lab: Lab, live: Path) -> None:
    """Past `make certificates`, which hands nothing on that has expired: only time does that."""
    copy = "for name in fullchain privkey; do install -m 0600 -o 101 -g 101 /from/$name.pem /to/$name.pem; done"
    volumes = ("--volume", f"{live}:/from:ro", "--volume", f"{lab.data / 'certificates'}:/to")
    lab.docker("run", "--rm", "--user", "0:0", *volumes, "--entrypoint", "sh", lab.image("nginx"), "-euc", copy)
    wait_for("browser that refuses the site", lambda: _is_refused(lab) or None, TAKEN_UP_SECONDS)


def _is_refused(lab: Lab) -> bool:
    try:
        lab.get("/healthz")
    except ssl.SSLCertVerificationError:
        return True
    return False


# A move --------------------------------------------------------------------------------------------------------------


class Move(Scene):
    """From the host of the scene to another one; `guest` has a ticket from before."""

    guest: Confirmed

    @property
    def new(self) -> Host:
        return self.others["the new host"]

    @property
    def curl_settings(self) -> list[Path]:
        return [host.home / ".curlrc" for host in (self.host, self.new)]


@scene("moving-to-a-new-host")
def two_hosts(house: House) -> Iterator[Scene]:
    """One that runs, with guests; another with a checkout of the same version, and nothing else."""
    checkout = house.clone("new-host")
    with house.shared_stack() as old, new_lab("new-host", checkout=checkout) as lab, house.on_host(lab) as new:
        written = new.checkout / ".env"
        written.unlink()
        programs = programs_of(checkout)
        values = {"NEW": f"{new.home}/", "PORT": str(lab.http_port), "SITE": old.lab.url, "PROGRAMS": str(programs)}
        # The new host answers to the name of the old one.
        move = Move(old, values, {SITE_IN_RUNBOOKS: old.lab.url}, others={"the new host": new})
        move.guest = come_all_the_way(old.lab, seats=2)
        try:
            yield move
        finally:
            for settings in move.curl_settings:
                settings.unlink(missing_ok=True)
            written.touch()
            shutil.rmtree(old.home / "move", ignore_errors=True)


@before("the settings fit the new host")
def fit_settings(scene: Move) -> None:
    """Both hosts of the test are one machine: ports, folders and the stack's name are the new one's own."""
    lab = scene.new.lab
    names = {"HTTP_PORT": lab.http_port, "HTTPS_PORT": lab.https_port, "COMPOSE_PROJECT_NAME": lab.name}
    folders = {"DATA_DIR": lab.data, "BACKUP_DIR": lab.backups}
    lab.set(**{name: str(value) for name, value in (names | folders).items()})


@before("the name leads to the new host")
def lead_to_new_host(scene: Move) -> None:
    """For everybody who asks for it by that name, here and there."""
    old, new = scene.lab, scene.new.lab
    for settings in scene.curl_settings:
        settings.write_text(f'connect-to = "{NAME}:{old.http_port}:127.0.0.1:{new.http_port}"\n')


@before("a guest opens a ticket from before")
def ticket_still_opens(scene: Move) -> None:
    """The link in the mail, whose site is the old one's, answered by the new host."""
    site = scene.lab.url.partition("://")[2]
    headers = {"Authorization": f"Reservation {scene.guest.token}", "Host": site}
    answer = Client(scene.new.lab.url).request("GET", "/api/v1/reservation/", headers=headers)
    assert answer.status == HTTPStatus.OK, answer.text
    assert answer.json["status"] == "confirmed", answer.text


@before("the name leads to the old host again")
def lead_back(scene: Move) -> None:
    for settings in scene.curl_settings:
        settings.unlink()


@before("the guest opens it on the old host")
def ticket_opens_on_old_host(scene: Move) -> None:
    assert as_guest(scene.lab, "GET", "", scene.guest.token).status == HTTPStatus.OK
