"""The golden files are what their written rules say: neither the phone's code nor the server's has made them."""

import base64
import hmac
import json

from tests.checkin import door_vectors as golden


def test_vectors_are_what_the_rules_say() -> None:
    assert (golden.FOLDER / "vectors.json").read_text(encoding="utf-8") == golden.vectors_file()


def test_export_is_what_the_rules_say() -> None:
    assert (golden.FOLDER / "export.jsonl").read_text(encoding="utf-8") == golden.export_file()


def test_bits_are_those_of_the_elias_gamma_code() -> None:
    assert golden.bits_of([0, 1, 2, 3, 4, 5, 8]) == "0" + "11" + "1010" + "1011" + "100100" + "100101" + "10001000"
    assert golden.packed([0, 1, 2]) == bytes([0b0111_0100])


def test_varints_carry_seven_bits_a_byte() -> None:
    assert [golden.varint(number).hex() for number in (0, 1, 127, 128, 300, 16384)] == [
        "00", "01", "7f", "8001", "ac02", "808001",
    ]  # fmt: skip


def test_each_mac_of_the_export_covers_its_line_and_the_mac_before() -> None:
    before = b""
    for line in (golden.FOLDER / "export.jsonl").read_bytes().splitlines():
        body, _, tail = line.rpartition(b',"mac":"')
        mac = base64.urlsafe_b64decode(tail.removesuffix(b'"}') + b"==")
        assert mac == hmac.digest(golden.DEVICE_KEY, before + body + b"}", "sha256")[:16]
        assert list(json.loads(line))[-1] == "mac"
        before = mac
