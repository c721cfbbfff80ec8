"""Django's DATABASES entry from DATABASE_URL or POSTGRES_*."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from azionelab.project import env

# Milliseconds. A web request that waits longer is answered `busy`; see the design's figures.
TIMEOUTS = {
    "web": {
        "lock_timeout": 2_000,
        "statement_timeout": 5_000,
        "idle_in_transaction_session_timeout": 10_000,
    },
    "long": {"lock_timeout": 30_000, "statement_timeout": 0, "idle_in_transaction_session_timeout": 600_000},
}
# Seconds. A pool that goes on trying to reconnect waits twice as long each time. Measured, PostgreSQL away for 100 s:
# with the default of 300 the site refused for 23 s more; a pool that gives up tries anew when it is next asked, and
# answered after 0.4 s.
POOL_TIMEOUTS = {"timeout": 3, "reconnect_timeout": 3}
_DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def connection_parameters() -> dict[str, Any]:
    url = env.secret("DATABASE_URL", "")
    if not url:
        return {
            "NAME": env.text("POSTGRES_DB", "azionelab"),
            "USER": env.text("POSTGRES_USER", "azionelab"),
            "PASSWORD": env.secret("POSTGRES_PASSWORD"),
            "HOST": env.text("POSTGRES_HOST"),
            "PORT": env.integer("POSTGRES_PORT", 5432, least=1, most=65_535),
        }
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ImproperlyConfigured("DATABASE_URL is not a postgresql:// address.") from error
    named = {_DJANGO_NAMES[key]: value for key, value in parts.items() if key in _DJANGO_NAMES}
    return named | {"OPTIONS": {key: value for key, value in parts.items() if key not in _DJANGO_NAMES}}


def database(*, threads: int) -> dict[str, Any]:
    """The default database, with time-outs for who asks and, for the web, a pool as large as its threads.

    Those are the ones for requests and as many again for mails (`reservations.dispatch`).
    """
    settings = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {}} | connection_parameters()
    timeouts = TIMEOUTS[env.choice("DATABASE_TIMEOUTS", ("web", "long"), "web")]
    flags = " ".join(f"-c {name}={value}" for name, value in timeouts.items())
    settings["OPTIONS"]["options"] = f"{settings['OPTIONS'].get('options', '')} {flags}".strip()
    settings["OPTIONS"].setdefault("connect_timeout", 5)
    settings["CONN_HEALTH_CHECKS"] = True
    if pool_size := _pool_size(threads):
        settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, **POOL_TIMEOUTS}
    return settings


def _pool_size(threads: int) -> int:
    """A smaller pool lets threads wait for each other, a larger one is never used. WEB_THREADS alone was right once."""
    all_threads = 2 * threads
    size = env.integer("DATABASE_POOL_SIZE", all_threads)
    if size not in (0, threads, all_threads):
        raise ImproperlyConfigured(
            f"DATABASE_POOL_SIZE is {size}; it must be twice WEB_THREADS ({all_threads}), or 0 for none."
        )
    return all_threads if size else 0
