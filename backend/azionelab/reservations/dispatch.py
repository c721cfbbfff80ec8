"""Mails leave beside the request: whoever reserves waits for the mail server no longer than a guest likes to wait.

Nearly every server takes a mail at once; the request waits for that, so that the page can say that the mail has left.
With one that takes its time the mail goes on in its thread, and the answer says that it is on its way. A process has as
many threads for this as for requests. When all of them are with a server that keeps silent, a mail stays in its row and
leaves later, like any other that could not be sent.

Staff want to hear what became of each mail, and a command has nobody behind it: they wait for as long as it takes.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar, copy_context

from django.conf import settings
from django.db import connection

from azionelab.reservations import delivery
from azionelab.reservations.models import OutboundEmail

# Seconds. Nearly every relay takes less; on a busy host what is not waiting takes nearly as long again, and the whole
# of it is to stay under one.
GUESTS_WAIT = 0.5

_threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="mail")
_free = threading.BoundedSemaphore(settings.WEB_THREADS)
_has_guests = False
_waits_for_all = ContextVar("waits_for_all", default=False)


def begin_with_guests() -> None:
    """From now on this process answers guests, who do not wait for long: it is a web server's."""
    global _has_guests
    _has_guests = True


@contextmanager
def waiting_for_all() -> Iterator[None]:
    """Whatever is delivered in here has been tried when `deliver_soon` returns, however long that takes."""
    before = _waits_for_all.set(True)
    try:
        yield
    finally:
        _waits_for_all.reset(before)


def deliver_soon(email: OutboundEmail) -> None:
    """Tries a mail whose transaction is over; `email.state` says what came of it, where that is known by then.

    Never raises: what the mail tells of is already done.
    """
    if _waits_for_all.get() or not _has_guests:
        delivery.deliver_now(email)
        return
    if not _free.acquire(blocking=False):
        delivery.let_go(email)
        return
    try:
        # The log lines of the thread name the request as well.
        attempt = _threads.submit(copy_context().run, _deliver, email)
    except RuntimeError:
        _free.release()  # this process is about to end
        delivery.let_go(email)
        return
    wait([attempt], GUESTS_WAIT)


def _deliver(email: OutboundEmail) -> None:
    try:
        delivery.deliver_now(email)
    finally:
        try:
            connection.close()
        finally:
            _free.release()


def finish() -> None:
    """Waits for the mails that are on their way; none leaves after that. For a process that is about to end."""
    _threads.shutdown()
