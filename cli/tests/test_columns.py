"""How a table finds its place in a narrow terminal: pure arithmetic."""

import pytest

from azione.columns import GAP, fit

ROWS = [
    ("ID", "Show", "When", "Venue"),
    ("4", "La locandiera", "Sat 5 Dec, 20:30", "Teatro del Ponte, Sala grande"),
    ("12", "Sogno di una notte", "Sun 6 Dec, 16:00", "La Cantina"),
]


def widths(width: int, *, spare: tuple[int, ...] = ()) -> list[int]:
    return list(fit(ROWS, range(4), width=width, wraps=(1, 3), spare=spare).values())


def test_all_fits_as_it_is() -> None:
    assert widths(80) == [2, 18, 16, 29]


def test_spare_column_goes_where_a_row_would_need_two_lines() -> None:
    assert widths(71, spare=(3,)) == [2, 18, 16, 29]
    assert widths(70, spare=(3,)) == [2, 18, 16]


@pytest.mark.parametrize("width", [70, 60, 50, 43])
def test_only_what_wraps_gives_way_down_to_its_longest_word(width: int) -> None:
    found = widths(width)
    assert sum(found) + 3 * GAP == width
    assert (found[0], found[2]) == (2, 16)
    assert found[1] >= len("locandiera")
    assert found[3] >= len("Cantina")


@pytest.mark.parametrize("width", [40, 30, 20])
def test_where_nothing_else_helps_words_are_broken_and_nothing_is_cut_off(width: int) -> None:
    found = widths(width)
    assert sum(found) + 3 * GAP == width
    assert min(found) >= 1


def test_wide_letters_count_as_the_cells_they_take() -> None:
    assert fit([("名前",)], [0], width=80, wraps=(), spare=()) == {0: 4}


def test_columns_that_are_not_used_are_not_there() -> None:
    assert fit(ROWS, [0, 2], width=80, wraps=(), spare=()) == {0: 2, 2: 16}
