"""Reading what plays. Guests see published shows only."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance, Show, Venue

# An evening that began this long ago is still on, and whoever is late looks for the address.
STILL_ON = timedelta(hours=2)


def published_shows() -> QuerySet[Any, Any]:
    """Published shows with `next_performance_at` and `last_performance_at` (or None); cancelled ones do not count."""
    return _with_dates(Show.objects.filter(status=Show.Status.PUBLISHED))


def _with_dates(shows: QuerySet[Show]) -> QuerySet[Any, Any]:
    takes_place = Q(performances__cancelled_at__isnull=True)
    to_come = takes_place & Q(performances__starts_at__gt=Now())
    return shows.annotate(
        next_performance_at=Min("performances__starts_at", filter=to_come),
        last_performance_at=Max("performances__starts_at", filter=takes_place),
    )


def current_shows() -> QuerySet[Show]:
    """What is on the bill, those that play next first; then what has no date yet."""
    dates = Performance.objects.filter(show=OuterRef("pk"))
    return published_shows().filter(_is_on_the_bill() | ~Exists(dates)).order_by("next_performance_at", "title_it")


def archived_shows() -> QuerySet[Show]:
    """What has played and will not play again, the latest first."""
    played = published_shows().filter(last_performance_at__lte=Now())
    return played.exclude(_is_on_the_bill()).order_by("-last_performance_at", "title_it")


def _is_on_the_bill() -> Exists:
    """With a date that guests still see: one that is to come, cancelled or not, or one that plays just now."""
    return Exists(Performance.objects.filter(show=OuterRef("pk"), starts_at__gt=Now() - STILL_ON))


def published_show(slug: str) -> Show:
    """With its pictures. Raises `not_found`."""
    show: Show | None = published_shows().prefetch_related("pictures").filter(slug=slug).first()
    if show is None:
        raise DomainError(Code.NOT_FOUND)
    return show


def draft_show(slug: str) -> Show | None:
    """For whoever may see drafts; the API asks for the preview's token first."""
    drafts = _with_dates(Show.objects.filter(status=Show.Status.DRAFT))
    return drafts.prefetch_related("pictures").filter(slug=slug).first()


def venues() -> QuerySet[Venue]:
    return Venue.objects.prefetch_related("pictures")


def venue_named(slug: str) -> Venue:
    """Raises `not_found`."""
    venue = venues().filter(slug=slug).first()
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
    return (
        Performance.objects.filter(wanted)
        .select_related("show", "venue", "moved_from_venue")
        .order_by("starts_at", "id")
    )


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
