"""Mail on a real SMTP server, and what happens without one."""

import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from django.db.models import F
from django.utils import timezone

from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import delivery, services
from azionelab.reservations.models import EmailKind, EmailState, OutboundEmail, Reservation
from tests.cast import age_emails, let_hold_pass, make_performance, reserve, reserve_and_confirm
from tests.certificates import make_signer
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_dead_mail_server_does_not_undo_the_reservation(tonight: Performance) -> None:
    reservation = reserve(tonight)
    email = reservation.emails.get()
    assert (email.state, email.error, email.attempts) == (EmailState.QUEUED, "ConnectionRefusedError", 1)
    assert email.lease_expires_at is None


def test_after_a_failure_nobody_waits_for_the_mail_server(tonight: Performance, postbox: Postbox) -> None:
    reserve(tonight).emails.update(state=EmailState.QUEUED, server_failed_at=timezone.now())
    postbox.mails.clear()
    reservation = reserve(tonight)
    assert reservation.emails.get().attempts == 0
    assert not postbox.mails


def test_next_good_send_takes_overdue_mails_along(tonight: Performance, settings: object, postbox: Postbox) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    overdue = [reserve(tonight) for _ in range(2)]
    settings.EMAIL_PORT = port
    age_emails(timedelta(minutes=5))
    reserve(tonight)
    assert len(postbox.mails) == 3
    states = OutboundEmail.objects.filter(reservation__in=overdue).values_list("state", flat=True)
    assert set(states) == {EmailState.SENT}


def test_address_refused_for_good_is_not_tried_again(tonight: Performance, postbox: Postbox) -> None:
    postbox.answer_rcpt = "550 5.1.1 nobody here"
    email = reserve(tonight).emails.get()
    assert (email.state, email.error) == (EmailState.FAILED, "SMTPRecipientsRefused")
    postbox.answer_rcpt = "250 OK"
    assert reserve(tonight).emails.get().state == EmailState.SENT


def test_address_refused_for_now_stays_queued(tonight: Performance, postbox: Postbox) -> None:
    postbox.answer_rcpt = "450 4.2.0 greylisted"
    assert reserve(tonight).emails.get().state == EmailState.QUEUED


def test_server_that_breaks_off_leaves_the_mail_queued(tonight: Performance, postbox: Postbox) -> None:
    postbox.answer = "421 4.3.0 going down"
    assert reserve(tonight).emails.get().state == EmailState.QUEUED


def test_one_full_mailbox_does_not_hold_up_the_others(tonight: Performance, postbox: Postbox) -> None:
    """A refusal of one address says nothing of the server; the row waits alone, longer each time."""
    postbox.answer_rcpt = "452 4.2.2 mailbox full"
    full = reserve(tonight).emails.get()
    postbox.answer_rcpt = "250 OK"
    assert reserve(tonight).emails.get().state == EmailState.SENT
    waits = []
    for attempts in (1, 3, 15):
        OutboundEmail.objects.filter(pk=full.pk).update(attempts=attempts, next_attempt_at=F("created_at"))
        age_emails(timedelta(minutes=5))
        postbox.answer_rcpt = "452 4.2.2 mailbox full"
        delivery.deliver_now(OutboundEmail.objects.get(pk=full.pk))
        full.refresh_from_db()
        waits.append(full.next_attempt_at - full.failed_at)
    assert waits == sorted(waits)
    assert waits[0] < waits[1]
    assert full.state == EmailState.FAILED


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"EMAIL_HOST_USER": "azione", "EMAIL_HOST_PASSWORD": "perché"}, "SMTPNotSupportedError"),
        ({"EMAIL_HOST": "a" * 64 + ".example"}, "UnicodeError"),
    ],
)
def test_setting_that_smtplib_cannot_use_does_not_undo_the_reservation(
    tonight: Performance, settings: object, changes: dict[str, str], error: str, postbox: Postbox
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    email = reserve(tonight).emails.get()
    assert (email.state, email.lease_expires_at) == (EmailState.QUEUED, None)
    assert email.server_failed_at is not None


def test_mail_that_cannot_be_composed_waits_alone(
    tonight: Performance, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(delivery, "compose", lambda *_args: 1 / 0)
        email = reserve(tonight).emails.get()
    assert (email.state, email.error, email.server_failed_at) == (EmailState.QUEUED, "ZeroDivisionError", None)
    assert reserve(tonight).emails.get().state == EmailState.SENT


class Encrypted(Postbox):
    """Encrypts from the first byte (`tls`), or once it is asked to (`starttls`)."""

    def __init__(self, certificate: Path, security: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self._keys = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._keys.load_cert_chain(certificate)
        self._starttls = self._keys if security == "starttls" else None
        if security == "tls":
            self.wrapped_in = self._keys

    def make_protocol(self) -> SMTP:
        return SMTP(self, loop=self._loop, tls_context=self._starttls, require_starttls=self._starttls is not None)

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        self.addresses.append(address)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.addresses.append(address)
        return await super().handle_RCPT(_server, _session, envelope, address, options)


@pytest.fixture
def signers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[..., Path]]:
    """Of two authorities, of which this machine trusts the second."""
    folders = {name: tmp_path / name for name in ("nobody", "somebody")}
    for folder in folders.values():
        folder.mkdir()
    return {name: make_signer(folder, monkeypatch) for name, folder in folders.items()}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_no_mail_goes_to_a_server_with_a_certificate_of_nobody(
    tonight: Performance, settings: object, signers: dict[str, Callable[..., Path]], security: str
) -> None:
    """Guests' links are in it: whoever stands in between learns not even an address."""
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = security == "starttls", security == "tls"
    with Encrypted(signers["nobody"](days=60), security) as impostor:
        settings.EMAIL_PORT = impostor.port
        email = reserve(tonight).emails.get()
    assert (email.state, email.error) == (EmailState.QUEUED, "SSLCertVerificationError")
    assert (impostor.addresses, impostor.mails) == ([], [])

    age_emails(timedelta(minutes=5))
    with Encrypted(signers["somebody"](days=60), security) as box:
        settings.EMAIL_PORT = box.port
        delivery.deliver_now(OutboundEmail.objects.get())
    assert OutboundEmail.objects.get().state == EmailState.SENT
    assert len(box.addresses) == 2


def test_relay_that_refuses_everybody_loses_no_mail(tonight: Performance, postbox: Postbox) -> None:
    postbox.answer_rcpt = "554 5.7.1 relay access denied"
    email = reserve(tonight).emails.get()
    postbox.answer_rcpt = "250 OK"
    postbox.answer = "554 5.7.1 looks like spam"
    other = reserve(tonight).emails.get()
    assert {email.state, other.state} == {EmailState.QUEUED}
    postbox.answer = "250 OK"
    age_emails(timedelta(minutes=10))
    reserve(tonight)
    assert len(postbox.mails) == 3


def test_mail_that_is_no_longer_true_is_withdrawn(tonight: Performance, settings: object, postbox: Postbox) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    lapsed, cancelled = reserve(tonight), reserve_and_confirm(tonight)
    let_hold_pass(lapsed)
    services.cancel(reservation_id=cancelled.pk)
    settings.EMAIL_PORT = port
    age_emails(timedelta(minutes=5))
    newcomer = reserve(tonight)
    assert [mail["To"] for mail in postbox.mails] == [newcomer.email]
    left = OutboundEmail.objects.exclude(reservation=newcomer).values_list("state", flat=True)
    assert list(left) == [EmailState.WITHDRAWN] * 3


def test_mail_that_somebody_else_is_sending_is_left_alone(tonight: Performance, postbox: Postbox) -> None:
    email = OutboundEmail.objects.create(
        reservation=reserve(tonight), kind="confirm", lease_expires_at=timezone.now() + timedelta(minutes=1)
    )
    postbox.mails.clear()
    delivery.deliver_now(email)
    assert not postbox.mails


def test_mail_whose_writer_died_leaves_once_its_lease_is_over(
    tonight: Performance, postbox: Postbox, settings: object
) -> None:
    settings.EMAIL_TIMEOUT = 5  # a lease of a minute and a half
    email = delivery.write(reserve(tonight), EmailKind.CONFIRM)
    postbox.mails.clear()
    age_emails(timedelta(seconds=70))
    assert email.pk not in delivery.due()  # its turn, but somebody may still be talking to the server
    age_emails(timedelta(minutes=30))
    assert email.pk in delivery.due()
    reserve(tonight)
    assert len(postbox.mails) == 2
    email.refresh_from_db()
    assert (email.state, email.attempts) == (EmailState.SENT, 2)


def test_mail_is_not_taken_while_the_server_rests(tonight: Performance) -> None:
    """Also by a process that saw it rest a moment ago; and one that took it too early lets go of it."""
    reserve(tonight)
    second = reserve(tonight).emails.get()
    assert (second.attempts, second.lease_expires_at) == (0, None)
    assert not delivery.write(second.reservation, EmailKind.CONFIRM).is_taken


def test_each_mail_brings_new_links_and_the_old_ones_keep_working(tonight: Performance, postbox: Postbox) -> None:
    reservation = reserve(tonight)
    age_emails(timedelta(minutes=5))
    services.resend(reservation_id=reservation.pk)
    first, second = postbox.token(0), postbox.token(1)
    assert first != second
    from azionelab.reservations.selectors import reservation_id_for

    assert reservation_id_for(first) == reservation_id_for(second) == reservation.pk


def test_resend_within_a_minute_is_too_soon(tonight: Performance, postbox: Postbox) -> None:
    reservation = reserve(tonight)
    with pytest.raises(DomainError) as refused:
        services.resend(reservation_id=reservation.pk)
    assert refused.value.code == "too_many_requests"
    assert 0 < int(refused.value.extra["retry_after"]) <= 61


def test_resend_of_a_queued_mail_sends_that_one(tonight: Performance, settings: object, postbox: Postbox) -> None:
    """At once, as soon as the server had its rest: nothing has left yet, so there is no minute to wait."""
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    reservation = reserve(tonight)
    settings.EMAIL_PORT = port
    assert services.resend(reservation_id=reservation.pk).state == EmailState.QUEUED
    age_emails(delivery.REST)
    services.resend(reservation_id=reservation.pk)
    assert (OutboundEmail.objects.count(), len(postbox.mails)) == (1, 1)


def test_resend_is_for_live_reservations(tonight: Performance) -> None:
    lapsed, cancelled = reserve(tonight), reserve(tonight)
    let_hold_pass(lapsed)
    services.cancel(reservation_id=cancelled.pk)
    age_emails(timedelta(minutes=5))
    for reservation, code in ((lapsed, "reservation_not_confirmed"), (cancelled, "reservation_cancelled")):
        with pytest.raises(DomainError, match=code):
            services.resend(reservation_id=reservation.pk)


def test_resend_all_sends_what_is_live_and_nothing_else(postbox: Postbox) -> None:
    mine = {"email": "anna@example.org"}
    pending = reserve(make_performance(), **mine)
    confirmed = reserve_and_confirm(make_performance(), **mine)
    services.cancel(reservation_id=reserve(make_performance(), **mine).pk)
    reserve(make_performance(), email="bruno@example.org")
    age_emails(timedelta(minutes=5))
    postbox.mails.clear()
    services.resend_all(email="anna@example.org")
    assert {mail["To"] for mail in postbox.mails} == {"anna@example.org"}
    references = " ".join(postbox.text(index) for index in range(len(postbox.mails)))
    assert len(postbox.mails) == 2
    assert pending.reference in references
    assert confirmed.reference in references


def test_mail_row_holds_neither_body_nor_token(tonight: Performance, postbox: Postbox) -> None:
    reserve(tonight)
    columns = " ".join(str(value) for value in OutboundEmail.objects.values().get().values())
    assert postbox.token() not in columns
    assert "example.org" not in columns
    assert postbox.token().encode() not in bytes(Reservation.objects.get().tokens.get().reservation_digest)
