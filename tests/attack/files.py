"""Hypothesis on the files that people hand in: seasons in YAML, scans that phones signed, paper lists of spreadsheets.

They go through the same management commands as an operator's, in the backend's container, and each as a dry run: it
reads and checks all of it, and leaves nothing.
"""

from __future__ import annotations

import base64
import hmac
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from hypothesis import strategies as st

from attack.outcome import Outcome
from attack.stage import Stage
from attack.words import NASTY, check, typed
from azionelab.core.errors import Code
from lab.crowds import count_rows
from lab.stacks import SEASON, Lab

DRIVER = Path(__file__).with_name("in_backend.py")
DONE, USAGE, REFUSED = 0, 2, 3
MAC_BYTES = 16


class Commands:
    """The process in the backend's container that runs one command after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, command: str, content: bytes) -> dict[str, Any]:
        """`{"exit": …, "out": …}` or `{"escaped": …}`; raises where the process died of it."""
        order = {"command": command.split(), "options": {"dry_run": True}, "stdin": base64.b64encode(content).decode()}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{command} took the process with it"
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def commands(lab: Lab) -> Iterator[Commands]:
    command = ["docker", "compose", "exec", "-T", "backend", "python", "-c", DRIVER.read_text()]
    with subprocess.Popen(
        command,
        cwd=lab.checkout,
        env=lab.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield Commands(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


@dataclass(frozen=True)
class Phone:
    """What a paired phone knows: whoever holds it can sign what they like."""

    device_id: str
    name: str
    performance_id: int
    key: bytes

    def signed(self, records: list[Any]) -> bytes:
        before, lines = b"", []
        for record in records:
            body = json.dumps(record, separators=(",", ":"), ensure_ascii=True)[:-1]
            before = hmac.digest(self.key, before + f"{body}}}".encode(), "sha256")[:MAC_BYTES]
            lines.append(f'{body},"mac":"{base64.urlsafe_b64encode(before).decode().rstrip("=")}"}}')
        return "".join(f"{line}\n" for line in lines).encode()


def attack(stage: Stage, examples: int, seed: int) -> Outcome:
    outcome = Outcome("files", "Season files, phones' files and paper lists")
    phone = _pair(stage)
    before = count_rows(stage.lab)
    reference = stage.lab.psql("SELECT reference FROM reservations_reservation ORDER BY id LIMIT 1")
    ends: Counter[str] = Counter()
    with commands(stage.lab) as run:
        check(examples, seed, seasons(), lambda text: _judge(run, outcome, ends, "seed_season -", _season(text)))
        scans = st.one_of(phone_files(phone, reference), torn(phone, reference), paper_lists(reference), st.binary())
        check(examples, seed, scans, lambda content: _judge(run, outcome, ends, "reconcile_scans", _scans(content)))
    outcome.figures.append(", ".join(f"{number} × {end}" for end, number in sorted(ends.items())))
    after = count_rows(stage.lab)
    changed = {name: (before[name], after[name]) for name in after if after[name] != before.get(name)}
    outcome.expect(not changed, "a dry run left rows behind", str(changed))
    return outcome


def _pair(stage: Stage) -> Phone:
    performance_id, session = stage.performance_ids[0], stage.signed_in("manager")
    body = {"name": "Ada", "claim": str(uuid4())}
    answer = session.request("POST", f"/api/v1/door/performances/{performance_id}/devices/", body)
    assert answer.status == 201, answer.text
    key = answer.json["device_key"]
    raw = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    return Phone(answer.json["device"]["id"], answer.json["device"]["name"], performance_id, raw)


def _judge(run: Commands, outcome: Outcome, ends: Counter[str], command: str, content: bytes) -> None:
    """Done, or refused with a reason: never a bug, and never an end without its last line."""
    told, example = run.run(command, content), ascii(content[-250:])
    outcome.expect("escaped" not in told, f"{command} broke", f"{told.get('escaped')} on {example}")
    lines = [json.loads(line) for line in str(told.get("out", "")).splitlines()]
    last = lines[-1]["type"] if lines else ""
    ends[f"{command.split()[0]}: {lines[-1]['code'] if last == 'error' else last}"] += 1
    outcome.expect(last in ("summary", "error"), f"{command} ended without a last line", example)
    outcome.expect(told.get("exit") in (DONE, USAGE, REFUSED), f"{command} ended with {told.get('exit')}", example)
    known = last != "error" or lines[-1]["code"] in set(Code) - {Code.INTERNAL_ERROR}
    outcome.expect(known, f"{command} gives no reason", f"{lines[-1:]} on {example}")


def _season(text: str) -> bytes:
    content = text.encode(errors="surrogatepass")
    return _framed({"name": "season.yaml", "size": len(content), "posters": []}, content)


def _scans(content: bytes) -> bytes:
    return _framed({"files": [{"name": "file", "size": len(content)}]}, content)


def _framed(announced: dict[str, Any], content: bytes) -> bytes:
    return json.dumps(announced).encode() + b"\n" + content


# Seasons ------------------------------------------------------------------------------------------------------------

_VALUES = st.one_of(
    typed,
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.sampled_from(("it", "en", "x")), typed, max_size=3),
    st.sampled_from(("today", "today + 3 at 21:00", "2026-02-30 21:00", "2 weeks before", "99999999 weeks before")),
)
# What only YAML has: names for values, values of programs, ones that grow, keys that are no text.
_SPECIALS = (
    "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nvenues: [*c, *c, *c, *c]",
    "!!python/object/apply:os.system ['true']",
    "venues: !!set {a, b}",
    "shows: {? [a, b] : c}",
    "<<: *nobody",
    "venues: &v {sala: *v}",
    "--- {}\n--- {}",
    "%YAML 9.9\n---\nvenues: {}",
    "venues: {" * 3000,
    "- " * 5000,
    '"\\ud800": 1',
    "venues: 0x" + "f" * 5000,
    "shows: {a: {duration: 1" + "0" * 5000 + "}}",
)


@st.composite
def seasons(draw: st.DrawFn) -> str:
    """The season of the repository with some of its lines or values exchanged, or what only YAML has."""
    if draw(st.integers(0, 3)) == 0:
        return draw(st.one_of(st.sampled_from(_SPECIALS), st.text(), typed))
    # Posters come beside the file; these go without.
    lines = [line for line in SEASON.read_text().splitlines() if not line.strip().startswith("poster")]
    if draw(st.booleans()):
        season = yaml.safe_load("\n".join(lines))
        for _ in range(draw(st.integers(1, 3))):
            _exchange(draw, season)
        return str(yaml.safe_dump(season, allow_unicode=True, sort_keys=False))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        lines[at] = draw(st.sampled_from((lines[at][1:], lines[at] * 2, "", f"{lines[at]}: {draw(typed)}", "\t")))
    return "\n".join(lines)


def _exchange(draw: st.DrawFn, node: Any) -> None:
    """Goes down somewhere and puts another value, or another name, there."""
    while True:
        places = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not places:
            return
        place = draw(st.sampled_from(places))
        below = node[place]
        if isinstance(below, dict | list) and below and draw(st.integers(0, 4)):
            node = below
            continue
        if isinstance(node, dict) and draw(st.booleans()):
            node[draw(st.one_of(typed, st.sampled_from(("x", "starts", "poster", "status"))))] = node.pop(place)
        else:
            node[place] = draw(_VALUES)
        return


# Scans --------------------------------------------------------------------------------------------------------------

_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    typed,
    st.lists(st.integers(), max_size=2),
    st.sampled_from(("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-13-01", "24:00", "\udcff")),
)


@st.composite
def phone_files(draw: st.DrawFn, phone: Phone, reference: str) -> bytes:
    """Signed as they should be, whatever is in them."""
    scans = [draw(_scan(reference)) for _ in range(draw(st.integers(0, 4)))]
    header = {"type": "header", "v": 1, "device": phone.device_id, "name": phone.name}
    header |= {"performance": phone.performance_id, "scans": len(scans)}
    records: list[dict[str, Any]] = [header, *scans, {"type": "end", "scans": len(scans)}]
    for _ in range(draw(st.sampled_from((0, 0, 1, 1, 2)))):
        record = draw(st.sampled_from(records))
        record[draw(st.sampled_from([*record, "x"]))] = draw(_ODD)
    if draw(st.integers(0, 5)) == 0:
        header["device"] = str(uuid4())
    return phone.signed(records)


@st.composite
def _scan(draw: st.DrawFn, reference: str) -> dict[str, Any]:
    kinds = (("ticket", "admitted", 1), ("ticket", "unknown", 0), ("walk_in", "admitted", 2), ("undo", "undone", 0))
    kind, result, admitted = draw(st.sampled_from(kinds))
    scan = {
        "type": "scan",
        "scan_id": str(draw(st.uuids())),
        "kind": kind,
        "seats": max(admitted, 1),
        "outcome": result,
        "seats_admitted": admitted,
        "scanned_at": datetime.now(UTC).isoformat(),
        "clock_offset_ms": draw(st.integers(-5000, 5000)),
        "sequence": draw(st.integers(0, 50)),
    }
    if kind == "ticket":
        scan["reference"] = draw(st.sampled_from((reference, "NOBODY")))
    if kind == "undo":
        scan |= {"undoes": str(draw(st.uuids())), "reason": draw(st.one_of(st.just("sbagliato"), typed))}
    return scan


@st.composite
def torn(draw: st.DrawFn, phone: Phone, reference: str) -> bytes:
    """A good file that was cut, or in which a byte was exchanged."""
    content = draw(phone_files(phone, reference))
    at = draw(st.integers(0, len(content) - 1))
    return content[:at] + draw(st.sampled_from((b"", b"\0", b"\xff", b"\n", content[at + 1 :], b"}" + content[at:])))


@st.composite
def paper_lists(draw: st.DrawFn, reference: str) -> bytes:
    """As a spreadsheet saves the guest list, with anything in its cells."""
    delimiter = draw(st.sampled_from(";;,\t|"))
    heads = draw(st.permutations(["Reference", "Seats", "Admitted", "Already in", "Name"]))
    cells = {
        "Reference": st.sampled_from((reference, f"'{reference}", reference.lower(), "NOBODY", "", "=1+1")),
        "Seats": st.sampled_from(("1", "2", "3", "4", "1e9", "٣", "9" * 5000, "-1", "")),
        "Admitted": st.one_of(st.sampled_from(("x", "✓", "", "1", "2", "-1", "1,0", "²", "9" * 5000)), typed),
        "Already in": st.sampled_from(("0", "", "1", "-0", "x")),
        "Name": st.one_of(typed, st.sampled_from(NASTY)),
    }
    rows = [[draw(cells[head]) for head in heads] for _ in range(draw(st.integers(0, 2)))]
    text = "\r\n".join(delimiter.join(row) for row in [heads, *rows]) + draw(st.sampled_from(("\r\n", "\n", "\n", "")))
    return text.encode(draw(st.sampled_from(("utf-8", "utf-8", "utf-8-sig", "utf-16"))), errors="surrogatepass")
