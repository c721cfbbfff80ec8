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


def database() -> dict[str, Any]:
    """The default database, with time-outs for who asks and, for the web, a pool as large as its threads."""
    settings = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {}} | connection_parameters()
    timeouts = TIMEOUTS[env.choice("DATABASE_TIMEOUTS", ("web", "long"), "web")]
    flags = " ".join(f"-c {name}={value}" for name, value in timeouts.items())
    settings["OPTIONS"]["options"] = f"{settings['OPTIONS'].get('options', '')} {flags}".strip()
    settings["OPTIONS"].setdefault("connect_timeout", 5)
    settings["CONN_HEALTH_CHECKS"] = True
    pool_size = env.integer("DATABASE_POOL_SIZE", 4, most=1_000)
    if pool_size:
        settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 3}
    return settings
