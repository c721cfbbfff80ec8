"""What the demo says where one of its commands fails."""

from demo.webapp import _reason

REFUSED = "Some of the values cannot be used."


def test_refused_value_is_told_by_what_is_wrong_with_it() -> None:
    errors = [{"field": "password", "code": "short", "message": "Eight letters are needed."}]
    assert _reason([{"type": "error", "detail": REFUSED, "errors": errors}], "") == "Eight letters are needed."


def test_failure_without_such_words_is_told_by_its_own() -> None:
    assert _reason([{"type": "record"}, {"type": "error", "detail": REFUSED, "errors": []}], "") == REFUSED
    assert _reason([], "Traceback\nNo such file\n") == "No such file"
    assert _reason([], "") == "it gave no reason"
