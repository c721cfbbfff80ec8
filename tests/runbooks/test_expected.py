"""What counts as "you should see", and what does not."""

import pytest

from runbooks.expected import Expected

WORDS = {"azionelab": "azionetest-x", "https://theatre.example": "http://localhost:1"}


def fits(text: str, output: str) -> bool:
    return Expected(text, WORDS).fits(output)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("done\n", "done\n"),
        ("a   b\n", "a b\n\n"),
        ("It took … s.\n", "It took 12.3 s.\n"),
        ("first\n…\nlast\n", "first\nlast\n"),
        ("first\n…\nlast\n", "first\n1\n2\nlast\n"),
        ("azionelab-backend-1\n", "azionetest-x-backend-1\n"),
        ("https://theatre.example/it/\n", "http://localhost:1/it/\n"),
        ("done\n", "\x1b[32mdone\x1b[0m\r\n"),
        ("100 %\n", " 50 %\r100 %\n"),
        ("Name: «azionelab»\nok\n", "Name: azionetest-x\nok\n"),
        ("Password: «secret»\nok\n", "Password: \r\nok\n"),
    ],
)
def test_output_fits(text: str, output: str) -> None:
    assert fits(text, output)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("done\n", "done\nand more\n"),
        ("done\n", "Done\n"),
        ("done\n", ""),
        ("It took … s.\n", "It took 12\n3 s.\n"),
        ("a\n…\nb\n", "b\na\n"),
        ("azionelab-backend-1\n", "other-backend-1\n"),
        ("Name: «azionelab»\nok\n", "Name: wrong\nok\n"),
    ],
)
def test_output_does_not_fit(text: str, output: str) -> None:
    assert not fits(text, output)


def test_answers_are_given_where_they_are_asked_for() -> None:
    expected = Expected("one\nName: «azionelab»\nSure? «yes»\nok\n", WORDS)
    assert expected.answers == ["azionetest-x", "yes"]
    assert not expected.has_come("one\r\n", 0)
    assert expected.has_come("one\r\nName: ", 0)
    assert not expected.has_come("one\r\nName: azionetest-x\r\n", 1)
    assert expected.has_come("one\r\nName: azionetest-x\r\nSure? ", 1)
