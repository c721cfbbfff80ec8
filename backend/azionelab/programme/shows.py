"""Shows as the house looks at them: named as people name them, and each with the span in which it plays."""

import difflib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Now

from azionelab.core.errors import Code, DomainError, FieldError
from azionelab.programme.models import Show

FIELD = "show"
# A longer list would not help anyone choose.
MOST_CANDIDATES = 20
_NEAR = 0.5
_MOST_LETTERS = 100


@dataclass(frozen=True, kw_only=True)
class ShowWithDates:
    """`to_come` are the performances that will take place, `performances` all there ever were."""

    show: Show
    to_come: int
    performances: int
    first_at: datetime | None
    last_at: datetime | None


def show_named(name: str) -> Show:
    """The show of that slug; where there is none, the only one whose slug holds it. Drafts count too.

    Raises `not_found`, and `validation_failed` for a name that means several. The errors of both, code `ambiguous`,
    are the candidates: of an unknown name, what it resembles.
    """
    wanted = name.strip().casefold()
    shows = list(Show.objects.order_by("slug")) if wanted.isprintable() else []
    exact = [show for show in shows if show.slug.casefold() == wanted]
    found = exact[:1] or [show for show in shows if wanted and wanted in show.slug.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        problem = f"{name!r} means more than one show. Use the whole name of the one you mean."
        raise DomainError(Code.VALIDATION_FAILED, problem, errors=_candidates(found))
    near = _like(wanted, shows)
    said = "Did you mean one of these?" if near else "`azione shows list --all` lists them all."
    raise DomainError(Code.NOT_FOUND, f"There is no show {name!r}. {said}", errors=_candidates(near))


def _like(wanted: str, shows: list[Show]) -> list[Show]:
    """What somebody may have meant, by slug or title; nothing for what is far longer than any name."""
    if not 0 < len(wanted) <= _MOST_LETTERS:
        return []
    names = {spelled: show for show in shows for spelled in (show.title_it.casefold(), show.slug.casefold())}
    near = [names[spelled] for spelled in difflib.get_close_matches(wanted, names, n=6, cutoff=_NEAR)]
    return list(dict.fromkeys(near))


def _candidates(shows: list[Show]) -> list[FieldError]:
    return [
        FieldError(field=FIELD, code="ambiguous", message=f"{show.slug}: {show.title_it}")
        for show in shows[:MOST_CANDIDATES]
    ]


def shows_with_dates(*, over: bool = False) -> list[ShowWithDates]:
    """In order of their first performance. Without `over`, not those whose last one has begun. One statement."""
    to_come = Q(performances__starts_at__gt=Now(), performances__cancelled_at__isnull=True)
    shows = Show.objects.annotate(
        to_come=Count("performances", filter=to_come),
        performances_in_all=Count("performances"),
        first_at=Min("performances__starts_at"),
        last_at=Max("performances__starts_at"),
    ).order_by("first_at", "slug")
    return [
        ShowWithDates(
            show=show,
            to_come=show.to_come,
            performances=show.performances_in_all,
            first_at=show.first_at,
            last_at=show.last_at,
        )
        for show in (shows if over else shows.filter(Q(last_at=None) | Q(last_at__gt=Now())))
    ]
