"""How gunicorn serves the backend behind nginx: nothing here needs a home, or a file system that can be written."""

import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn.workers.gthread import ThreadWorker

from azionelab.core.startup import refuse_settings

try:
    from azionelab.project import settings
except ImproperlyConfigured as error:
    # Once, by the setting's name; each worker would say it in a traceback of its own.
    refuse_settings(error)


class Worker(ThreadWorker):
    """gunicorn's own, but for its end: told to stop, it leaves its door open until the last answer is out, and throws
    away who came in meanwhile. This one takes whoever has come by then and closes it at once. Whoever comes later is
    refused, which nginx can tell from a lost request: it asks another backend, where there is one.
    """

    is_told_to_end = False

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.is_told_to_end = True
        super().handle_exit(sig, frame)

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        # Where it ends by itself, the others go on: what waits is theirs.
        if not enabled and self.is_told_to_end:
            for listener in self.sockets:
                if listener.sock is not None:
                    self._take_all(listener)
                    listener.close()

    def _take_all(self, listener: Any) -> None:
        taken = -1
        while taken < self.nr_conns:
            taken = self.nr_conns
            self.accept(listener)


bind = "0.0.0.0:8000"
worker_class = Worker
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
# A process that was forked after the pool of database connections was opened would share its sockets.
preload_app = False

# nginx opens a connection for each request (docs/decisions/0007). So a worker that ends cannot lose one either that
# nginx was just sending over a connection it kept.
keepalive = 0
# What a worker takes it must answer before it ends; what it does not take waits in the queue that all workers share.
worker_connections = 8 * threads
# Only a heartbeat: how long a request may take is bounded by the time-outs of the database and the mail server.
timeout = 60
# compose.yml's stop_grace_period is longer.
graceful_timeout = 25
# Whatever leaks, leaks for a day or so. A worker that ends here finishes what it began while the others go on.
max_requests = 20_000
max_requests_jitter = 5_000

# nginx takes lines of 8 KB: what it lets through is Django's to refuse, with a problem document.
limit_request_line = 8190
# Django alone reads X-Forwarded-Proto (SECURE_PROXY_SSL_HEADER); no other header tells the scheme.
secure_scheme_headers = {}

worker_tmp_dir = "/dev/shm"
control_socket_disable = True

# The house's JSON lines on stderr. There is no access log: RequestLogMiddleware tells of each request.
accesslog = None
loglevel = settings.LOGGING["root"]["level"].lower()
logconfig_dict = settings.LOGGING


def post_worker_init(worker: Any) -> None:
    """Reads the whole program before the first request, which would wait for that, and may run into a time-out."""
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 (it is there once it was asked for)


def worker_exit(server: Any, worker: Any) -> None:
    """The pool's threads would keep an ending worker for five seconds, and an upgrade waits for it.

    Mails that are on their way go first: what became of one is written down when the mail server has answered.
    """
    from django.db import connections

    # Not there where the worker ends because it could not begin.
    dispatch = sys.modules.get("azionelab.reservations.dispatch")
    if dispatch is not None:
        dispatch.finish()
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()
