"""The way of a mail, walked over real servers: encrypted, refusing, silent; and a real name server."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from azionelab.core.findings import Finding
from azionelab.reservations.mail_check import domain, server
from tests.certificates import make_signer
from tests.postbox import Postbox

NAME, PASSWORD = "prenota", "sipario-e-quinte"


class Guarded(Postbox):
    """Wants STARTTLS and a name, as relays do."""

    def __init__(self, certificate: Path) -> None:
        super().__init__()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate)

    def make_protocol(self) -> SMTP:
        return SMTP(
            self,
            loop=self._loop,
            tls_context=self._tls,
            require_starttls=True,
            auth_required=True,
            authenticator=lambda _server, _session, _envelope, _mechanism, data: AuthResult(
                success=(data.login, data.password) == (NAME.encode(), PASSWORD.encode()), handled=False
            ),
        )


@pytest.fixture
def sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    return make_signer(tmp_path, monkeypatch)


@pytest.fixture
def guard(sign: Callable[..., Path], settings: object) -> Iterator[Callable[..., Guarded]]:
    """Opens a guarded server and points the settings at it."""
    boxes: list[Guarded] = []

    def open_one(*, days: int = 60, address: str = "127.0.0.1") -> Guarded:
        box = Guarded(sign(days=days, address=address))
        box.__enter__()
        boxes.append(box)
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", box.port, True
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = NAME, PASSWORD
        return box

    yield open_one
    for box in boxes:
        box.__exit__()


def said(findings: Iterator[Finding]) -> list[tuple[str, str]]:
    return [(str(one.level), one.message) for one in findings]


def test_whole_way(guard: Callable[..., Guarded]) -> None:
    box = guard()
    levels = said(server.look("prova@example.org"))
    assert [level for level, _message in levels] == ["ok"] * 4
    assert levels[1][1].startswith("TLSv1.")
    assert "a certificate for 127.0.0.1 until " in levels[1][1]
    [mail] = box.mails
    assert (mail["To"], "funziona" in mail.get_content()) == ("prova@example.org", True)


def test_nothing_leaves_without_an_address(guard: Callable[..., Guarded]) -> None:
    box = guard()
    assert [level for level, _message in said(server.look())] == ["ok"] * 3
    assert box.mails == []


@pytest.mark.parametrize(
    ("traits", "level", "words"),
    [
        ({"days": 5}, "warning", "it ends soon"),
        ({"days": -1}, "failure", "has a certificate that cannot be trusted"),
        ({"address": "127.0.0.2"}, "failure", "has a certificate that cannot be trusted"),
    ],
)
def test_certificates(guard: Callable[..., Guarded], traits: dict[str, Any], level: str, words: str) -> None:
    guard(**traits)
    assert any(found == level and words in message for found, message in said(server.look()))


def test_wrong_password_is_told_without_it(guard: Callable[..., Guarded], settings: object) -> None:
    guard()
    settings.EMAIL_HOST_PASSWORD = "applausi-a-scena-aperta"
    found = list(server.look())
    assert found[-1].message.endswith("refuses our name or password.")
    assert "SMTP_PASSWORD" in found[-1].advice
    assert "applausi" not in str(found)


def test_server_without_encryption(postbox: Postbox, settings: object) -> None:
    assert ("warning", "Nothing is encrypted: mails and the password can be read on the way.") in said(server.look())
    settings.EMAIL_USE_TLS = True
    assert said(server.look())[-1] == (
        "failure",
        f"The mail server 127.0.0.1:{postbox.port} does not speak the encryption that is set.",
    )


def test_address_that_is_refused(postbox: Postbox) -> None:
    postbox.answer_rcpt = "554 5.7.1 relay access denied"
    assert said(server.look("prova@example.org"))[-1][1].endswith("does not take a mail to that address from us.")


def test_nobody_there(settings: object) -> None:
    settings.EMAIL_PORT = 9
    assert said(server.look())[-1][1].endswith("does not answer: nobody listens there.")
    settings.EMAIL_HOST = "no-such-host.invalid"
    assert said(server.look()) == [("failure", "The mail server no-such-host.invalid:9 has a name that nobody knows.")]


def test_silent_server(settings: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = listening.getsockname()[1], 1
        assert said(server.look())[-1][1].endswith("gave no answer within 1 seconds.")


# The domain


class NameServer:
    """Answers questions for text records from a table, over real UDP."""

    def __init__(self, records: dict[str, list[str]]) -> None:
        self._records = records
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._socket.getsockname())
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            question, asker = self._socket.recvfrom(4096)
            if question == b"end":
                self._socket.close()
                return
            self._socket.sendto(self._answer(dns.message.from_wire(question)).to_wire(), asker)

    def _answer(self, asked: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        name = asked.question[0].name
        texts = self._records.get(name.to_text(omit_final_dot=True), [])
        if texts:
            quoted = [f'"{text}"' for text in texts]
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

    def end(self) -> None:
        self._socket.sendto(b"end", self._socket.getsockname())


GOOD = {
    "theatre.test": ["some other text", "v=spf1 include:relay.example -all"],
    "mail._domainkey.theatre.test": ["v=DKIM1; k=rsa; p=MIGf"],
    "_dmarc.theatre.test": ["v=DMARC1; p=quarantine"],
}


@pytest.fixture
def names(settings: object) -> Iterator[Callable[[dict[str, list[str]]], None]]:
    servers: list[NameServer] = []

    def serve(records: dict[str, list[str]]) -> None:
        servers.append(NameServer(records))
        settings.DNS_RESOLVER = servers[-1].address

    yield serve
    for one in servers:
        one.end()


def test_domain_that_can_be_trusted(names: Callable[..., None]) -> None:
    names(GOOD)
    assert said(domain.look()) == [
        ("ok", "SPF: v=spf1 include:relay.example -all"),
        ("ok", "DKIM: theatre.test has a key called mail."),
        ("ok", "DMARC: v=DMARC1; p=quarantine"),
    ]


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ({"theatre.test": []}, "has no SPF record"),
        ({"theatre.test": ["v=spf1 -all", "v=spf1 mx -all"]}, "has 2 SPF records, so none counts"),
        ({"theatre.test": ["v=spf1 +all"]}, "lets anybody send"),
        ({"mail._domainkey.theatre.test": ["v=DKIM1; p="]}, "has no DKIM key called default, mail"),
        ({"_dmarc.theatre.test": ["v=DMARC1; p=none"]}, "only watches (p=none)"),
        ({"_dmarc.theatre.test": []}, "has no DMARC record"),
    ],
)
def test_domain_that_needs_care(names: Callable[..., None], records: dict[str, list[str]], words: str) -> None:
    names(GOOD | records)
    warnings = [one for one in domain.look() if one.level == "warning"]
    assert [words in one.message for one in warnings] == [True]
    assert warnings[0].advice


def test_key_of_another_name_is_found_when_it_is_named(names: Callable[..., None]) -> None:
    names(GOOD | {"mail._domainkey.theatre.test": [], "sipario._domainkey.theatre.test": ["p=MIGf"]})
    assert "has no DKIM key" in said(domain.look())[1][1]
    assert said(domain.look("sipario"))[1] == ("ok", "DKIM: theatre.test has a key called sipario.")


def test_no_name_server_is_no_failure(settings: object) -> None:
    settings.DNS_RESOLVER = "127.0.0.1:9"
    assert said(domain.look()) == [
        ("ok", "No name server answers here: SPF, DKIM and DMARC of theatre.test were not looked at.")
    ]
