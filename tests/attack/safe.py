"""Every GET leaves the database as it was: each address of the site, for everybody who may come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import yaml

from attack.answers import PAGES
from attack.contract import DOCUMENT
from attack.outcome import Outcome
from attack.stage import Stage
from lab.stacks import Lab

LINK = re.compile(r'href="(/(?:admin|it|en)/[^"#?]*)["?]')


def attack(stage: Stage, *, most: int) -> Outcome:
    """`most` pages of the admin are opened, as a manager."""
    outcome = Outcome("safe", "Every GET leaves the database as it was")
    session = stage.signed_in("manager")
    manager = {"Cookie": "; ".join(f"{name}={value}" for name, value in session.cookies.items())}
    before = _state(stage.lab)
    for who, path, headers in _everything(stage, manager, most):
        for method in ("GET", "HEAD"):
            answer = stage.lab.request(method, path, headers=headers)
            outcome.expect(answer.status < 500, f"{method} is answered by {answer.status}", f"{path} for {who}")
    after = _state(stage.lab)
    changed = {name for name in before if before[name] != after[name]}
    outcome.expect(not changed, "a GET writes", ", ".join(sorted(changed)))
    stage.lab.request("POST", "/api/v1/reservation/resend/", headers=_as_guest(stage), body={})
    outcome.expect(_state(stage.lab) != after, "what a POST writes is not seen")
    return outcome


def _as_guest(stage: Stage) -> dict[str, str]:
    return {"Authorization": f"Reservation {stage.tokens[1]}"}


def _everything(stage: Stage, manager: Mapping[str, str], most: int) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Who asks, for what, with which headers."""
    for path in (*PAGES, *_api_paths(stage)):
        yield "anybody", path, {}
        yield "a guest", path, _as_guest(stage)
        yield "a manager", path, manager
    for path in islice(_admin_pages(stage, manager), most):
        yield "a manager", path, manager


def _api_paths(stage: Stage) -> Iterator[str]:
    document: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text())
    show = stage.lab.get_json("/api/v1/shows/")[0]["slug"]
    venue = stage.lab.get_json("/api/v1/venues/")[0]["slug"]
    for path in document["paths"]:
        slug = venue if "venues" in path else show
        yield path.replace("{performance_id}", str(stage.performance_ids[0])).replace("{slug}", slug)


def _admin_pages(stage: Stage, headers: Mapping[str, str]) -> Iterator[str]:
    """Whatever the admin leads to, breadth first."""
    seen, waiting = {"/admin/"}, ["/admin/"]
    while waiting:
        path = waiting.pop(0)
        yield path
        text = stage.lab.request("GET", path, headers=headers).body.decode(errors="replace")
        for link in LINK.findall(text):
            if link not in seen and link.startswith("/admin/") and "logout" not in link:
                seen.add(link)
                waiting.append(link)


def _state(lab: Lab) -> dict[str, str]:
    """A digest of each table's rows."""
    tables = lab.psql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").split()
    digest = "md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), ''))"
    queries = " UNION ALL ".join(f"SELECT '{table}', {digest} FROM \"{table}\" t" for table in tables)
    return dict(line.split("|", 1) for line in lab.psql(queries).splitlines())
