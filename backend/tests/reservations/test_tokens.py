import base64
import hashlib
import hmac
import random

import pytest

from azionelab.core.errors import DomainError
from azionelab.reservations import tokens
from azionelab.reservations.tokens import TokenPair


def test_token_is_26_letters_of_base32() -> None:
    pair = TokenPair.mint()
    for written in (pair.reservation_token, pair.ticket_token):
        assert len(written) == tokens.TOKEN_LETTERS
        assert len(base64.b32decode(written + "======")) == 16


def test_ticket_token_is_the_hmac_the_design_names() -> None:
    pair = TokenPair.mint()
    expected = hmac.new(pair.raw, b"ticket", hashlib.sha256).digest()[:16]
    assert tokens.decode(pair.ticket_token) == expected
    assert pair.ticket_digest == hashlib.sha256(expected).digest() == tokens.ticket_digest(pair.ticket_token)


def test_token_read_in_lower_case_with_spaces_is_the_same() -> None:
    pair = TokenPair.mint()
    assert TokenPair.read(f" {pair.reservation_token.lower()}\n") == pair


def test_token_with_any_character_changed_is_another_or_none(rng: random.Random) -> None:
    """Also in the last letter, whose two spare bits base64 decoders ignore."""
    pair = TokenPair.mint()
    written = pair.reservation_token
    for place in range(len(written)):
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567":
            if letter == written[place]:
                continue
            changed = written[:place] + letter + written[place + 1 :]
            try:
                assert TokenPair.read(changed).reservation_digest != pair.reservation_digest
            except DomainError as error:
                assert error.code == "token_invalid"  # noqa: PT017


@pytest.mark.parametrize("written", ["", "A", "A" * 25, "A" * 27, "0" * 26, "é" * 26, "A" * 10_000, "=" * 26])
def test_token_malformed_is_invalid(written: str) -> None:
    with pytest.raises(DomainError, match="token_invalid"):
        tokens.decode(written)


def test_token_pair_shows_no_token_when_printed() -> None:
    pair = TokenPair.mint()
    assert pair.reservation_token not in repr(pair)
    assert repr(pair.raw) not in repr(pair)


def test_reference_has_six_letters_nobody_mishears() -> None:
    for _ in range(200):
        reference = tokens.new_reference()
        assert len(reference) == 6
        assert not set(reference) & set("ILO01")
