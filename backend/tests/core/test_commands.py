"""The base command: the protocol's lines, its exit codes, and what it does when things break."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, ProgrammingError, connection
from psycopg import errors as postgres

from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import Code, DomainError, ExitCode, FieldError, validation_failed


class Trial(JsonLinesCommand):
    """Runs whatever a test wants."""

    def __init__(self, body: Callable[["Trial"], dict[str, Any]]) -> None:
        self.body = body
        super().__init__()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--times", type=int, default=1)

    def run(self, **options: Any) -> dict[str, Any]:
        return self.body(self)


def run(body: Callable[[Trial], dict[str, Any]], *arguments: str) -> tuple[list[dict[str, Any]], int]:
    out = StringIO()
    command = Trial(body)
    command.stdout._out = out
    try:
        call_command(command, *arguments)
    except SystemExit as ended:
        return [json.loads(line) for line in out.getvalue().splitlines()], int(ended.code or 0)
    return [json.loads(line) for line in out.getvalue().splitlines()], 0


def raising(error: Exception) -> Callable[[Trial], dict[str, Any]]:
    def body(command: Trial) -> dict[str, Any]:
        command.record(name="one")
        raise error

    return body


def test_lines_end_with_the_summary() -> None:
    def body(command: Trial) -> dict[str, Any]:
        command.record(kind="guest", name="Niccolò", day=date(2026, 12, 5), scan=UUID(int=7))
        command.progress(1, 2)
        return {"made_at": datetime(2026, 7, 1, 18, 30, tzinfo=UTC)}

    assert run(body) == (
        [
            {
                "v": 1,
                "type": "record",
                "kind": "guest",
                "name": "Niccolò",
                "day": "2026-12-05",
                "scan": str(UUID(int=7)),
            },
            {"v": 1, "type": "progress", "done": 1, "total": 2},
            {"v": 1, "type": "summary", "made_at": "2026-07-01T20:30:00+02:00"},
        ],
        0,
    )


def test_line_holds_nothing_that_a_reader_takes_for_its_end() -> None:
    hostile = "a\nb\rc\x85d\u2028e\u2029f"

    def body(command: Trial) -> dict[str, Any]:
        command.record(name=hostile)
        return {}

    lines, _code = run(body)
    assert lines[0]["name"] == hostile


def test_partly_done_ends_with_its_own_code() -> None:
    def body(command: Trial) -> dict[str, Any]:
        command.exit_code = ExitCode.PARTLY_DONE
        return {"failed": 1}

    assert run(body) == ([{"v": 1, "type": "summary", "failed": 1}], 4)


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (DomainError(Code.CAPACITY_EXCEEDED, seats_left=2), "capacity_exceeded", 3),
        (DomainError(Code.NOT_FOUND), "not_found", 2),
        (
            validation_failed(FieldError(field="shows[0].title", code="blank", message="x", line=7)),
            "validation_failed",
            2,
        ),
        (DomainError(Code.EMAIL_UNAVAILABLE), "email_unavailable", 5),
        (OperationalError("gone"), "busy", 5),
        (RuntimeError("anna@example.org"), "internal_error", 1),
        (IntegrityError("anna@example.org"), "internal_error", 1),
    ],
)
def test_failure_is_the_last_line_and_the_exit_code(error: Exception, code: str, exit_code: int) -> None:
    lines, ended = run(raising(error))
    assert [line["type"] for line in lines] == ["record", "error"]
    assert (lines[-1]["code"], ended) == (code, exit_code)
    assert set(lines[-1]) >= {"v", "type", "code", "title", "detail", "errors"}
    assert "anna@example.org" not in json.dumps(lines)


@pytest.mark.django_db
def test_database_without_room_is_told_from_one_that_is_away() -> None:
    def fill_the_disk(command: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$")

    lines, ended = run(fill_the_disk)
    assert (lines[-1]["code"], ended) == ("busy", 5)
    assert "out of room" in lines[-1]["detail"]
    assert "It says 53100" in lines[-1]["detail"]


def test_error_names_field_and_line() -> None:
    lines, _code = run(
        raising(validation_failed(FieldError(field="shows[0].title", code="blank", message="x", line=7)))
    )
    assert lines[-1]["errors"] == [{"field": "shows[0].title", "code": "blank", "message": "x", "line": 7}]


def test_option_that_is_refused_is_named_as_a_field() -> None:
    lines, ended = run(lambda command: {}, "--times", "many")
    assert ended == 2
    [problem] = lines[-1]["errors"]
    assert problem == {"field": "times", "code": "invalid", "message": "invalid int value: 'many'."}


def test_missing_table_is_the_environment() -> None:
    error = ProgrammingError("relation does not exist")
    error.__cause__ = postgres.UndefinedTable()
    lines, ended = run(raising(error))
    assert ended == 5
    assert "migrate" in lines[-1]["detail"]


def test_bug_is_logged_by_class_and_place_only(log_lines: io.StringIO) -> None:
    run(raising(RuntimeError("anna@example.org")))
    logged = json.loads(log_lines.getvalue().splitlines()[-1])
    assert logged["error"] == "RuntimeError"
    assert any("test_commands.py" in frame for frame in logged["frames"])
    assert "anna@example.org" not in json.dumps(logged)


@pytest.mark.parametrize("arguments", [("--times", "many"), ("--unknown",), ("extra",)])
def test_wrong_usage_is_an_error_line(arguments: tuple[str, ...]) -> None:
    lines, ended = run(lambda command: {}, *arguments)
    assert ([line["code"] for line in lines], ended) == (["validation_failed"], 2)
