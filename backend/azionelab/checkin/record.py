"""The rules of the door, live and afterwards, without a database.

`decide` is what a live scan is told. `hold_true` replays what happened in its order and says, for everybody who went
in, which rule carries them: as their reservation's guests, as people without one, or as a conflict for a person to
settle. It never drops anybody, and it sees facts and rows alone: whatever order they were delivered in, it ends the
same. A live scan is the case in which the newest fact comes last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from azionelab.checkin.models import ConflictRule, DecidedBy, Outcome, ScanKind


class RecordedScan(Protocol):
    """What the rules read of a Scan."""

    pk: int
    scan_id: UUID
    decided_by: str
    kind: str
    outcome: str
    seats_admitted: int
    override: bool
    undoes: UUID | None
    happened_at: datetime
    performance_id: int
    reservation_id: int | None

    @property
    def sent_away_at(self) -> datetime | None: ...


S = TypeVar("S", bound=RecordedScan)


@dataclass(frozen=True, kw_only=True)
class Party:
    """A Reservation as the door's rules see it."""

    reservation_id: int
    performance_id: int
    seats: int
    is_confirmed: bool
    cancelled_at: datetime | None = None
    # A reservation that was cancelled later had been good before.
    was_confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class Evening:
    """A Performance as the door's rules see it; `room` is what confirmed reservations leave for others."""

    performance_id: int
    cancelled_at: datetime | None = None
    room: int = 0


@dataclass(frozen=True, kw_only=True)
class Fact:
    """People who went in. `revoked_at` is when their device was sent away."""

    scan_pk: int
    scan_id: UUID
    kind: ScanKind
    reservation_id: int | None
    performance_id: int
    seats: int
    happened_at: datetime
    override: bool = False
    revoked_at: datetime | None = None
    device_id: UUID | None = None
    # The seats that the device could give by itself; None where nobody counts them, or the server did beforehand.
    allowance: int | None = None

    @property
    def order(self) -> tuple[datetime, UUID]:
        return self.happened_at, self.scan_id


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What carries the people of one fact; the three numbers add up to its seats."""

    fact: Fact
    as_guests: int = 0
    as_walk_ins: int = 0
    in_conflict: int = 0
    rule: ConflictRule | None = None
    first: Fact | None = None


# What is a fact -----------------------------------------------------------------------------------------------------


def what_happened(scans: Iterable[S]) -> list[S]:
    """One scan for each scan_id: the device's own where it has one, since people followed the device."""
    chosen: dict[UUID, S] = {}
    for scan in scans:
        if scan.scan_id not in chosen or scan.decided_by == DecidedBy.DEVICE:
            chosen[scan.scan_id] = scan
    return list(chosen.values())


def taken_back(scans: Iterable[RecordedScan]) -> set[tuple[int, UUID]]:
    """Performance and scan_id of what an undo takes back, whoever decided it; not a phone that had been sent away."""
    return {
        (scan.performance_id, scan.undoes)
        for scan in scans
        if scan.kind == ScanKind.UNDO
        and scan.outcome == Outcome.UNDONE
        and scan.undoes is not None
        and not _before(scan.sent_away_at, scan.happened_at)
    }


def is_admission(scan: RecordedScan) -> bool:
    return scan.kind in (ScanKind.TICKET, ScanKind.WALK_IN) and scan.seats_admitted > 0


# Live ---------------------------------------------------------------------------------------------------------------


def refusal(party: Party | None, evening: Evening, at: datetime | None = None) -> ConflictRule | None:
    """Why a ticket does not open this door, whatever is left of its party; `at` is when, None is now."""
    if party is None:
        return ConflictRule.UNKNOWN
    if party.performance_id != evening.performance_id:
        return ConflictRule.WRONG_PERFORMANCE
    if _before(party.cancelled_at, at) or _before(evening.cancelled_at, at):
        return ConflictRule.CANCELLED
    was_good = party.is_confirmed or (party.cancelled_at is not None and party.was_confirmed)
    return None if was_good else ConflictRule.NOT_CONFIRMED


def _before(moment: datetime | None, at: datetime | None) -> bool:
    return moment is not None and (at is None or moment < at)


@dataclass(frozen=True, kw_only=True)
class Decision:
    outcome: Outcome
    seats: int = 0
    override: bool = False


def decide(
    party: Party | None, evening: Evening, *, admitted: int, asked: int | None, may_exceed: bool = False
) -> Decision:
    """What a ticket is told now: the rules in the order in which they are told.

    `may_exceed` is a manager's reason, which lets in more than are left of the party, but has to say how many.
    """
    refused = refusal(party, evening)
    if party is None or refused is not None:
        return Decision(outcome=Outcome(refused or ConflictRule.UNKNOWN))
    left = max(party.seats - admitted, 0)
    seats = left if asked is None else asked
    if seats > left and may_exceed:
        return Decision(outcome=Outcome.ADMITTED, seats=seats, override=True)
    if left == 0:
        return Decision(outcome=Outcome.ALREADY_ADMITTED)
    return Decision(outcome=Outcome.OVER_PARTY) if seats > left else Decision(outcome=Outcome.ADMITTED, seats=seats)


# Afterwards ---------------------------------------------------------------------------------------------------------


def hold_true(evening: Evening, parties: Iterable[Party], facts: Iterable[Fact]) -> list[Standing]:
    """What carries everybody in `facts`, all of one performance; those of each party must be complete.

    Parties first, in the order of what happened; then those without a reservation share the room.
    """
    by_party: dict[int | None, list[Fact]] = {}
    for fact in sorted(facts, key=lambda fact: fact.order):
        by_party.setdefault(fact.reservation_id, []).append(fact)
    known = {party.reservation_id: party for party in parties}
    standings: list[Standing] = []
    for reservation_id, own in by_party.items():
        party = known.get(reservation_id) if reservation_id is not None else None
        tickets = [fact for fact in own if fact.kind == ScanKind.TICKET]
        standings += _hold_party(party, evening, tickets)
    walk_ins = [fact for own in by_party.values() for fact in own if fact.kind == ScanKind.WALK_IN]
    return _share_room(evening, standings, walk_ins)


@dataclass
class _Ledger:
    """The facts of one party so far: how many are in, and who let in the first of them."""

    admitted: int = 0
    first: Fact | None = None


def _hold_party(party: Party | None, evening: Evening, facts: Sequence[Fact]) -> list[Standing]:
    ledger = _Ledger()
    return [_hold(party, evening, fact, ledger) for fact in facts]


def _hold(party: Party | None, evening: Evening, fact: Fact, ledger: _Ledger) -> Standing:
    refused = refusal(party, evening, fact.happened_at) or _sent_away(fact)
    if party is None or refused is not None:
        return Standing(fact=fact, in_conflict=fact.seats, rule=refused, first=ledger.first)
    left = max(party.seats - ledger.admitted, 0)
    first, fitting = ledger.first, min(fact.seats, left)
    surplus = fact.seats - fitting
    if fitting:
        ledger.admitted += fitting
        ledger.first = ledger.first or fact
    if not surplus:
        return Standing(fact=fact, as_guests=fitting)
    if fact.override:
        return Standing(fact=fact, as_guests=fitting, as_walk_ins=surplus)
    rule = ConflictRule.ALREADY_ADMITTED if left == 0 else ConflictRule.OVER_PARTY
    return Standing(fact=fact, as_guests=fitting, in_conflict=surplus, rule=rule, first=first)


def _sent_away(fact: Fact) -> ConflictRule | None:
    return ConflictRule.DEVICE_REVOKED if _before(fact.revoked_at, fact.happened_at) else None


def _share_room(evening: Evening, parties: list[Standing], walk_ins: Sequence[Fact]) -> list[Standing]:
    """Walk-ins, in order, after those whom a manager let in with a party: both take from the same room."""
    surplus = [standing for standing in parties if standing.as_walk_ins]
    taking = sorted([*(standing.fact for standing in surplus), *walk_ins], key=lambda fact: fact.order)
    with_party = {standing.fact.scan_pk: standing.as_walk_ins for standing in surplus}
    used, shared = 0, list(parties)
    trusted = _trusted(walk_ins)
    for fact in taking:
        if fact.scan_pk in with_party:
            used += with_party[fact.scan_pk]
            continue
        standing = _seat(evening, fact, evening.room - used, trusted.get(fact.scan_pk, fact.seats))
        used += standing.as_walk_ins
        shared.append(standing)
    return shared


def _trusted(walk_ins: Sequence[Fact]) -> dict[int, int]:
    """How many of a fact's people its device could let in by itself, by scan. What the server gave counts first."""
    given: dict[UUID | None, int] = {}
    for fact in walk_ins:
        if fact.allowance is None and not fact.override:
            given[fact.device_id] = given.get(fact.device_id, 0) + fact.seats
    trusted: dict[int, int] = {}
    for fact in sorted(walk_ins, key=lambda fact: fact.order):
        if fact.allowance is None or fact.override:
            continue
        before = given.get(fact.device_id, 0)
        trusted[fact.scan_pk] = min(fact.seats, max(fact.allowance - before, 0))
        given[fact.device_id] = before + fact.seats
    return trusted


def _seat(evening: Evening, fact: Fact, left: int, trusted: int) -> Standing:
    cancelled = _before(evening.cancelled_at, fact.happened_at)
    refused = ConflictRule.CANCELLED if cancelled else _sent_away(fact)
    if refused is not None:
        return Standing(fact=fact, in_conflict=fact.seats, rule=refused)
    fitting = fact.seats if fact.override else min(trusted, max(left, 0))
    if fitting == fact.seats:
        return Standing(fact=fact, as_walk_ins=fitting)
    rule = ConflictRule.NOT_ALLOWED if trusted < fact.seats else ConflictRule.NO_SEATS_LEFT
    return Standing(fact=fact, as_walk_ins=fitting, in_conflict=fact.seats - fitting, rule=rule)
