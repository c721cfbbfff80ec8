"""The season's file, read and checked: from YAML to a `Season`, without touching the database.

`docs/season-file.md` is its description. Whatever is wrong is told at once, each with its line
and the name of its field. `azionelab.reservations.seeding` writes the Season.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

import yaml
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_slug
from django.db.models import Model
from django.utils import translation

from azionelab.core.errors import DomainError
from azionelab.core.languages import CODES
from azionelab.core.pictures import RefusedError, clean, digest
from azionelab.programme.defaults import usual_times
from azionelab.programme.models import Performance, Show, Venue
from azionelab.programme.season_files import OutsideError, SeasonFile
from azionelab.programme.season_times import read_moment, read_moment_before
from azionelab.programme.season_yaml import Entry, Problems, Unusable, read_yaml

T = TypeVar("T")

MAX_SLUG = 60

_VENUE = {"name", "address", "map", "directions", "step_free_access", "access", "capacity"}
_SHOW_TEXTS = {
    "title", "subtitle", "synopsis", "credits", "age_advice", "content_warnings", "spoken_language", "poster_alt",
}  # fmt: skip
_SHOW = _SHOW_TEXTS | {"status", "author", "duration", "poster", "performances"}
_NUMBERS = {"capacity": 1, "manually_occupied": 0, "additional_seats": 0, "max_seats_per_reservation": 1}
_PERFORMANCE = {"venue", "starts", "doors_open", "booking_opens", "booking_closes", "cancelled", "note", *_NUMBERS}


@dataclass(frozen=True, kw_only=True)
class VenueEntry:
    slug: str
    values: dict[str, Any]
    line: int


@dataclass(frozen=True, kw_only=True)
class Poster:
    """Its content as the site keeps it, and the digest of the file that it was made from."""

    source: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ShowEntry:
    slug: str
    values: dict[str, Any]
    poster: Poster | None
    line: int


@dataclass(frozen=True, kw_only=True)
class PerformanceEntry:
    """`values` holds what the file says; what it leaves out is the house's default on a new performance only."""

    show: str
    venue: str
    starts_at: datetime
    values: dict[str, Any]
    cancelled: bool | None
    path: str
    line: int

    @property
    def key(self) -> tuple[str, str, datetime]:
        return self.show, self.venue, self.starts_at


@dataclass(frozen=True, kw_only=True)
class Season:
    venues: tuple[VenueEntry, ...]
    shows: tuple[ShowEntry, ...]
    performances: tuple[PerformanceEntry, ...]


def read_season(*, file: SeasonFile, anchor: date) -> Season:
    """Reads and checks the file; `today` in it is the anchor. Raises `validation_failed` with every problem."""
    problems = Problems()
    season = _Reader(file, anchor, problems).read(read_yaml(file, problems))
    problems.raise_if_any(file)
    return season


class _Reader:
    """Walks the file; a value that cannot be used is noted in `problems`, and the walk goes on."""

    def __init__(self, file: SeasonFile, anchor: date, problems: Problems) -> None:
        self._file, self._anchor, self._problems = file, anchor, problems
        self._rooms: dict[str, int | None] = {}
        self._first_at: dict[tuple[str, str, datetime], int] = {}
        self._performances: list[PerformanceEntry] = []

    def read(self, root: Entry) -> Season:
        top = _tried(root, lambda entry: entry.fields({"venues", "shows"}, {"venues", "shows"})) or {}
        venues = self._each(top.get("venues"), self._venue)
        shows = self._each(top.get("shows"), self._show)
        return Season(venues=tuple(venues), shows=tuple(shows), performances=tuple(self._performances))

    def _each(self, group: Entry | None, read: Callable[[str, Entry], T]) -> list[T]:
        """What `read` makes of each named entry of a group."""
        done = []
        for slug, entry in (_tried(group, Entry.named) or {}).items():
            _tried(entry, partial(_check_slug, slug))
            made = _tried(entry, partial(read, slug))
            if made is not None:
                done.append(made)
        return done

    def _venue(self, slug: str, entry: Entry) -> VenueEntry:
        self._rooms[slug] = None
        given = entry.fields(_VENUE, {"name", "address", "capacity"})
        values: dict[str, Any] = {name: _line_of_text(given.get(name), Venue, name) for name in ("name", "address")}
        values["map_url"] = _tried(given.get("map"), _web_address) or ""
        values["step_free_access"] = bool(_tried(given.get("step_free_access"), Entry.yes_or_no))
        values["capacity"] = _tried(given.get("capacity"), lambda entry: entry.number(least=1))
        for name in ("directions", "access"):
            values |= _in_both_languages(given.get(name), Venue, name)
        self._rooms[slug] = values["capacity"]
        return VenueEntry(slug=slug, values=values, line=entry.line)

    def _show(self, slug: str, entry: Entry) -> ShowEntry:
        required = {"title", "author", "synopsis", "duration"} | ({"poster_alt"} if _has(entry, "poster") else set())
        given = entry.fields(_SHOW, required)
        values: dict[str, Any] = {"author": _line_of_text(given.get("author"), Show, "author")}
        values["status"] = _tried(given.get("status"), lambda entry: entry.one_of(*Show.Status.values))
        values["status"] = values["status"] or Show.Status.PUBLISHED
        values["duration_minutes"] = _tried(given.get("duration"), lambda entry: entry.number(least=1, most=1_000))
        for name in sorted(_SHOW_TEXTS):
            values |= _in_both_languages(given.get(name), Show, name)
        poster = _tried(given.get("poster"), self._poster)
        for performance in _tried(given.get("performances"), Entry.items) or []:
            made = _tried(performance, lambda entry: self._performance(slug, entry))
            if made is not None:
                self._performances.append(made)
        return ShowEntry(slug=slug, values=values, poster=poster, line=entry.line)

    def _poster(self, entry: Entry) -> Poster:
        name = entry.text()
        try:
            content = self._file.poster(name)
        except OutsideError:
            message = f"`{name}` is outside the folder of this file. Put the poster beside it."
            raise self._problems.stop(entry, message) from None
        except (OSError, ValueError):
            raise self._problems.stop(entry, f"There is no file `{name}` beside this one.", "not_found") from None
        try:
            return Poster(source=digest(content), content=clean(content))
        except RefusedError as refused:
            with translation.override("en"):
                raise self._problems.stop(entry, f"`{name}`: {refused.message}", str(refused.refusal)) from None

    def _performance(self, show: str, entry: Entry) -> PerformanceEntry | None:
        given = entry.fields(_PERFORMANCE, {"venue", "starts"})
        venue = _tried(given.get("venue"), self._known_venue)
        starts_at = _tried(given.get("starts"), lambda entry: read_moment(entry, anchor=self._anchor))
        cancelled = _tried(given.get("cancelled"), Entry.yes_or_no)
        values: dict[str, Any] = self._seats(given, venue)
        if "note" in given:
            values |= _in_both_languages(given["note"], Performance, "note")
        if venue is None or starts_at is None:
            return None
        values |= self._times(given, starts_at)
        made = PerformanceEntry(
            show=show, venue=venue, starts_at=starts_at, values=values, cancelled=cancelled,
            path=entry.path, line=entry.line,
        )  # fmt: skip
        first = self._first_at.setdefault(made.key, entry.line)
        if first != entry.line:
            self._problems.add(entry, f"The same show, venue and time stand in line {first} already.", "twice")
        return made

    def _known_venue(self, entry: Entry) -> str:
        slug = entry.text()
        if slug not in self._rooms:
            known = ", ".join(self._rooms) or "none"
            raise self._problems.stop(entry, f"There is no venue `{slug}`. The file has: {known}.", "unknown")
        return slug

    def _seats(self, given: dict[str, Entry], venue: str | None) -> dict[str, Any]:
        numbers = {
            name: _tried(given.get(name), partial(Entry.number, least=least)) for name, least in _NUMBERS.items()
        }
        room = numbers["capacity"] or self._rooms.get(venue or "")
        occupied = numbers["manually_occupied"] or 0
        if room is not None and occupied > room + (numbers["additional_seats"] or 0):
            self._problems.add(given["manually_occupied"], "You cannot take out more seats than there are.")
        return {name: number for name, number in numbers.items() if number is not None}

    def _times(self, given: dict[str, Entry], starts_at: datetime) -> dict[str, datetime]:
        """The times that the file gives, checked together with those that follow from the start."""
        usual = usual_times(starts_at)
        times = {"doors_open_at": usual.doors_open_at, "booking_opens_at": usual.booking_opens_at}
        times["booking_closes_at"] = usual.booking_closes_at
        said = {}
        for name in ("doors_open", "booking_opens", "booking_closes"):
            moment = _tried(
                given.get(name), lambda entry: read_moment_before(entry, starts_at=starts_at, anchor=self._anchor)
            )
            if moment is not None:
                times[f"{name}_at"] = said[f"{name}_at"] = moment
        for name in ("doors_open", "booking_closes"):
            if times[f"{name}_at"] > starts_at:
                self._problems.add(given[name], f"`{name}` is after the start of the performance.")
        if times["booking_opens_at"] >= times["booking_closes_at"]:
            culprit = given.get("booking_opens") or given["booking_closes"]
            self._problems.add(culprit, "Booking must open before it closes.")
        return said


def poster_names(file: SeasonFile) -> list[str]:
    """The posters that the file names, so that they can be sent along; none where it cannot be read."""
    try:
        shows = read_yaml(file, Problems()).named().get("shows")
        entries = [show.named().get("poster") for show in shows.named().values()] if shows else []
        return [entry.text() for entry in entries if entry is not None]
    except (DomainError, Unusable):
        return []


# Values -------------------------------------------------------------------------------------------------------------


def _tried(entry: Entry | None, read: Callable[[Entry], T]) -> T | None:
    """What `read` makes of the entry; None where there is none, or where it cannot be used (that is noted then)."""
    if entry is None:
        return None
    try:
        return read(entry)
    except Unusable:
        return None


def _has(entry: Entry, name: str) -> bool:
    node = entry.node
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return any(key.value == name for key, _ in pairs)


def _check_slug(slug: str, entry: Entry) -> None:
    try:
        validate_slug(slug)
    except ValidationError:
        raise entry.problems.stop(
            entry, f"`{slug}` is part of an address: use letters without accents, digits and hyphens."
        ) from None
    if len(slug) > MAX_SLUG:
        raise entry.problems.stop(entry, f"`{slug}` is longer than {MAX_SLUG} characters.", "too_long")


def _web_address(entry: Entry) -> str:
    text = _fitting(entry, entry.text(), Venue, "map_url")
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise entry.problems.stop(entry, f"`{text}` is not a web address like https://….") from None
    return text


def _line_of_text(entry: Entry | None, model: type[Model], field: str) -> str:
    return _tried(entry, lambda entry: _fitting(entry, entry.text(), model, field)) or ""


def _in_both_languages(entry: Entry | None, model: type[Model], field: str) -> dict[str, str]:
    """`field_it` and `field_en`; a text without languages is Italian, which stands in for the English one."""
    texts = dict.fromkeys((f"{field}_{language}" for language in CODES), "")
    if entry is None:
        return texts
    if isinstance(entry.node, yaml.ScalarNode):
        return texts | {f"{field}_it": _line_of_text(entry, model, f"{field}_it")}
    required = set() if getattr(model._meta.get_field(f"{field}_it"), "blank", False) else {"it"}
    given = _tried(entry, lambda entry: entry.fields(set(CODES), required)) or {}
    return texts | {
        f"{field}_{language}": _line_of_text(text, model, f"{field}_{language}") for language, text in given.items()
        if language in CODES
    }  # fmt: skip


def _fitting(entry: Entry, text: str, model: type[Model], field: str) -> str:
    most = getattr(model._meta.get_field(field), "max_length", None)
    if most is not None and len(text) > most:
        raise entry.problems.stop(entry, f"`{entry.name}` has {len(text)} characters; {most} is the most.", "too_long")
    return text
