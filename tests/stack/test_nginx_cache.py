"""The season opens, everybody reloads, and Django is asked once a second."""

import gzip
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from lab.front import CONFIGURATION, Front, new_front
from lab.http import Answer
from lab.waiting import wait_for

FRONTEND = CONFIGURATION.parents[1] / "frontend" / "projects"
CACHE = (CONFIGURATION / "cache.conf").read_text()
PERFORMANCES = "/api/v1/performances/"
PUBLIC = [
    *("/api/v1/theatre/", "/api/v1/shows/", "/api/v1/shows/la-locandiera/", "/api/v1/venues/"),
    *("/api/v1/venues/teatro_1/", "/api/v1/pages/chi-siamo/", PERFORMANCES, "/api/v1/performances/7/"),
]
SLUGS = ["/api/v1/shows/{}/", "/api/v1/venues/{}/"]


def hour(*, days_ago: int = 0) -> str:
    """As `from` has it."""
    return (datetime.now(UTC) - timedelta(days=days_ago)).strftime("%Y-%m-%dT%H:00:00.000Z")


def fresh(order: str = "of") -> str:
    """An address, as pages ask for it, that no test has asked for yet; `order` is for the backend."""
    return f"{PERFORMANCES}?from={hour()}&language=it&show={order}-{secrets.token_hex(4)}"


def ask_until_expired(front: Front, path: str, **headers: str) -> Answer:
    """An answer that was asked of the backend anew: after a second, it is."""

    def look() -> Answer | None:
        answer = front.get(path, **headers)
        return answer if answer.headers["X-Cache"] not in ("HIT", "UPDATING") else None

    return wait_for("expired answer", look, 10)


@pytest.mark.parametrize("question", ["", "?language=it", "?language=en"])
@pytest.mark.parametrize("path", PUBLIC)
def test_public_read_is_kept(front: Front, path: str, question: str) -> None:
    first, second = ask_until_expired(front, path + question), front.get(path + question)

    assert second.headers["X-Cache"] == "HIT"
    assert first.body == second.body
    assert second.headers.get_all("Cache-Control") == ["public, max-age=2"]
    assert len(front.backend.requests()) == 1


@pytest.mark.parametrize(
    "path",
    [
        f"{PERFORMANCES}?from={{now}}&language=en&show=la-locandiera",
        f"{PERFORMANCES}?from={{now}}&language=it&venue=cantina",
        "/api/v1/shows/?archive=true&language=it",
    ],
)
def test_what_a_page_asks_is_kept(front: Front, path: str) -> None:
    answers = [front.get(path.format(now=hour())) for _ in range(2)]

    assert [answer.headers["X-Cache"] for answer in answers] == ["MISS", "HIT"]
    assert len(front.backend.requests()) == 1


def test_kept_answer_is_asked_for_anew(front: Front) -> None:
    path = fresh()
    first = front.get(path)

    later = ask_until_expired(front, path)

    # The one who comes too late waits for the new answer instead of getting the old one.
    assert later.headers["X-Cache"] == "EXPIRED"
    assert later.json["number"] == first.json["number"] + 1


def test_crowd_asks_the_backend_once(front: Front) -> None:
    path = fresh("do-wait")
    with ThreadPoolExecutor(50) as crowd:
        answers = [crowd.submit(front.get, path) for _ in range(50)]
        wait_for("question", lambda: front.backend.requests() or None, 10)
        front.backend.let_answer()
        statuses = {answer.result().status for answer in answers}

    assert statuses == {200}
    assert len(front.backend.requests()) == 1


def test_crowd_gets_the_old_answer_while_a_new_one_is_fetched(front: Front) -> None:
    path = fresh("do-wait")
    front.backend.let_answer()
    old = front.get(path)
    front.backend.forget()

    with ThreadPoolExecutor(1) as someone, ThreadPoolExecutor(10) as everybody_else:
        # Their first question after that second hangs in the backend; everybody else is answered.
        slow = someone.submit(ask_until_expired, front, path)
        wait_for("question", lambda: front.backend.requests() or None, 10)
        others = list(everybody_else.map(front.get, [path] * 20))
        front.backend.let_answer()
        assert slow.result().headers["X-Cache"] == "EXPIRED"

    assert {answer.headers["X-Cache"] for answer in others} == {"UPDATING"}
    assert {answer.body for answer in others} == {old.body}


def test_answers_do_not_mix(front: Front) -> None:
    mark, other = secrets.token_hex(4), secrets.token_hex(4)
    paths = [
        *(f"{PERFORMANCES}?from={hour()}&language={language}&show={mark}" for language in ("it", "en")),
        f"{PERFORMANCES}?from={hour()}&language=it&show={other}",
        *(f"{slug.format(mark)}?language={language}" for slug in SLUGS for language in ("it", "en")),
    ]

    answers = [front.get(path) for path in paths]

    assert {answer.headers["X-Cache"] for answer in answers} == {"MISS"}
    assert len({answer.json["number"] for answer in answers}) == len(paths)


def test_answer_is_the_same_for_everybody(front: Front) -> None:
    path = fresh()
    front.get(path, Cookie="session=mine", Accept_Language="de", Accept_Encoding="br")

    headers = front.backend.last_headers()
    assert not {"cookie", "accept-language"} & set(headers)
    assert headers["accept-encoding"] == "gzip"
    assert front.get(path, Cookie="session=other", Accept_Language="fr").headers["X-Cache"] == "HIT"


def test_request_with_authorization_is_neither_kept_nor_answered_from_there(front: Front) -> None:
    path = fresh()
    front.get(path)

    answers = [front.get(path, Authorization="Reservation X") for _ in range(2)]

    assert [answer.headers["X-Cache"] for answer in answers] == ["BYPASS", "BYPASS"]
    assert len({answer.json["number"] for answer in answers}) == 2
    assert front.backend.last_headers()["authorization"] == "Reservation X"
    other = fresh()
    front.get(other, Authorization="Reservation X")
    assert front.get(other).headers["X-Cache"] == "MISS"


@pytest.mark.parametrize("order", ["do-cookie", "do-private", "status-404", "status-500", "status-503"])
def test_answer_that_is_not_public_is_not_kept(front: Front, order: str) -> None:
    path = fresh(order)

    assert [front.get(path).headers["X-Cache"] for _ in range(2)] == ["MISS", "MISS"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/reservation/"),
        ("GET", "/api/v1/staff/session/"),
        ("GET", "/api/v1/door/performances/"),
        ("GET", "/api/v1/performances/7/reservations/"),
        ("POST", "/api/v1/shows/"),
        ("GET", "/admin/"),
    ],
)
def test_nothing_else_is_kept(front: Front, method: str, path: str) -> None:
    numbers = {front.request(method, path).json["number"] for _ in range(2)}

    assert len(numbers) == 2


def test_unchanged_answer_is_not_sent_again(front: Front) -> None:
    path = fresh()
    etag = front.get(path).headers["ETag"]
    again = front.get(path, If_None_Match=etag)
    changed = ask_until_expired(front, path, If_None_Match=etag)

    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
    assert (changed.status, changed.headers["X-Cache"]) == (200, "EXPIRED")
    # Somebody's condition never becomes everybody's answer.
    assert "if-none-match" not in front.backend.last_headers()


def test_compressed_answer_is_found_unchanged_too(front: Front) -> None:
    path = fresh()
    first = front.get(path, Accept_Encoding="gzip")

    assert first.headers["Content-Encoding"] == "gzip"
    plain = front.get(path)
    assert (plain.headers["X-Cache"], plain.headers["Content-Encoding"]) == ("HIT", None)
    assert gzip.decompress(first.body) == plain.body
    assert first.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert front.get(path, Accept_Encoding="gzip", If_None_Match=first.headers["ETag"]).status == 304


def test_odd_address_puts_nothing_in_the_place_of_another(front: Front) -> None:
    """The backend is asked for what nginx files the answer under."""
    mark = secrets.token_hex(4)
    front.get(f"/api/v1//%73hows/./{mark}/?language=it")

    assert front.backend.requests()[-1]["path"] == f"/api/v1/shows/{mark}/?language=it"
    assert front.get(f"/api/v1/shows/{mark}/?language=it").headers["X-Cache"] == "HIT"


def assert_not_kept(front: Front, path: str, said: str | None) -> None:
    answers = [front.get(path) for _ in range(2)]

    assert {(answer.status, answer.headers["X-Cache"]) for answer in answers} == {(200, said)}
    assert len(front.backend.requests()) == 2


@pytest.mark.parametrize(
    "question",
    [
        "from={now}&language=it&show=a&anything=1",
        "from={now}&language=it&show=a&show=b",
        f"from={{now}}&language=it&show={'a' * 61}",
        "from={now}&language=it&show=a&venue=b",
        "archive=true&language=it",
        "from={now}&language=it&to={now}",
        "from={now}&from={now}&language=it",
        "From={now}&from=2001-01-01T00:00:00.000Z&language=it",
        "from={now}",
        "from={some_days_ago}&language=it",
        "from=2001-01-01T00:00:00.000Z&language=it",
        "from=2001-01-01T00:00:01.000Z&language=it",
        "language=it&show=a",
        "language=de",
        "_=1",
    ],
)
def test_question_that_no_page_asks_is_answered_but_not_kept(front: Front, question: str) -> None:
    """There are endlessly many of them, and room for some thousand."""
    asked = question.format(now=hour(), some_days_ago=hour(days_ago=3))
    assert_not_kept(front, f"{PERFORMANCES}?{asked}", "BYPASS")


@pytest.mark.parametrize("path", PUBLIC)
def test_language_said_twice_is_not_kept(front: Front, path: str) -> None:
    """Django takes the last, another the first: nobody gets what one of them was told as the answer to the other."""
    assert_not_kept(front, f"{path}?language=it&language=en", "BYPASS")


@pytest.mark.parametrize("path", [path for path in PUBLIC if path != PERFORMANCES])
@pytest.mark.parametrize("question", ["language=it&show=a", "from={now}&language=it", "from={now}&language=it&show=a"])
def test_what_is_asked_of_performances_is_kept_for_nothing_else(front: Front, path: str, question: str) -> None:
    """Django takes no notice of it there, and would give the same long answer under each of these names."""
    assert_not_kept(front, f"{path}?{question.format(now=hour())}", "BYPASS")


@pytest.mark.parametrize(
    "path", ["/api/v1/performances/007/", "/api/v1/performances/0000000007/", f"/api/v1/shows/{'a' * 61}/"]
)
def test_other_spelling_of_an_address_is_not_kept(front: Front, path: str) -> None:
    """Django finds performance 7 behind as many zeros as there are. It is asked as before: only nothing is kept."""
    assert_not_kept(front, path, None)


@pytest.mark.parametrize(
    ("now", "since", "kept"),
    [
        ("2026-11-30T14:59:59+00:00", "2026-11-30T12:00:00.000Z", "yes"),
        ("2026-11-30T01:30:00+00:00", "2026-11-29T23:00:00.000Z", "yes"),
        ("2026-11-30T00:00:00+00:00", "2026-11-29T22:00:00.000Z", "yes"),
        ("2026-11-30T02:00:00+00:00", "2026-11-29T23:00:00.000Z", "no"),
        ("2026-11-30T01:30:00+00:00", "2026-11-29T21:00:00.000Z", "no"),
        ("2026-11-30T14:59:59+00:00", "2026-11-30T12:30:00.000Z", "no"),
        ("2026-12-01T01:30:00+00:00", "2026-11-30T23:00:00.000Z", "no"),
    ],
)
def test_hours_that_pages_ask_from(now: str, since: str, kept: str) -> None:
    """At every time of the day; nginx's patterns are in the words of Python as well."""
    asked = re.findall(r"map \"\$time_iso8601 \$arg_from\" \$from_lately \{\n(.*?)\n\}", CACHE, re.DOTALL)
    patterns = re.findall(r'"~(.*)" yes;', asked[0])
    assert len(patterns) == 2
    found = any(re.search(pattern.replace(r"\z", r"\Z"), f"{now} {since}") for pattern in patterns)
    assert ("yes" if found else "no") == kept


def test_what_pages_ask_is_what_is_kept() -> None:
    """As the client builds it: names in the order of the alphabet, the hour as `stillOnSince` has it."""
    parameters = (FRONTEND / "shared/api/generated/fn/performances/list-performances.ts").read_text()
    since = (FRONTEND / "shared/programme/since.ts").read_text()

    assert re.findall(r"rb\.query\('(\w+)'", parameters) == ["from", "language", "show", "to", "venue"]
    assert "Math.floor(now.getTime() / HOUR) * HOUR" in since
    assert "toISOString()" in since
    for folder, name in (("shows", "*"), ("venues", "*"), ("theatre", "*"), ("performances", "get-*")):
        for function in (FRONTEND / "shared/api/generated/fn" / folder).glob(f"{name}.ts"):
            names = set(re.findall(r"rb\.query\('(\w+)'", function.read_text())) - {"language"}
            assert names == ({"archive"} if function.name == "list-shows.ts" else set()), function.name


@pytest.mark.parametrize(
    ("function", "questions"),
    [
        ("listPerformances", [["from", "language"], ["from", "language", "show"], ["from", "language", "venue"]]),
        ("listShows", [["archive", "language"], ["language"]]),
    ],
)
def test_pages_ask_for_nothing_else(function: str, questions: list[list[str]]) -> None:
    """Whoever lets a page ask in another way also has that kept."""
    sources = [path for path in FRONTEND.rglob("*.ts") if "generated" not in path.parts and ".spec." not in path.name]
    asked = re.findall(rf"invoke\({function}, \{{([^}}]*)\}}", "".join(path.read_text() for path in sources))

    names = [sorted({part.strip().partition(":")[0] for part in one.split(",")} - {""}) for one in asked]
    assert sorted(names) == questions


def test_large_bodies_leave_the_cache_its_room() -> None:
    with new_front() as front:
        full = "dd if=/dev/zero of=/tmp/body/full bs=1M 2>/dev/null || test $(df --output=avail /tmp | tail -1) = 0"
        front.execute("sh", "-c", full)

        scans = front.request("POST", "/api/v1/door/performances/7/scans/batch/", body=b"x" * 500_000)
        answers = [front.get(path) for path in PUBLIC]

    assert (scans.status, scans.json["code"]) == (500, "internal_error")
    assert {(answer.status, answer.headers["X-Cache"]) for answer in answers} == {(200, "MISS")}


def test_last_answer_stands_while_the_backend_is_away() -> None:
    with new_front() as front:
        path, other = fresh("do-same"), fresh()
        kept = front.get(path)
        front.remove_backend(front.backend)

        def look() -> Answer | None:
            answer = front.get(path)
            return answer if answer.headers["X-Cache"] == "STALE" else None

        stale = wait_for("stale answer", look, 30)
        assert (stale.status, stale.body) == (200, kept.body)
        problem = front.get(other)
        assert (problem.status, problem.json["code"]) == (503, "busy")

        front.add_backend()
        wait_for("backend", lambda: front.get(other).status == 200 or None, 30)
