"""schemathesis over contracts/openapi.yaml, through nginx: no 5xx, and no answer that the document does not describe.

It draws bodies, headers and addresses that the document allows and others that it does not, one at a time and in
chains: who reserves gets a mail, and what the mail says opens the next call. Half of the calls come with credentials
that are good (a link, a paired phone, staff's session), the others with none, made-up or nearly good ones.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
import yaml
from schemathesis.engine import events, from_schema

from attack.answers import PROTECTION
from attack.outcome import Outcome
from attack.stage import Stage
from azionelab.core.errors import MEANINGS, Code
from lab.postbox import Links
from lab.staff import Session
from lab.waiting import wait_for

DOCUMENT = Path(__file__).resolve().parents[2] / "contracts" / "openapi.yaml"
# What the mail says, told to the next call of a chain as if the answer had said it.
BY_MAIL = "x-token-by-mail"
MAIL_SECONDS = 30
# Whom the guest's own calls follow on: each takes the token of the mail, or of the call before.
OF_A_GUEST = (
    *("get_reservation", "change_seats", "confirm", "cancel", "resend"),
    *("get_ticket_png", "get_ticket_svg", "get_calendar"),
)
OF_A_PHONE = (
    *("get_device", "rename_device", "give_up_device"),
    *("get_door_list", "scan", "scan_batch", "list_door_performances"),
)
# They end what let them in: only a chain does that, with what is its own.
ENDINGS = ("give_up_device", "sign_out")
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "unsupported_method"),
    *("problem_is_true", "is_protected"),
)


@dataclass(frozen=True)
class Scale:
    """`examples` of each call, and as many chains of calls."""

    examples: int
    chains: int
    seconds: int


def attack(stage: Stage, scale: Scale, seed: int) -> Outcome:
    outcome = Outcome("contract", "Every call of the API, drawn from its document, alone and in chains")
    _register(Cast(stage))
    answers: Counter[int] = Counter()
    for event in from_schema(_schema(stage, scale, seed)).execute():
        _take(event, outcome, answers)
    outcome.tried = sum(answers.values())
    counted = ", ".join(f"{number} × {status}" for status, number in sorted(answers.items()))
    outcome.figures.append(f"answers: {counted}")
    outcome.expect(answers[200] + answers[201] > 0.1 * outcome.tried, "hardly any call was answered well", counted)
    return outcome


def _schema(stage: Stage, scale: Scale, seed: int) -> Any:
    told = {
        "seed": seed,
        # What an earlier run learned would make another one of this.
        "cache": {"enabled": False},
        "max-time": scale.seconds,
        "continue-on-failure": True,
        "generation": {"max-examples": scale.examples, "no-shrink": True, "database": "none"},
        "phases": {
            "stateful": {"generation": {"max-examples": scale.chains}},
            # (nginx refuses TRACE by itself, and does not know which methods a resource of the API has.)
            "coverage": {"unexpected-methods": ["get", "put", "post", "delete", "options", "patch"]},
        },
        "checks": {"enabled": False} | {name: {"enabled": True} for name in CHECKS},
        "request-timeout": 30,
    }
    config = schemathesis.Config.from_dict(told)
    schema = schemathesis.openapi.from_dict(linked(yaml.safe_load(DOCUMENT.read_text())), config=config)
    schema.config.update(base_url=stage.lab.url)
    return schema


def linked(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what follows what, in OpenAPI's own way of saying it."""
    reserve = document["paths"]["/api/v1/performances/{performance_id}/reservations/"]["post"]
    by_mail = {"header.Authorization": f"Reservation {{$response.header.{BY_MAIL}}}"}
    reserve["responses"]["201"]["links"] = _links(OF_A_GUEST, by_mail)
    for path in ("", "confirm/", "resend/", "cancel/"):
        for operation in document["paths"][f"/api/v1/reservation/{path}"].values():
            as_before = {"header.Authorization": "$request.header.Authorization"}
            operation["responses"]["200"]["links"] = _links(OF_A_GUEST, as_before)
    register = document["paths"]["/api/v1/door/performances/{performance_id}/devices/"]["post"]
    by_phone = {"header.Authorization": "Door {$response.body#/token}"}
    register["responses"]["201"]["links"] = _links(OF_A_PHONE, by_phone)
    performances = document["paths"]["/api/v1/performances/"]["get"]["responses"]["200"]
    performances["links"] = _links(("reserve", "get_performance"), {"path.performance_id": "$response.body#/0/id"})
    return document


def _links(targets: tuple[str, ...], parameters: dict[str, str]) -> dict[str, Any]:
    return {f"then_{target}": {"operationId": target, "parameters": parameters} for target in targets}


# Who calls ----------------------------------------------------------------------------------------------------------


@dataclass
class Cast:
    """Whoever has a way in, and the mailbox of those who reserve while the attack is on."""

    stage: Stage
    mails: Links = field(init=False)
    door: str = field(init=False)
    sessions: list[Session] = field(init=False)

    def __post_init__(self) -> None:
        self.mails = Links(self.stage.lab.mails.directory)
        self.door = self.stage.door_token()
        self.sessions = [self.stage.signed_in(name) for name in ("manager", "door")]

    def let_in(self, case: Any) -> None:
        """Gives the call what opens it, nearly opens it, or leaves what was drawn; always the same to the same call."""
        draw = zlib.crc32(repr((case.method, case.path, case.body, case.query, case.path_parameters)).encode())
        operation = case.operation.definition.raw
        if not draw % 4 or _has_a_key(case) or operation["operationId"] in ENDINGS:
            return
        asked = {name for one in operation.get("security", []) for name in one}
        if "Authorization" in (case.headers or {}) and not asked:
            case.headers["Authorization"] = f"Reservation {_bent(draw, self.stage.tokens)}"
        if "doorDevice" in asked and draw % 2:
            case.headers["Authorization"] = f"Door {_bent(draw, [self.door])}"
        elif "cookieAuth" in asked:
            self._sign(case, self.sessions[draw % len(self.sessions)])
        if "performance_id" in (case.path_parameters or {}) and draw % 3:
            case.path_parameters["performance_id"] = self.stage.performance_ids[0]

    def _sign(self, case: Any, session: Session) -> None:
        case.headers.pop("Authorization", None)
        case.cookies.clear()
        case.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
        case.headers["X-CSRFToken"] = session.cookies["csrftoken"]
        case.headers["Origin"] = self.stage.lab.url

    def read_mail(self, case: Any, response: Any) -> None:
        """After a reservation, the answer has what its mail says."""
        if response.status_code != 201 or case.operation.definition.raw["operationId"] != "reserve":
            return
        address = json.loads(response.content)["reference"]
        token = wait_for(f"mail of {address}", lambda: self.mails.token_for(_address_of(case)), MAIL_SECONDS)
        response.headers[BY_MAIL] = [token]


def _has_a_key(case: Any) -> bool:
    """What a chain has brought along stays."""
    return str((case.headers or {}).get("Authorization", "")).startswith(("Reservation ", "Door "))


def _address_of(case: Any) -> str:
    return str(case.body["email"]).strip().lower()


def _bent(draw: int, tokens: list[str]) -> str:
    """A good token in five of eight; else one with a letter exchanged, one cut short, or one in small letters."""
    token = tokens[draw // 8 % len(tokens)]
    bent = {1: token[:-1], 2: f"{token[:4]}{'A' if token[4] != 'A' else 'B'}{token[5:]}", 3: token.lower()}
    return bent.get(draw // 4 % 8, token)


# What is wrong ------------------------------------------------------------------------------------------------------


def _register(cast: Cast) -> None:
    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        cast.let_in(case)

    @schemathesis.hook
    def after_call(context: Any, case: Any, response: Any) -> None:
        cast.read_mail(case, response)


@schemathesis.check
def problem_is_true(ctx: Any, response: Any, case: Any) -> None:
    """A problem says the status it came with, and a code that belongs to it."""
    if response.status_code < 400 or case.method in ("HEAD", "TRACE"):
        return
    problem = json.loads(response.content)
    status = problem["status"]
    assert status == response.status_code, f"the problem says {status}, the answer {response.status_code}"
    by_nginx = {413, 414, 431, 501}
    meant = MEANINGS[Code(problem["code"])].status
    assert meant == status or status in by_nginx, f"{problem['code']} means {meant}, and the answer is {status}"


@schemathesis.check
def is_protected(ctx: Any, response: Any, case: Any) -> None:
    """The headers of every answer are on this one too, each once."""
    for name, value in PROTECTION.items():
        told = response.headers.get(name.lower())
        assert told == [value], f"{name} is {told}"


def _take(event: Any, outcome: Outcome, answers: Counter[int]) -> None:
    if isinstance(event, events.NonFatalError):
        outcome.find(f"schemathesis failed at {event.label}", repr(event.value))
    if isinstance(event, events.FatalError):
        outcome.find("schemathesis failed", repr(event.exception))
    if not isinstance(event, events.ScenarioFinished):
        return
    for interaction in event.recorder.interactions.values():
        if interaction.response is not None:
            answers[interaction.response.status_code] += 1
    for label, failure, sample in _failures(event.recorder):
        outcome.find(f"{label}: {failure.title}", f"{failure.message} — {sample}")


def _failures(recorder: Any) -> Iterator[tuple[str, Any, str]]:
    for case_id, nodes in recorder.checks.items():
        for node in nodes:
            if node.failure_info is not None:
                case = recorder.cases[case_id].value
                label = f"{case.method} {case.operation.path}"
                yield label, node.failure_info.failure, node.failure_info.code_sample
