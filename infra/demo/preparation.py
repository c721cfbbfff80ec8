"""What must be in the database and on disk before the site starts; skipped where nothing has changed."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from demo.clock import theatre_today
from demo.options import BACKEND, ROOT, SEASON, WEBSITE, Options
from demo.stamps import files_under, fingerprint, is_stamped, write_stamp
from demo.webapp import Site

SEASON_STAYS_FRESH_DAYS = 6
ACCOUNTS = {"manager": "Managers", "door": "Door staff"}
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
_IGNORED = frozenset({"__pycache__", "tests"})


def new_password() -> str:
    """Twelve letters in groups, easy to type on a phone: 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def season_hint(anchor: date, today: date) -> str | None:
    """The season was laid around its anchor; after a week most of it has been played."""
    age = (today - anchor).days
    if age <= SEASON_STAYS_FRESH_DAYS:
        return None
    return f"This season was made {age} days ago: make demo-reset gives a fresh one."


class Preparation:
    """Each step runs its management command unless its stamp says that nothing it depends on has changed.

    Stamps about the database lie inside it, so that they die with it; a database of the caller's own has none
    and always gets every step, each of which changes nothing the second time.
    """

    def __init__(self, site: Site, options: Options) -> None:
        self._site = site
        self._directory = options.directory
        self._given_password = options.password is not None
        self._is_own_database = options.database_url is None
        cluster = options.directory / "postgres" / "cluster"
        self._stamps = cluster if self._is_own_database else options.directory
        self._lock = ROOT / "requirements" / "backend.txt"

    def migrate(self) -> None:
        migrations = [path for path in files_under(BACKEND, without=_IGNORED) if path.parent.name == "migrations"]
        self._unless_stamped("migrated", fingerprint([*migrations, self._lock]), "migrate", "--no-input")

    def collect_static(self) -> None:
        sources = [path for path in files_under(BACKEND, without=_IGNORED) if "static" in path.parts]
        inputs = fingerprint([*sources, self._lock, BACKEND / "azionelab" / "project" / "settings.py"])
        stamp = self._directory / "static" / ".collected"
        if not is_stamped(stamp, inputs):
            self._site.manage("collectstatic", "--no-input", "--clear", "--verbosity", "0")
            stamp.parent.mkdir(exist_ok=True)
            write_stamp(stamp, inputs)

    def seed(self) -> None:
        anchor = self.anchor().isoformat()
        apps = [BACKEND / "azionelab" / app for app in ("core", "company", "programme", "reservations", "website")]
        sources = [path for folder in (SEASON.parent, *apps) for path in files_under(folder, without=_IGNORED)]
        inputs = fingerprint(sources, anchor)
        self._unless_stamped("seeded", inputs, "seed_season", str(SEASON), "--anchor", anchor)
        self._unless_stamped("furnished", inputs, "seed_website", str(WEBSITE))

    def make_accounts(self, password: str) -> str | None:
        """The password if it was set now and has to be shown; None if it is known already."""
        if self._is_own_database and not self._given_password and self._stamp("accounts").exists():
            return None
        # In a database of the caller's own, accounts that are there keep their password unless one was given.
        keep = [] if self._is_own_database or self._given_password else ["--keep"]
        with ThreadPoolExecutor() as pool:
            jobs = [
                pool.submit(self._site.manage, "ensure_account", name, "--group", group, *keep, answer=password + "\n")
                for name, group in ACCOUNTS.items()
            ]
        made = [record.get("made") for job in jobs for record in job.result() if record.get("type") == "summary"]
        return password if not self._given_password and (not keep or any(made)) else None

    def accounts_are_known(self) -> None:
        """Noted only after the password was shown: a start cut short before that makes a new one."""
        if self._is_own_database:
            write_stamp(self._stamp("accounts"), "made")

    def anchor(self) -> date:
        """The day around which the season was laid: that of the first seeding."""
        path = self._stamp("anchor")
        try:
            return date.fromisoformat(path.read_text())
        except (OSError, ValueError):
            today = theatre_today()
            write_stamp(path, today.isoformat())
            return today

    def hint(self) -> str | None:
        return season_hint(self.anchor(), theatre_today())

    def _unless_stamped(self, name: str, inputs: str, *command: str) -> None:
        if self._is_own_database and is_stamped(self._stamp(name), inputs):
            return
        self._site.manage(*command)
        if self._is_own_database:
            write_stamp(self._stamp(name), inputs)

    def _stamp(self, name: str) -> Path:
        return self._stamps / f"azione-{name}"
