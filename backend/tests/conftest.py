"""A real PostgreSQL for every run, a real SMTP server where mail is sent, and the cast that tests share."""

import io
import logging
import os
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # Django is not set up yet when this file is read
    from azionelab.programme.models import Performance
    from tests.postbox import Postbox

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "azionelab.project.settings",
    "SITE_URL": "http://theatre.test",
    "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_PORT": "9",
    "SMTP_SECURITY": "none",
    "SMTP_TIMEOUT": "3",
    "MAIL_FROM": "AzioneLab <prenota@theatre.test>",
    "DATABASE_POOL_SIZE": "0",
    "LOG_LEVEL": "INFO",
}


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Starts PostgreSQL once a run, in the process that xdist's workers are children of."""
    unwanted = ("POSTGRES_", "SMTP_", "SECRETS_")
    for name in [name for name in os.environ if name.endswith("_FILE") or name.startswith(unwanted)]:
        del os.environ[name]
    os.environ |= ENVIRONMENT
    if "DATABASE_URL" not in os.environ:
        from demo import postgres

        server = postgres.start_spare(ROOT / ".cache" / "test-postgres")
        os.environ["DATABASE_URL"] = server.url
        config.add_cleanup(server.stop)
    import django

    django.setup()


def pytest_report_header() -> str:
    return f"random tests: AZIONE_TEST_SEED={_seed()}"


def _seed() -> int:
    return int(os.environ.setdefault("AZIONE_TEST_SEED", str(random.SystemRandom().randrange(10**6))))


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """A random generator whose seed is printed with a failure; AZIONE_TEST_SEED repeats a run."""
    sys.stderr.write(f"AZIONE_TEST_SEED={_seed()}\n")
    return random.Random(f"{_seed()}{request.node.nodeid}")


@pytest.fixture(autouse=True)
def _wide_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests change the queue of mails under the process that looks at it once a second."""
    from azionelab.reservations import delivery

    monkeypatch.setattr(delivery, "GLANCE_SECONDS", 0.0)
    monkeypatch.setattr(delivery, "_last_glance", None)


@pytest.fixture(autouse=True)
def _media(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def site_pages(settings: object, tmp_path: Path) -> Path:
    """What the frontend's build would have published, as far as the backend looks at it."""
    for language in ("it", "en"):
        folder = tmp_path / "site" / language
        folder.mkdir(parents=True)
        head = f'<!doctype html><html lang="{language}"><head><title>AzioneLab</title><base href="/{language}/"></head>'
        (folder / "index.html").write_text(
            f'{head}<body><azione-root ngcspnonce="__CSP_NONCE__"><!--azione:page--></azione-root>\n'
            '<!--azione:answers--><link rel="modulepreload" href="chunk.js">'
            '<script src="main.js" type="module" nonce="__CSP_NONCE__"></script></body></html>\n'
        )
    settings.SITE_PAGES = tmp_path / "site"
    return settings.SITE_PAGES


@pytest.fixture
def postbox(settings: object) -> Iterator["Postbox"]:
    """A real SMTP server on loopback."""
    from tests.postbox import Postbox

    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    with Postbox() as box:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        yield box


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """What the real handler would write to stderr, at the most talkative level."""
    from django.conf import settings

    out = io.StringIO()
    handler = logging.StreamHandler(out)
    formatter = dict(settings.LOGGING["formatters"]["json"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def noon(settings: object) -> None:
    """The theatre stands where it is noon just now: at no hour of a run does its day end before tonight's start."""
    offset = 12 - datetime.now(UTC).hour
    settings.TIME_ZONE = f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


@pytest.fixture
def tonight(db: None) -> "Performance":
    """La locandiera in an hour and a half's time, 10 seats, booking open."""
    from tests.cast import make_performance

    return make_performance(starts_in=timedelta(minutes=90), capacity=10)
