"""`azione pictures`: on the golden transcripts, and once on a database of its own."""

from cli.tests.transcripts import transcript

from azione.pictures import lost, tidied


def test_what_was_tidied_is_one_line() -> None:
    assert tidied(*transcript("tidy_pictures")) == "1 picture prepared, 1 file removed that nothing names"
    assert lost(*transcript("tidy_pictures")) == "1 picture cannot be read: upload it again in the admin."
    assert (tidied(*transcript("tidy_pictures.nothing")), lost(*transcript("tidy_pictures.nothing"))) == ("", "")


def test_dry_run_says_the_same() -> None:
    assert tidied(*transcript("tidy_pictures.dry_run")) == tidied(*transcript("tidy_pictures"))
