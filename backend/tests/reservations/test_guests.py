import pytest

from azionelab.reservations import guests
from azionelab.reservations.guests import RefusedError


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Anna   Bianchi ", "Anna Bianchi"),
        ("Nicolo\u0300 Rossi", "Nicolò Rossi"),
        ("D’Angelo", "D’Angelo"),
        ("Łukasz O'Brien-Smith", "Łukasz O'Brien-Smith"),
        ("山田 太郎", "山田 太郎"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_name_is_normalised(written: str, kept: str) -> None:
    assert guests.read_name(written) == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "blank"),
        ("   ", "blank"),
        ("Anna\u0000", "forbidden_characters"),
        ("Anna\nBcc: x", "forbidden_characters"),
        ("\u202eannA", "forbidden_characters"),
        ("An\u200bna", "forbidden_characters"),
        ("Anna\u2028Bianchi", "forbidden_characters"),
        ("12345", "invalid"),
        ("Win at https://example.org", "invalid"),
        ("<b>Anna</b>", "invalid"),
        ("a" * 10_000, "too_long"),
    ],
)
def test_name_that_cannot_be_used_is_refused(written: str, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        guests.read_name(written)
    assert refused.value.code == code


def test_domain_outside_ascii_is_written_as_mail_servers_know_it() -> None:
    assert guests.read_email("mario@perché.it") == "mario@xn--perch-fsa.it"


@pytest.mark.parametrize("written", ["Anna@Example.ORG", "  anna@example.org\t"])
def test_email_is_trimmed_and_in_lower_case(written: str) -> None:
    assert guests.read_email(written) == "anna@example.org"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "blank"),
        ("a@b", "invalid"),
        ("mar\u0131o@example.com", "invalid"),
        ("josé@example.com", "invalid"),
        ("x@" + "a" * 64 + "é.example", "invalid"),
        ("anna", "invalid"),
        ("anna@@example.org", "invalid"),
        ("anna@example.org, bruno@example.org", "invalid"),
        ("anna@example.org\r\nBcc: all@example.org", "forbidden_characters"),
        ("\u202eanna@example.org", "forbidden_characters"),
        ("a" * 250 + "@example.org", "too_long"),
    ],
)
def test_email_that_cannot_be_used_is_refused(written: str, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        guests.read_email(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "kept"),
    [("", ""), ("+39 050 123-456", "+39050123456"), ("(050) 123.456", "050123456"), ("333/1234567", "3331234567")],
)
def test_phone_keeps_its_digits(written: str, kept: str) -> None:
    assert guests.read_phone(written) == kept


@pytest.mark.parametrize("written", ["call me", "12", "+39+39123456", "٣٣٣١٢٣٤٥٦٧"])
def test_phone_that_cannot_be_dialled_is_refused(written: str) -> None:
    with pytest.raises(RefusedError):
        guests.read_phone(written)


def test_notes_keep_their_lines_and_nothing_invisible() -> None:
    assert guests.read_notes("sedia a  rotelle\r\nprima fila ") == "sedia a rotelle\nprima fila"
    for written in ("\u0007", "a\u202eb", "x" * 501):
        with pytest.raises(RefusedError):
            guests.read_notes(written)
