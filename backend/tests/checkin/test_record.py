"""The rules of the door by themselves: no database is asked."""

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from azionelab.checkin.models import ConflictRule, ScanKind
from azionelab.checkin.record import Evening, Fact, Party, Standing, decide, hold_true

DECISIONS = json.loads((Path(__file__).parents[3] / "contracts" / "door" / "decisions.json").read_text("utf-8"))
EIGHT = datetime(2026, 11, 21, 20, tzinfo=UTC)
THIS, OTHER = 42, 43
EVENING = Evening(performance_id=THIS, room=3)


def at(minutes: int) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def party(seats: int = 4, **changes: Any) -> Party:
    values = {"reservation_id": 1, "performance_id": THIS, "seats": seats, "is_confirmed": True, "was_confirmed": True}
    return Party(**values | changes)


def fact(number: int, seats: int, minute: int | None = None, **changes: Any) -> Fact:
    values = {
        "scan_pk": number,
        "scan_id": UUID(int=number),
        "kind": ScanKind.TICKET,
        "reservation_id": 1,
        "performance_id": THIS,
        "seats": seats,
        "happened_at": at(number if minute is None else minute),
    }
    return Fact(**values | changes)


def walk_in(number: int, seats: int, minute: int | None = None, **changes: Any) -> Fact:
    return fact(number, seats, minute, kind=ScanKind.WALK_IN, reservation_id=None, **changes)


def told(standings: list[Standing]) -> list[tuple[Any, ...]]:
    """For each fact: its number, guests, walk-ins, those in conflict, why, and who was first."""
    return sorted(
        (
            one.fact.scan_pk,
            one.as_guests,
            one.as_walk_ins,
            one.in_conflict,
            str(one.rule or ""),
            one.first.scan_pk if one.first else None,
        )
        for one in standings
    )


def hold(*facts: Fact, parties: tuple[Party, ...] = (party(),), evening: Evening = EVENING) -> list[tuple[Any, ...]]:
    """In whatever order the facts are given, the same."""
    [answer] = {tuple(told(hold_true(evening, parties, order))) for order in permutations(facts)}
    return list(answer)


# Live


@pytest.mark.parametrize("case", DECISIONS, ids=lambda case: case["name"])
def test_decision_is_the_one_that_phones_come_to(case: dict[str, Any]) -> None:
    reservation = case["reservation"]
    cancelled_at = EIGHT if reservation["status"] == "cancelled" else None
    listed = Party(
        reservation_id=1,
        performance_id=THIS if reservation["performance"] == "this" else OTHER,
        seats=reservation["seats"],
        is_confirmed=reservation["status"] == "confirmed",
        cancelled_at=cancelled_at,
        was_confirmed=True,
    )
    evening = Evening(performance_id=THIS, cancelled_at=EIGHT if case.get("performance_cancelled") else None)
    decision = decide(
        None if reservation["performance"] is None else listed,
        evening,
        admitted=case["admitted"],
        asked=case["asked"],
        may_exceed=case["manager_reason"],
    )
    assert (decision.outcome, decision.seats) == (case["outcome"], case["seats_admitted"])


# Parties


def test_party_that_fits_is_in() -> None:
    assert hold(fact(1, 1), fact(2, 3)) == [(1, 1, 0, 0, "", None), (2, 3, 0, 0, "", None)]


def test_second_phone_that_lets_in_the_same_seats_is_the_conflict() -> None:
    assert hold(fact(1, 4, minute=9), fact(2, 4, minute=5)) == [
        (1, 0, 0, 4, "already_admitted", 2),
        (2, 4, 0, 0, "", None),
    ]


def test_what_still_fits_is_in_and_the_rest_is_the_conflict() -> None:
    assert hold(fact(1, 3), fact(2, 2), fact(3, 1)) == [
        (1, 3, 0, 0, "", None),
        (2, 1, 0, 1, "over_party", 1),
        (3, 0, 0, 1, "already_admitted", 1),
    ]


def test_more_than_the_party_at_once_has_nobody_before_it() -> None:
    assert hold(fact(1, 6)) == [(1, 4, 0, 2, "over_party", None)]


def test_same_moment_is_settled_by_the_scan_id() -> None:
    assert hold(fact(2, 4, minute=5), fact(1, 4, minute=5))[1] == (2, 0, 0, 4, "already_admitted", 1)


def test_manager_lets_in_more_as_walk_ins() -> None:
    assert hold(fact(1, 3), fact(2, 3, override=True)) == [(1, 3, 0, 0, "", None), (2, 1, 2, 0, "", None)]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"is_confirmed": False, "was_confirmed": False}, "not_confirmed"),
        ({"is_confirmed": False, "cancelled_at": at(0)}, "cancelled"),
        ({"is_confirmed": False, "cancelled_at": at(1)}, ""),
        ({"is_confirmed": False, "cancelled_at": at(9)}, ""),
        ({"is_confirmed": False, "cancelled_at": at(9), "was_confirmed": False}, "not_confirmed"),
        ({"performance_id": OTHER}, "wrong_performance"),
    ],
)
@pytest.mark.parametrize("override", [False, True])
def test_reservation_that_was_no_good_then(changes: dict[str, Any], rule: str, override: bool) -> None:
    """A manager's reason is about numbers; it makes no reservation good."""
    [(_number, guests, walk_ins, in_conflict, why, _first)] = hold(
        fact(1, 2, override=override), parties=(party(**changes),)
    )
    assert (guests, walk_ins, in_conflict, why) == ((0, 0, 2, rule) if rule else (2, 0, 0, ""))


def test_ticket_that_nobody_knows_is_a_conflict() -> None:
    assert hold(fact(1, 2, reservation_id=None), parties=()) == [(1, 0, 0, 2, "unknown", None)]


@pytest.mark.parametrize(("cancelled", "rule"), [(0, "cancelled"), (1, ""), (2, "")])
def test_performance_cancelled_before_or_after(cancelled: int, rule: str) -> None:
    evening = Evening(performance_id=THIS, cancelled_at=at(cancelled), room=3)
    assert [row[4] for row in hold(fact(1, 2), walk_in(2, 1, minute=1), evening=evening)] == [rule, rule]


@pytest.mark.parametrize(("revoked", "rule"), [(0, "device_revoked"), (1, ""), (2, "")])
def test_device_sent_away_before_or_after(revoked: int, rule: str) -> None:
    rows = hold(fact(1, 2, revoked_at=at(revoked)), walk_in(2, 1, minute=1, revoked_at=at(revoked)))
    assert [row[4] for row in rows] == [rule, rule]


def test_conflict_takes_no_seat_from_those_with_a_right_to_it() -> None:
    assert hold(fact(1, 4, revoked_at=at(0)), fact(2, 4)) == [
        (1, 0, 0, 4, "device_revoked", None),
        (2, 4, 0, 0, "", None),
    ]


# Those without a reservation


def test_walk_ins_share_the_room_in_their_order() -> None:
    assert hold(walk_in(1, 2), walk_in(2, 2), walk_in(3, 1), parties=()) == [
        (1, 0, 2, 0, "", None),
        (2, 0, 1, 1, "no_seats_left", None),
        (3, 0, 0, 1, "no_seats_left", None),
    ]


LEFT = {"device_id": UUID(int=100), "allowance": 2}


def test_device_gives_no_more_seats_than_it_was_allowed() -> None:
    elsewhere = walk_in(4, 1, device_id=UUID(int=101), allowance=1)
    facts = [walk_in(1, 1, **LEFT), walk_in(2, 2, **LEFT), walk_in(3, 9, override=True, **LEFT), elsewhere]
    for order in permutations(facts):
        assert hold(*order, parties=(), evening=Evening(performance_id=THIS, room=20)) == [
            (1, 0, 1, 0, "", None),
            (2, 0, 1, 1, "not_allowed", None),
            (3, 0, 9, 0, "", None),
            (4, 0, 1, 0, "", None),
        ]


def test_what_the_server_gave_comes_off_the_allowance_first() -> None:
    live = walk_in(2, 2, device_id=UUID(int=100))
    assert hold(walk_in(1, 1, **LEFT), live, parties=()) == [(1, 0, 0, 1, "not_allowed", None), (2, 0, 2, 0, "", None)]


def test_manager_seats_walk_ins_where_there_is_no_room() -> None:
    assert hold(walk_in(1, 3), walk_in(2, 2, override=True), parties=()) == [
        (1, 0, 3, 0, "", None),
        (2, 0, 2, 0, "", None),
    ]


def test_surplus_of_a_party_and_walk_ins_share_the_same_room() -> None:
    assert hold(fact(1, 6, override=True), walk_in(2, 2)) == [
        (1, 4, 2, 0, "", None),
        (2, 0, 1, 1, "no_seats_left", None),
    ]


def test_room_that_was_sold_twice_over_is_no_room() -> None:
    evening = Evening(performance_id=THIS, room=0)
    assert hold(walk_in(1, 1), parties=(), evening=evening) == [(1, 0, 0, 1, "no_seats_left", None)]


def test_every_rule_of_a_conflict_is_tried_here() -> None:
    source = Path(__file__).read_text("utf-8")
    assert [rule for rule in ConflictRule.values if f'"{rule}"' not in source] == []
