"""Performances named as people name them: an id, `next`, `tonight`, or `locandiera@2026-12-05`.

For the tools of the house, so drafts count too: someone may hold a seat for a show that was withdrawn from the site.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from azionelab.core.clock import day_bounds, theatre_time, theatre_today
from azionelab.core.errors import Code, DomainError, FieldError
from azionelab.programme.models import Performance, Show

NEXT, TONIGHT = "next", "tonight"
FIELD = "performance"
# A longer list would not help anyone choose.
MOST_CANDIDATES = 20
_ID_DIGITS = 18  # what the largest id may have; a longer number is an unknown id
HOW_TO_NAME = "Name a performance by its id, as `next`, as `tonight`, or as SHOW@YYYY-MM-DD."


def performance_named(name: str) -> Performance:
    """The one performance that `name` means, with its show and venue.

    Raises `not_found`, and `validation_failed` for a name that cannot be read, that means several performances or only
    a show: the errors of those, code `ambiguous`, are the candidates.
    """
    candidates = list(_candidates(name.strip())[: MOST_CANDIDATES + 1])
    if not candidates:
        raise DomainError(Code.NOT_FOUND, f"There is no performance {name!r}. {HOW_TO_NAME}")
    if len(candidates) > 1:
        raise _ambiguous(name, candidates)
    return candidates[0]


def _candidates(name: str) -> QuerySet[Performance]:
    rows = Performance.objects.select_related("show", "venue").order_by("starts_at", "id")
    if name.isascii() and name.isdigit():
        return rows.filter(pk=int(name)) if len(name) <= _ID_DIGITS else rows.none()
    if name.casefold() == NEXT:
        return _next(rows)
    if name.casefold() == TONIGHT:
        return rows.filter(_on(theatre_today()), cancelled_at__isnull=True)
    show, at, day = name.rpartition("@")
    if not at:
        raise _only_a_show(name, rows) or _unreadable(name)
    if not show or not show.isprintable():
        raise _unreadable(name)
    try:
        wanted = _on(date.fromisoformat(day))
    except (ValueError, OverflowError):
        raise _unreadable(name) from None
    return rows.filter(wanted, show__in=_shows_named(show.strip().casefold()))


def _next(rows: QuerySet[Performance]) -> QuerySet[Performance]:
    """What starts next, and all that starts at that very moment in other rooms."""
    to_come = rows.filter(starts_at__gt=Now(), cancelled_at__isnull=True)
    first = to_come.values("starts_at")[:1]
    return to_come.filter(starts_at=first)


def _on(day: date) -> Q:
    since, until = day_bounds(day)
    return Q(starts_at__gte=since, starts_at__lt=until)


def _shows_named(slug: str) -> QuerySet[Show]:
    """The show of that slug; where there is none, every show whose slug holds it, as `locandiera` does."""
    exact = Show.objects.filter(slug=slug)
    return exact if exact.exists() else Show.objects.filter(slug__contains=slug)


def _only_a_show(name: str, rows: QuerySet[Performance]) -> DomainError | None:
    """A show's name alone never means a performance, be it the only one: the next one would change what it means."""
    if not name or not name.isprintable():
        return None
    evenings = list(rows.filter(starts_at__gt=Now(), show__in=_shows_named(name.casefold()))[:MOST_CANDIDATES])
    sentence = f"{name!r} is a show. Name one of its performances, by its id or as SHOW@YYYY-MM-DD."
    return _one_of(sentence, evenings) if evenings else None


def _unreadable(name: str) -> DomainError:
    return DomainError(
        Code.VALIDATION_FAILED,
        f"{name!r} names no performance.",
        errors=[FieldError(field=FIELD, code="invalid", message=HOW_TO_NAME)],
    )


def _ambiguous(name: str, candidates: Sequence[Performance]) -> DomainError:
    return _one_of(
        f"{name!r} means more than one performance. Use the id of the one you mean.", candidates[:MOST_CANDIDATES]
    )


def _one_of(sentence: str, candidates: Iterable[Performance]) -> DomainError:
    errors = [FieldError(field=FIELD, code="ambiguous", message=describe(row)) for row in candidates]
    return DomainError(Code.VALIDATION_FAILED, sentence, errors=errors)


def describe(performance: Performance) -> str:
    """One line by which a person tells a performance from another."""
    starts = theatre_time(performance.starts_at)
    cancelled = ", cancelled" if performance.cancelled_at else ""
    return (
        f"{performance.pk}: {performance.show.title_it}, {starts:%Y-%m-%d %H:%M}, {performance.venue.name}{cancelled}"
    )


def names_to_come(*, since: datetime) -> list[tuple[str, str]]:
    """How to name each performance from `since` on, and what it is; an id where the show plays twice that day."""
    rows = list(Performance.objects.select_related("show", "venue").filter(starts_at__gte=since).order_by("starts_at"))
    days = Counter(_show_and_day(row) for row in rows)
    names = (name if days[name := _show_and_day(row)] == 1 else str(row.pk) for row in rows)
    return [(name, describe(row)) for name, row in zip(names, rows, strict=True)]


def _show_and_day(performance: Performance) -> str:
    return f"{performance.show.slug}@{theatre_time(performance.starts_at):%Y-%m-%d}"


def members_of(performance: Performance) -> dict[str, Any]:
    """A performance in the summary of a management command."""
    return {
        "id": performance.pk,
        "show": performance.show.title_it,
        "slug": performance.show.slug,
        "venue": performance.venue.name,
        "starts_at": performance.starts_at,
        "cancelled": performance.cancelled_at is not None,
    }
