"""All rules, and what asks them."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection

from azionelab.checkin.integrity import door, seats, structure
from azionelab.checkin.integrity.rule import Rule

# Of each rule: whoever reads a thousand of them knows no more than whoever reads twenty.
MOST_TOLD = 20


class Broken(NamedTuple):
    """How often a rule is broken, and a sentence each for the first few times."""

    times: int
    told: list[str]


def all_rules() -> list[Rule]:
    return [*structure.rules(), *seats.RULES, *door.RULES]


def ask(rule: Rule) -> Broken:
    """One statement."""
    with connection.cursor() as cursor:
        # Without parameters, so that the % of format() stand for themselves.
        cursor.execute(f"SELECT message, count(*) OVER () FROM ({rule.sql}) AS broken (message) LIMIT {MOST_TOLD}")  # noqa: S608
        rows = cursor.fetchall()
    return Broken(times=rows[0][1] if rows else 0, told=[message for message, _times in rows])


def broken_rules() -> Iterator[tuple[Rule, Broken]]:
    for rule in all_rules():
        broken = ask(rule)
        if broken.times:
            yield rule, broken
