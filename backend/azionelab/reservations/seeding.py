"""Writes a season's file into the database: what plays, where and when.

`azionelab.programme.season` reads and checks the file. The writing is here, one app higher, because fewer seats than
are reserved must be refused (`performances.update_performance`), and only this app knows what is reserved.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from azionelab.core.clock import theatre_time
from azionelab.core.errors import Code, DomainError, FieldError
from azionelab.core.pictures import digest, keep
from azionelab.programme.defaults import usual_times
from azionelab.programme.models import Performance, Show, Venue
from azionelab.programme.season import PerformanceEntry, Poster, Season, ShowEntry, VenueEntry, read_season
from azionelab.programme.season_files import SeasonFile
from azionelab.programme.season_text import in_plain_letters
from azionelab.reservations.performances import update_performance

Action = Literal["created", "updated", "unchanged", "missing"]
Kind = Literal["venue", "show", "performance"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What the file did to one thing; `missing` is in the database and not in the file, and stays."""

    action: Action
    kind: Kind
    name: str
    fields: tuple[str, ...] = ()


def seed_season(*, file: SeasonFile, anchor: date, dry_run: bool = False) -> list[Change]:
    """Brings venues, shows and performances up to the file, all or nothing, and says what changed.

    Locks: other seedings, and the performances that change, until the end. Raises `validation_failed` and
    `capacity_below_reserved`, both with the lines of the file.
    """
    season = read_season(file=file, anchor=anchor)
    with transaction.atomic():
        _wait_for_another_seeding()
        writer = _Writer(file, copies_posters=not dry_run)
        changes = list(writer.write(season))
        writer.raise_if_refused()
        changes += _what_left_the_file(season)
        if dry_run:
            transaction.set_rollback(True)
    return changes


def _wait_for_another_seeding() -> None:
    """Two of them at once would create the same rows twice; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('seed_season'))")


@dataclass
class _Writer:
    file: SeasonFile
    copies_posters: bool
    refusals: list[FieldError] = field(default_factory=list)
    must_stay: bool = False
    """Whether one of the refusals is for seats that are reserved."""

    def write(self, season: Season) -> Iterator[Change]:
        self._venues = {venue.slug: venue for venue in Venue.objects.all()}
        self._shows = {show.slug: show for show in Show.objects.all()}
        self._performances = {
            (row.show.slug, row.venue.slug, row.starts_at): row
            for row in Performance.objects.select_related("show", "venue")
        }
        for venue in season.venues:
            yield self._write_venue(venue)
        for show in season.shows:
            yield self._write_show(show)
            for performance in season.performances:
                if performance.show == show.slug:
                    yield self._write_performance(performance)

    def raise_if_refused(self) -> None:
        if self.refusals:
            code = Code.CAPACITY_BELOW_RESERVED if self.must_stay else Code.VALIDATION_FAILED
            raise DomainError(
                code, f"{self.file.name}: the database refuses this. Nothing was changed.", errors=self.refusals
            )

    def _write_venue(self, entry: VenueEntry) -> Change:
        row = self._venues.setdefault(entry.slug, Venue(slug=entry.slug))
        return _store(row, entry.values, kind="venue", name=entry.values["name"])

    def _write_show(self, entry: ShowEntry) -> Change:
        row = self._shows.setdefault(entry.slug, Show(slug=entry.slug))
        has_new_poster = not _is_poster_of(row, entry.poster)
        if has_new_poster and self.copies_posters:
            row.poster, row.poster_widths = _keep(entry.slug, entry.poster)
        also = ("poster",) if has_new_poster else ()
        return _store(row, entry.values, kind="show", name=entry.values["title_it"], also=also)

    def _write_performance(self, entry: PerformanceEntry) -> Change:
        row = self._performances.get(entry.key)
        if row is None:
            row, values = self._new_performance(entry), {}
        else:
            values = dict(entry.values)
            if entry.cancelled is not None and entry.cancelled != (row.cancelled_at is not None):
                values["cancelled_at"] = timezone.now() if entry.cancelled else None
        name = _name(row)
        if row.pk is None:
            row.save(force_insert=True)
            return Change(action="created", kind="performance", name=name)
        changed = _differing(row, values)
        if not changed:
            return Change(action="unchanged", kind="performance", name=name)
        self._update(row, changed, entry)
        return Change(action="updated", kind="performance", name=name, fields=tuple(changed))

    def _new_performance(self, entry: PerformanceEntry) -> Performance:
        venue, times = self._venues[entry.venue], usual_times(entry.starts_at)
        usual = {
            "doors_open_at": times.doors_open_at,
            "booking_opens_at": times.booking_opens_at,
            "booking_closes_at": times.booking_closes_at,
            "capacity": venue.capacity,
            "cancelled_at": timezone.now() if entry.cancelled else None,
        }
        values = usual | entry.values
        return Performance(show=self._shows[entry.show], venue=venue, starts_at=entry.starts_at, **values)

    def _update(self, row: Performance, changed: dict[str, Any], entry: PerformanceEntry) -> None:
        """Through the rule on reserved seats; a refusal is noted with its line, so that all are told at once."""
        try:
            for name, value in changed.items():
                setattr(row, name, value)
            row.validate_constraints()
            update_performance(performance_id=row.pk, changes=changed)
        except ValidationError as error:
            self._refuse(entry, "invalid", " ".join(error.messages))
        except DomainError as error:
            if error.code is not Code.CAPACITY_BELOW_RESERVED:
                raise
            self.must_stay = True
            self._refuse(entry, "too_small", error.detail)

    def _refuse(self, entry: PerformanceEntry, code: str, message: str) -> None:
        said = f"{_name(self._performances[entry.key])}: {message}"
        self.refusals.append(FieldError(field=entry.path, code=code, message=said, line=entry.line))


def _store(row: Venue | Show, values: dict[str, Any], *, kind: Kind, name: str, also: tuple[str, ...] = ()) -> Change:
    changed = _differing(row, values)
    is_new = row.pk is None
    for field_name, value in changed.items():
        setattr(row, field_name, value)
    if is_new or changed or also:
        row.save()
    if is_new:
        return Change(action="created", kind=kind, name=name)
    fields = (*changed, *also)
    return Change(action="updated" if fields else "unchanged", kind=kind, name=name, fields=fields)


def _differing(row: Venue | Show | Performance, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not _is_same(getattr(row, name), value)}


def _is_same(stored: Any, value: Any) -> bool:
    """What a browser sent to the admin may end its lines otherwise; that is no other text."""
    return bool(stored == value or (isinstance(stored, str) and in_plain_letters(stored) == value))


def _is_poster_of(row: Show, poster: Poster | None) -> bool:
    """By the file that it was made from, which its name tells, or by content: the admin names pictures otherwise."""
    if poster is None or not row.poster.name:
        return poster is None and not row.poster.name
    if row.poster.name == _stored_name(row.slug, poster):
        return default_storage.exists(row.poster.name)
    try:
        with default_storage.open(row.poster.name) as file:
            return digest(file.read()) in (poster.source, digest(poster.content))
    except OSError:
        return False


def _keep(slug: str, poster: Poster | None) -> tuple[str, list[int]]:
    """The poster's name in the store, and the widths of its renditions. What a refused run left, the next one needs."""
    if poster is None:
        return "", []
    name = _stored_name(slug, poster)
    return name, keep(default_storage, name, poster.content)


def _stored_name(slug: str, poster: Poster) -> str:
    return f"posters/{slug}-{poster.source}.webp"


def _name(row: Performance) -> str:
    return f"{row.show.title_it} · {row.venue.name} · {theatre_time(row.starts_at):%Y-%m-%d %H:%M}"


def _what_left_the_file(season: Season) -> list[Change]:
    """Venues and shows that the file no longer has, and performances still to come; played ones are history."""
    venues, shows = {entry.slug for entry in season.venues}, {entry.slug for entry in season.shows}
    performances = {entry.key for entry in season.performances}
    upcoming = Performance.objects.filter(starts_at__gt=timezone.now()).select_related("show", "venue")
    left: list[tuple[Kind, str]] = [("venue", row.name) for row in Venue.objects.all() if row.slug not in venues]
    left += [("show", row.title_it) for row in Show.objects.all() if row.slug not in shows]
    left += [
        ("performance", _name(row))
        for row in upcoming
        if (row.show.slug, row.venue.slug, row.starts_at) not in performances
    ]
    return [Change(action="missing", kind=kind, name=name) for kind, name in left]
