"""Performances named as people name them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance, Show
from azionelab.programme.naming import MOST_CANDIDATES, performance_named
from tests.cast import make_performance, make_show

pytestmark = pytest.mark.django_db
EVENING = datetime(2041, 12, 5, 19, 30, tzinfo=UTC)  # 20:30 in Rome


@pytest.fixture
def locandiera() -> Show:
    return make_show(slug="la-locandiera")


@pytest.fixture
def evening(locandiera: Show) -> Performance:
    return make_performance(show=locandiera, starts_at=EVENING)


def refusal(name: str) -> DomainError:
    with pytest.raises(DomainError) as refused:
        performance_named(name)
    return refused.value


@pytest.mark.parametrize(
    "name", ["{id}", " {id} ", "la-locandiera@2041-12-05", "locandiera@2041-12-05", "Locandiera@2041-12-05", "NEXT"]
)
def test_name_means_one_performance(evening: Performance, name: str) -> None:
    assert performance_named(name.format(id=evening.pk)) == evening


def test_exact_slug_wins_over_one_that_holds_it(evening: Performance) -> None:
    make_performance(show=make_show(slug="la-locandiera-per-ragazzi"), starts_at=EVENING)
    assert performance_named("la-locandiera@2041-12-05") == evening


def test_night_belongs_to_the_evening_before(locandiera: Show) -> None:
    midnight = make_performance(show=locandiera, starts_at=EVENING + timedelta(hours=4))  # 00:30 in Rome
    assert performance_named("locandiera@2041-12-05") == midnight


def test_draft_is_found(evening: Performance) -> None:
    Show.objects.update(status=Show.Status.DRAFT)
    assert performance_named("locandiera@2041-12-05") == evening


def test_next_skips_what_has_begun_and_what_is_cancelled(evening: Performance) -> None:
    make_performance(starts_in=timedelta(minutes=-10))
    make_performance(starts_in=timedelta(minutes=10), cancelled_at=timezone.now())
    assert performance_named("next") == evening


def test_next_with_two_rooms_at_once_is_ambiguous(evening: Performance) -> None:
    other = make_performance(starts_at=EVENING)
    assert [error.message.split(":")[0] for error in refusal("next").errors] == [str(evening.pk), str(other.pk)]


def test_tonight_goes_on_after_the_start(noon: None) -> None:
    begun = make_performance(starts_in=timedelta(seconds=-1))
    assert performance_named("tonight") == begun


def test_tonight_leaves_the_cancelled_out(noon: None) -> None:
    make_performance(starts_in=timedelta(seconds=-1), cancelled_at=timezone.now())
    assert refusal("tonight").code == Code.NOT_FOUND


def test_ambiguous_name_lists_candidates(locandiera: Show, evening: Performance) -> None:
    matinee = make_performance(show=locandiera, starts_at=EVENING - timedelta(hours=4), cancelled_at=timezone.now())
    refused = refusal("locandiera@2041-12-05")
    assert (refused.code, refused.meaning.exit_code) == (Code.VALIDATION_FAILED, 2)
    assert [(error.code, error.message) for error in refused.errors] == [
        ("ambiguous", f"{matinee.pk}: La locandiera, 2041-12-05 16:30, La Cantina, cancelled"),
        ("ambiguous", f"{evening.pk}: La locandiera, 2041-12-05 20:30, La Cantina"),
    ]


def test_ambiguous_name_lists_only_so_many(locandiera: Show, evening: Performance) -> None:
    for minutes in range(1, MOST_CANDIDATES + 5):
        make_performance(show=locandiera, starts_at=EVENING + timedelta(minutes=minutes))
    assert len(refusal("locandiera@2041-12-05").errors) == MOST_CANDIDATES


def test_name_of_a_show_alone_lists_its_performances_to_come(locandiera: Show, evening: Performance) -> None:
    make_performance(show=locandiera, starts_in=timedelta(days=-1))
    refused = refusal("Locandiera")
    assert refused.detail == "'Locandiera' is a show. Name one of its performances, by its id or as SHOW@YYYY-MM-DD."
    assert [(error.code, error.message) for error in refused.errors] == [
        ("ambiguous", f"{evening.pk}: La locandiera, 2041-12-05 20:30, La Cantina")
    ]


@pytest.mark.parametrize("name", ["0", "99999999", "9" * 30, "9" * 5000, "next", "tonight", "amleto@2041-12-05"])
def test_unknown_name_is_not_found(name: str) -> None:
    assert refusal(name).code == Code.NOT_FOUND


@pytest.mark.parametrize(
    "name",
    [
        "",
        "amleto",
        "@2041-12-05",
        "locandiera@",
        "locandiera@domani",
        "locandiera@2041-02-30",
        "-1",
        "１",
        "x\udc80@2041-12-05",
    ],
)
def test_unreadable_name_is_refused_with_the_ways_to_write_it(name: str) -> None:
    refused = refusal(name)
    assert (refused.code, refused.errors[0].code) == (Code.VALIDATION_FAILED, "invalid")
    assert "SHOW@YYYY-MM-DD" in refused.errors[0].message
