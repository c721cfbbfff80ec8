"""Guests do not wait for a mail server that keeps silent, and nothing is lost by that."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError

from azionelab.programme.models import Performance
from azionelab.reservations import delivery, dispatch
from azionelab.reservations.models import EmailState, OutboundEmail
from tests.cast import reserve
from tests.concurrency.runner import run_at_once
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 30


class SilentServer:
    """Takes connections and says nothing, until it is closed: then each of them breaks."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._connections: list[socket.socket] = []
        self.came = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            self._connections.append(connection)
            self.came.release()

    def close(self) -> None:
        with suppress(OSError):  # closed already
            # Closing alone would not wake up who waits in accept().
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(PATIENCE_SECONDS)
        for connection in self._connections:
            connection.close()


@pytest.fixture(autouse=True)
def _guests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_has_guests", True)
    # On a busy machine a mail may take longer than guests wait for it.
    monkeypatch.setattr(dispatch, "GUESTS_WAIT", PATIENCE_SECONDS)


@pytest.fixture
def silent_server(settings: object) -> Iterator[SilentServer]:
    server = SilentServer()
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.port, PATIENCE_SECONDS
    yield server
    server.close()
    wait_for_threads()


def wait_for_threads() -> None:
    """All of them free again: whoever sends has written down what came of it."""
    for _ in range(django_settings.WEB_THREADS):
        assert dispatch._free.acquire(timeout=PATIENCE_SECONDS)
    dispatch._free.release(django_settings.WEB_THREADS)


def test_reservation_is_answered_while_the_mail_server_keeps_silent(
    tonight: Performance, silent_server: SilentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "GUESTS_WAIT", 0.05)
    email = reserve(tonight).emails.get()
    # It is being sent at this moment: whoever answered did not wait for the end of it.
    assert silent_server.came.acquire(timeout=PATIENCE_SECONDS)
    assert (email.state, email.attempts) == (EmailState.QUEUED, 1)
    assert email.lease_expires_at is not None

    silent_server.close()
    wait_for_threads()
    email.refresh_from_db()
    assert (email.state, email.lease_expires_at) == (EmailState.QUEUED, None)
    assert email.error


def test_mail_stays_in_its_row_when_every_thread_waits(
    tonight: Performance, silent_server: SilentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "GUESTS_WAIT", 0.05)
    run_at_once([lambda: reserve(tonight).pk] * django_settings.WEB_THREADS)
    for _ in range(django_settings.WEB_THREADS):
        assert silent_server.came.acquire(timeout=PATIENCE_SECONDS)

    one_more = reserve(tonight).emails.get()
    assert (one_more.state, one_more.attempts) == (EmailState.QUEUED, 0)
    assert one_more.lease_expires_at is None


def test_mail_that_leaves_late_leaves_once(
    tonight: Performance, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guest has had an answer by then; the thread goes on."""
    monkeypatch.setattr(dispatch, "GUESTS_WAIT", 0.0)
    reservation = reserve(tonight)
    wait_for_threads()
    assert reservation.emails.get().state == EmailState.SENT
    assert [mail["To"] for mail in postbox.mails] == [reservation.email]


def test_process_that_is_about_to_end_sends_nothing_new(
    tonight: Performance, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = ThreadPoolExecutor(1)
    monkeypatch.setattr(dispatch, "_threads", ending)
    dispatch.finish()
    assert reserve(tonight).emails.get().attempts == 0
    assert not postbox.mails
    assert OutboundEmail.objects.filter(state=EmailState.QUEUED).count() == 1
    wait_for_threads()


def test_staff_wait_until_it_is_known_what_became_of_a_mail(
    tonight: Performance, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "GUESTS_WAIT", 0.0)
    # No thread of theirs is needed for it either.
    monkeypatch.setattr(dispatch, "_free", threading.BoundedSemaphore(1))
    with dispatch._free, dispatch.waiting_for_all():
        assert reserve(tonight).emails.get().state == EmailState.SENT
    assert len(postbox.mails) == 1


def test_mail_that_cannot_be_given_back_breaks_nothing(tonight: Performance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database may go away right after the commit; what the mail tells of is done all the same."""

    def break_down(*_: object, **__: object) -> None:
        raise OperationalError

    ending = ThreadPoolExecutor(1)
    monkeypatch.setattr(dispatch, "_threads", ending)
    dispatch.finish()
    monkeypatch.setattr(delivery, "_update", break_down)
    mail = reserve(tonight).emails.get()
    assert (mail.state, mail.attempts) == (EmailState.QUEUED, 1)
    assert mail.lease_expires_at is not None
    wait_for_threads()
