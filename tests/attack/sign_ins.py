"""Signing in and asking for links: nothing is told of who is known, and a session is one person's for a time."""

from __future__ import annotations

import random
import statistics
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from uuid import uuid4

from attack.outcome import Outcome
from attack.stage import Stage
from attack.street import Seen, Street, Visit, new_street
from lab.http import Answer
from lab.staff import Session

# Of the slower median by the faster one; more would tell who is known.
SAME_TIME = 1.10
BY_CHANCE, SHUFFLES = 0.01, 1_000
# Of each kind; they say when, or by which request, and not what.
OF_THE_MOMENT = ("Date", "X-Request-ID", "Set-Cookie")


@dataclass(frozen=True)
class Scale:
    """How often each address is asked about, and each name is tried: that takes the server a third of a second."""

    addresses: int
    names: int


def attack(stage: Stage, scale: Scale, seed: int) -> Outcome:
    outcome = Outcome("sign-ins", "Known and unknown people get the same answer; sessions begin anew, and end")
    chance = random.Random(seed)
    _ask_for_links(stage, outcome, scale.addresses, chance)
    with new_street(stage.lab) as street:
        _try_names(stage, street, outcome, scale.names, chance)
    _use_sessions(stage, outcome)
    return outcome


# Known and unknown --------------------------------------------------------------------------------------------------


def _ask_for_links(stage: Stage, outcome: Outcome, number: int, chance: random.Random) -> None:
    """Of as many guests who have reserved as of people who have not, in an order of chance."""
    stage.add_reservations(number)
    found = stage.lab.psql(f"SELECT email FROM reservations_reservation ORDER BY id DESC LIMIT {number}")
    asked = [("known", email) for email in found.split()]
    asked += [("unknown", f"guest-{uuid4().hex[:6]}@example.org") for _ in range(number)]
    chance.shuffle(asked)
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    said = {}
    for kind, email in asked:
        began = time.perf_counter()
        answer = stage.lab.request("POST", "/api/v1/reservations/resend/", body={"email": email})
        times[kind].append(time.perf_counter() - began)
        said[kind] = (answer.status, _constant(dict(answer.headers)), answer.body)
    outcome.tried += len(asked)
    outcome.expect(said["known"] == said["unknown"], "who has reserved gets another answer", str(said))
    _compare(outcome, "links of an address", times, chance)


def _try_names(stage: Stage, street: Street, outcome: Outcome, number: int, chance: random.Random) -> None:
    """Of somebody who has an account, somebody whose account was closed, and nobody; each from another address."""
    stage.lab.add_account("gone", "door")
    closed = stage.lab.azione("users", "close", "gone", "--yes")
    assert closed.returncode == 0, closed.stderr
    names = {"known": "door", "closed": "gone", "unknown": "nobody"}
    order = [kind for kind in names for _ in range(number)]
    chance.shuffle(order)
    visits = [_attempt(street.address(n), names[kind]) for n, kind in enumerate(order)]
    seen = street.visit(visits, at_once=1)
    outcome.tried += len(seen)
    answers = {kind: {_told(one) for one, was in zip(seen, order, strict=True) if was == kind} for kind in names}
    same = len(set().union(*answers.values())) == 1
    outcome.expect(same, "a name that is known gets another answer", str(answers))
    times = {kind: [one.seconds for one, was in zip(seen, order, strict=True) if was == kind] for kind in names}
    _compare(outcome, "a wrong password", times, chance)


def _attempt(source: str, username: str) -> Visit:
    token = "b" * 32
    headers = {"Cookie": f"csrftoken={token}", "X-CSRFToken": token}
    return Visit("POST", "/api/v1/staff/session/", source, headers, {"username": username, "password": "wrong-one"})


def _told(seen: Seen) -> tuple[int, str, str]:
    return seen.status, str(_constant(dict(seen.headers))), seen.text


def _constant(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in OF_THE_MOMENT}


def _compare(outcome: Outcome, what: str, times: dict[str, list[float]], chance: random.Random) -> None:
    """By their medians: one slow answer says nothing. What a busy machine makes of few of them is no finding."""
    medians = {kind: statistics.median(each) for kind, each in times.items()}
    told = ", ".join(f"{kind} {1000 * median:.1f} ms" for kind, median in medians.items())
    slowest, fastest = max(medians, key=medians.__getitem__), min(medians, key=medians.__getitem__)
    ratio = medians[slowest] / medians[fastest]
    by_chance = _by_chance(times[slowest], times[fastest], chance)
    number = len(times[slowest])
    outcome.figures.append(f"{what}, median of {number} each: {told} ({ratio - 1:+.0%}; by chance {by_chance:.0%})")
    told_apart = ratio > SAME_TIME and by_chance < BY_CHANCE
    outcome.expect(not told_apart, f"{what}: the time tells who is known", told)


def _by_chance(slower: list[float], faster: list[float], chance: random.Random) -> float:
    """How often medians lie as far apart where the same times are dealt out anew."""
    apart = statistics.median(slower) - statistics.median(faster)
    together, number = slower + faster, 0
    for _ in range(SHUFFLES):
        chance.shuffle(together)
        here, there = together[: len(slower)], together[len(slower) :]
        number += abs(statistics.median(here) - statistics.median(there)) >= apart
    return number / SHUFFLES


# Sessions -----------------------------------------------------------------------------------------------------------


def _use_sessions(stage: Stage, outcome: Outcome) -> None:
    first = stage.signed_in("manager")
    _look_at_cookies(stage, outcome)
    _sign_in_again(stage, outcome, first)
    _leave(stage, outcome, stage.signed_in("manager"))
    _come_with_a_known_session(stage, outcome)
    _new_password(stage, outcome)


def _look_at_cookies(stage: Stage, outcome: Outcome) -> None:
    """(That they are Secure where the site is https is seen in tests/stack.)"""
    session = Session(stage.lab)
    session.who()
    answer = session.sign_in("manager", stage.lab.password)
    morsels = {}
    for line in answer.headers.get_all("Set-Cookie") or []:
        morsels |= dict(SimpleCookie(line))
    outcome.expect({"sessionid", "csrftoken"} <= set(morsels), "signing in sets no session", str(morsels))
    for name, morsel in morsels.items():
        wanted = morsel["samesite"] == "Lax" and morsel["path"] == "/" and not morsel["domain"]
        outcome.expect(wanted, f"the cookie {name} goes too far", morsel.OutputString())
        outcome.expect(bool(morsel["httponly"]) == (name != "csrftoken"), f"a script reads {name}", str(morsel))
    outcome.expect(answer.headers["Cache-Control"] == "no-store", "the answer with the session can be kept")


def _sign_in_again(stage: Stage, outcome: Outcome, session: Session) -> None:
    before = dict(session.cookies)
    answer = session.sign_in("manager", stage.lab.password)
    outcome.expect(answer.status == 200, "signing in a second time fails", answer.text)
    same = [name for name in ("sessionid", "csrftoken") if session.cookies[name] == before[name]]
    outcome.expect(not same, "signing in keeps what was there before", str(same))
    outcome.expect(_name_of(stage, before) is None, "the session before the second sign-in still opens")


def _leave(stage: Stage, outcome: Outcome, session: Session) -> None:
    kept = dict(session.cookies)
    outcome.expect(_name_of(stage, kept) == "manager", "a session opens nothing")
    left = session.request("DELETE", "/api/v1/staff/session/")
    outcome.expect(left.status == 204, "signing out fails", left.text)
    outcome.expect(_name_of(stage, kept) is None, "a session that was left still opens")


def _come_with_a_known_session(stage: Stage, outcome: Outcome) -> None:
    """Who plants a session in somebody's browser does not share it once they sign in."""
    planted = uuid4().hex
    victim = Session(stage.lab, {"sessionid": planted})
    answer = victim.sign_in("manager", stage.lab.password)
    outcome.expect(answer.status == 200, "a stale session keeps somebody from signing in", answer.text)
    outcome.expect(victim.cookies["sessionid"] != planted, "a planted session is taken over")
    outcome.expect(_name_of(stage, {"sessionid": planted}) is None, "a planted session opens")


def _new_password(stage: Stage, outcome: Outcome) -> None:
    stage.lab.add_account("changing", "managers")
    session = stage.signed_in("changing")
    words = stage.lab.azione(
        "users", "password", "changing", "--password-stdin", "--yes", stdin=f"{stage.lab.password}-and-more"
    )
    assert words.returncode == 0, words.stderr
    outcome.expect(_name_of(stage, session.cookies) is None, "a new password leaves sessions open")


def _name_of(stage: Stage, cookies: dict[str, str]) -> str | None:
    """Whom these cookies stand for."""
    answer: Answer = Session(stage.lab, dict(cookies)).who()
    name: str | None = answer.json["username"]
    return name
