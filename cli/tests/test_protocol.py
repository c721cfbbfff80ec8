"""The parser of a management command's lines, on the golden transcripts and on broken ones."""

import json
from pathlib import Path

import pytest

from azione.failures import ExitCode
from azione.protocol import Error, Progress, ProtocolError, Record, Summary, parse_line, read_lines

TRANSCRIPTS = sorted((Path(__file__).parents[2] / "contracts" / "jsonl").glob("*.jsonl"))
SUMMARY = '{"v": 1, "type": "summary"}'


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript_is_read_to_its_last_line(path: Path) -> None:
    raw = path.read_text().split("\n")[:-1]
    lines = list(read_lines(raw))
    assert len(lines) == len(raw)
    assert isinstance(lines[-1], Summary | Error)
    for line, text in zip(lines, raw, strict=True):
        if isinstance(line, Record | Summary):
            assert {"v": 1, "type": type(line).__name__.lower(), **line.members} == json.loads(text)


def test_progress_line() -> None:
    assert parse_line('{"v": 1, "type": "progress", "done": 3, "total": 9, "more": true}') == Progress(3, 9)


def test_error_line_keeps_field_and_line() -> None:
    error = parse_line(
        '{"v": 1, "type": "error", "code": "validation_failed", "detail": "No.", '
        '"errors": [{"field": "shows[0].title", "code": "blank", "message": "Write a title.", "line": 7}]}'
    )
    assert isinstance(error, Error)
    assert [problem.place for problem in error.problems] == ["line 7, shows[0].title"]


def test_line_stands_behind_the_file_that_it_is_in() -> None:
    error = parse_line(
        '{"v": 1, "type": "error", "code": "file_refused", "errors": ['
        '{"field": "cut.csv", "message": "It ends here.", "line": 14}, {"field": "no.csv", "message": "Empty."}]}'
    )
    assert isinstance(error, Error)
    assert [problem.place for problem in error.problems] == ["cut.csv, line 14", "no.csv"]


@pytest.mark.parametrize(
    ("returncode", "exit_code"),
    [(3, ExitCode.REFUSED), (5, ExitCode.ENVIRONMENT), (0, ExitCode.BUG), (-9, ExitCode.BUG), (77, ExitCode.BUG)],
)
def test_failure_ends_with_the_command_s_code_unless_that_makes_no_sense(returncode: int, exit_code: ExitCode) -> None:
    assert Error("capacity_exceeded", "", ()).as_failure(returncode).exit_code == exit_code


@pytest.mark.parametrize(("returncode", "code"), [(5, "misconfigured"), (1, "internal_error")])
def test_bad_settings_are_not_called_a_bug(returncode: int, code: str) -> None:
    failure = Error("internal_error", "SITE_URL is not set.", ()).as_failure(returncode)
    assert (failure.code, failure.exit_code) == (code, returncode)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Traceback (most recent call last):",
        "[]",
        '"text"',
        '{"type": "summary"}',
        '{"v": 2, "type": "summary"}',
        '{"v": 1}',
        '{"v": 1, "type": "surprise"}',
        '{"v": 1, "type": ["summary"]}',
        '{"v": 1, "type": "progress", "done": "many", "total": 2}',
        '{"v": 1, "type": "error"}',
        '{"v": 1, "type": "error", "code": "x", "errors": [7]}',
    ],
)
def test_line_of_another_kind_is_refused(line: str) -> None:
    with pytest.raises(ProtocolError):
        parse_line(line)


@pytest.mark.parametrize(
    "lines", [[], ['{"v": 1, "type": "record"}'], [SUMMARY, SUMMARY], [SUMMARY, '{"v": 1, "type": "record"}']]
)
def test_last_line_must_be_there_and_last(lines: list[str]) -> None:
    with pytest.raises(ProtocolError):
        list(read_lines(lines))
