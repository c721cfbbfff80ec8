"""One function a page of the site: what it is called, what it shows, what it tells search engines.

They raise `not_found` for what is not there. The active language is the page's own.
"""

from collections.abc import Sequence
from html import unescape
from typing import Any

from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from azionelab.company import selectors as company
from azionelab.company.models import PRIVACY, Page
from azionelab.core.errors import DomainError
from azionelab.core.languages import text_in
from azionelab.core.markdown import to_html
from azionelab.core.serializers import shape_of
from azionelab.programme import selectors as programme
from azionelab.programme.api import poster_shape
from azionelab.programme.models import BookingState, Show, Venue
from azionelab.reservations.selectors import BookablePerformance, bookable_performance, bookable_performances
from azionelab.website import answers, structured_data, words
from azionelab.website.site_page import Link, SitePage

# What search engines show of a description.
_MOST_CHARACTERS = 160


def home(language: str) -> SitePage:
    evenings = bookable_performances(since=answers.still_on_since())
    shows = list(programme.current_shows())
    first = _next_on_stage(evenings)
    return SitePage(
        path="",
        heading="",
        description=_tagline(language),
        overline=gettext("Next on stage") if first else "",
        picture=poster_shape(first.performance.show, language) if first else None,
        share_url=structured_data.share_address(first.performance.show.poster) if first else "",
        dates=_dates(evenings[:6], language),
        links=[_link_to_show(show, language) for show in shows],
        structured=[structured_data.theatre_group(company.company(), language)],
        answers={**answers.performances(evenings, language), **answers.shows(shows, language)},
    )


def _next_on_stage(evenings: Sequence[BookablePerformance]) -> BookablePerformance | None:
    """As the application chooses it (`nextOnStage`): the first evening one can still go to, else the first to come."""
    open_ones = (row for row in evenings if row.state == BookingState.OPEN)
    to_come = (
        row for row in evenings if row.performance.cancelled_at is None and row.performance.starts_at > timezone.now()
    )
    return next(open_ones, None) or next(to_come, None)


def season(language: str) -> SitePage:
    evenings = bookable_performances(since=answers.still_on_since())
    shows = list(programme.current_shows())
    return SitePage(
        path="season",
        heading=gettext("The season"),
        description=gettext("Every date and every show. Admission is free; reserve your seat."),
        share_url=structured_data.share_address(shows[0].poster) if shows else "",
        dates=_dates(evenings, language),
        links=[_link_to_show(show, language) for show in shows],
        structured=_events(evenings, language),
        answers={**answers.performances(evenings, language), **answers.shows(shows, language)},
    )


def archive(language: str) -> SitePage:
    shows = list(programme.archived_shows())
    return SitePage(
        path="archive",
        heading=gettext("Archive"),
        description=gettext("The shows we have played."),
        links=[_link_to_show(show, language) for show in shows],
        answers=answers.shows(shows, language, archive=True),
    )


def show(language: str, slug: str) -> SitePage:
    row = programme.published_show(slug)
    evenings = bookable_performances(show=slug, since=answers.still_on_since())
    html = to_html(text_in(language, row, "synopsis"))
    description = text_in(language, row, "subtitle") or _first_words(html)
    share_url = structured_data.share_address(row.poster)
    play = structured_data.play(row, language, description, share_url)
    return SitePage(
        path=f"shows/{slug}",
        heading=text_in(language, row, "title"),
        description=_first_words(html) or description,
        overline=row.author,
        picture=poster_shape(row, language),
        share_url=share_url,
        facts=_facts_of(row, language),
        dates=_dates(evenings, language, names_show=False),
        html=html + to_html(text_in(language, row, "credits")),
        structured=_events(evenings, language) or [play],
        answers={
            **answers.show(row, language),
            **answers.performances(evenings, language, question=f"show={slug}"),
        },
    )


def venue(language: str, slug: str) -> SitePage:
    row = programme.venue_named(slug)
    evenings = bookable_performances(venue=slug, since=answers.still_on_since())
    pictures = list(row.pictures.all())
    html = to_html(text_in(language, row, "directions")) + to_html(text_in(language, row, "access"))
    return SitePage(
        path=f"venues/{slug}",
        heading=row.name,
        description=_first_words(f"{row.address}. {html}"),
        overline=row.address,
        picture=shape_of(pictures[0], language) if pictures else None,
        share_url=structured_data.share_address(pictures[0].image) if pictures else "",
        facts=[(gettext("Access"), _steps(row))],
        dates=_dates(evenings, language),
        html=html,
        structured=[structured_data.place(row)],
        answers={
            **answers.venue(row, language),
            **answers.performances(evenings, language, question=f"venue={slug}"),
        },
    )


def performance(language: str, performance_id: int) -> SitePage:
    bookable = bookable_performance(performance_id)
    row = bookable.performance
    share_url = structured_data.share_address(row.show.poster)
    return SitePage(
        path=f"performances/{row.pk}",
        heading=text_in(language, row.show, "title"),
        description=f"{words.when(row)}, {words.where(row)}. {words.standing(bookable)}.",
        overline=words.when(row),
        picture=poster_shape(row.show, language),
        share_url=share_url,
        facts=[(gettext("Where"), words.where(row)), (gettext("Seats"), words.standing(bookable))],
        links=[_link_to_show(row.show, language)],
        structured=[structured_data.theatre_event(bookable, language, share_url)],
        answers=answers.performance(bookable, language),
    )


def page(language: str, slug: str) -> SitePage:
    return _of_company(company.published_page(slug), language, f"pages/{slug}")


def privacy(language: str) -> SitePage:
    """What the site itself says of privacy is the application's; what the company adds is one of its pages."""
    try:
        return _of_company(company.published_page(PRIVACY), language, PRIVACY)
    except DomainError:
        return SitePage(path=PRIVACY, heading=gettext("Privacy"))


def private(path: str) -> SitePage:
    """Whose page it is, the link's fragment says, and that stays in the browser."""
    headings = {
        "reservation": gettext("Your reservation"),
        "find-reservation": gettext("Find your reservation"),
        "t": gettext("Ticket"),
    }
    return SitePage(path=path, heading=headings.get(path, gettext("Look in your mail")), is_indexed=False)


def not_found(path: str) -> SitePage:
    return SitePage(
        path=path,
        heading=gettext("This page is not here"),
        description=gettext("The address may be mistyped, or the page has been taken off the site."),
        status=404,
        is_indexed=False,
    )


# Parts --------------------------------------------------------------------------------------------------------------


def _of_company(row: Page, language: str, path: str) -> SitePage:
    pictures = list(row.pictures.all())
    html = to_html(text_in(language, row, "body"), {each.name: shape_of(each, language) for each in pictures})
    return SitePage(
        path=path,
        heading=text_in(language, row, "title"),
        description=text_in(language, row, "lead") or _first_words(html),
        share_url=structured_data.share_address(pictures[0].image) if pictures else "",
        html=html,
        answers=answers.page(row, language),
    )


def _tagline(language: str) -> str:
    said = text_in(language, company.company(), "tagline")
    return said or gettext("Admission is free; reserve your seat.")


def _dates(evenings: Sequence[BookablePerformance], language: str, *, names_show: bool = True) -> list[Link]:
    return [
        Link(
            text=": ".join(
                filter(
                    None,
                    (
                        text_in(language, row.performance.show, "title") if names_show else "",
                        words.when(row.performance),
                    ),
                )
            ),
            path=f"performances/{row.performance.pk}",
            more=f"{row.performance.venue.name}. {words.standing(row)}",
        )
        for row in evenings
    ]


def _link_to_show(row: Show, language: str) -> Link:
    return Link(text=text_in(language, row, "title"), path=f"shows/{row.slug}", more=row.author)


def _events(evenings: Sequence[BookablePerformance], language: str) -> list[dict[str, Any]]:
    return [
        structured_data.theatre_event(row, language, structured_data.share_address(row.performance.show.poster))
        for row in evenings
    ]


def _facts_of(row: Show, language: str) -> list[tuple[str, str]]:
    minutes = ngettext("%(n)d minute", "%(n)d minutes", row.duration_minutes) % {"n": row.duration_minutes}
    facts = [
        (gettext("Duration"), minutes),
        (gettext("Language"), text_in(language, row, "spoken_language")),
        (gettext("Age"), text_in(language, row, "age_advice")),
        (gettext("Please note"), text_in(language, row, "content_warnings")),
    ]
    return [(name, value) for name, value in facts if value]


def _steps(row: Venue) -> str:
    return gettext("Step-free entrance") if row.step_free_access else gettext("There are steps at the entrance")


def _first_words(html: str) -> str:
    """The beginning of a text, without its marks, as long as search engines show it."""
    text = " ".join(unescape(strip_tags(html.replace("</p>", " ").replace("</h2>", ". "))).split())
    return str(Truncator(text).chars(_MOST_CHARACTERS))
