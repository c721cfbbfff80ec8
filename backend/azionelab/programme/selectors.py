"""Reading what plays. Guests see published shows only."""

from datetime import datetime
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Now

from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance, Show, Venue


def published_shows() -> QuerySet[Show]:
    """Published shows, those that play next first; each with `next_performance_at` (or None)."""
    to_come = Q(performances__starts_at__gt=Now(), performances__cancelled_at__isnull=True)
    return (
        Show.objects.filter(status=Show.Status.PUBLISHED)
        .annotate(next_performance_at=Min("performances__starts_at", filter=to_come))
        .order_by("next_performance_at", "title_it")
    )


def published_show(slug: str) -> Show:
    """Raises `not_found`."""
    show = published_shows().filter(slug=slug).first()
    if show is None:
        raise DomainError(Code.NOT_FOUND)
    return show


def venues() -> QuerySet[Venue]:
    return Venue.objects.all()


def venue_named(slug: str) -> Venue:
    """Raises `not_found`."""
    venue = Venue.objects.filter(slug=slug).first()
    if venue is None:
        raise DomainError(Code.NOT_FOUND)
    return venue


def performances(
    *,
    show: str | None = None,
    venue: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Performance]:
    """Performances, drafts' too, with show and venue, in order of time; `until` is not part of the span."""
    wanted = Q()
    if show is not None:
        wanted &= Q(show__slug=show)
    if venue is not None:
        wanted &= Q(venue__slug=venue)
    if since is not None:
        wanted &= Q(starts_at__gte=since)
    if until is not None:
        wanted &= Q(starts_at__lt=until)
    return Performance.objects.filter(wanted).select_related("show", "venue").order_by("starts_at", "id")


def published_performances(**span: Any) -> QuerySet[Performance]:
    """The `performances` that guests see."""
    return performances(**span).filter(show__status=Show.Status.PUBLISHED)


def performance_with_id(performance_id: int) -> Performance:
    """Any performance, for the door: people hold tickets for it whatever the show's page says. Raises `not_found`."""
    performance = performances().filter(pk=performance_id).first()
    if performance is None:
        raise DomainError(Code.NOT_FOUND)
    return performance


def published_performance(performance_id: int) -> Performance:
    """Raises `not_found`."""
    performance = published_performances().filter(pk=performance_id).first()
    if performance is None:
        raise DomainError(Code.NOT_FOUND)
    return performance
