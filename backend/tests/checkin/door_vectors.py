"""The golden files of contracts/door, worked out from the written format and from nothing of the application.

The phones and the server read each other's codes and files by these rules, each in its own language; both are held to
the files that `PYTHONPATH=backend python -m tests.checkin.door_vectors` writes. The rules:

- A code between phones is `AZDOOR:` and base32 (RFC 4648, no padding) of: one byte 1, the performance's id, the time
  as four bytes, the number of sections, the sections, and the first 10 bytes of HMAC-SHA256 over all before. A section
  is a device's number, its sequence, how many slots follow, and the seats it has let in for each slot: a bit 0, or a
  bit 1 and the Elias gamma code of the seats; zeros fill the last byte. Whole numbers are varints, the low seven bits
  first.
- An export is JSON Lines. The last member of each line is `mac`: the first 16 bytes of HMAC-SHA256 over the bytes of
  the mac before it (none for the first line) and the line as it stands without that member.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[3] / "contracts" / "door"

PERFORMANCE = 42
PERFORMANCE_KEY = hashlib.sha256(b"the performance's key in the golden files").digest()
DEVICE_KEY = hashlib.sha256(b"the device's key in the golden files").digest()
# 21 November 2026, 20:41:07 in Rome.
MADE_AT = 1_795_290_067
DEVICE = "6b7a0d51-3f0e-4c1e-9d5b-1f6f0a4e2c77"


def digits64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def varint(number: int) -> bytes:
    *low, last = [number >> shift & 0x7F for shift in range(0, max(number.bit_length(), 1), 7)]
    return bytes([byte | 0x80 for byte in low] + [last])


def bits_of(counts: Sequence[int]) -> str:
    return "".join("1" + "0" * (count.bit_length() - 1) + f"{count:b}" if count else "0" for count in counts)


def packed(counts: Sequence[int]) -> bytes:
    bits = bits_of(counts)
    return b"".join(bytes([int(bits[start : start + 8].ljust(8, "0"), 2)]) for start in range(0, len(bits), 8))


def section(*, device: int, sequence: int, counts: Sequence[int]) -> bytes:
    return varint(device) + varint(sequence) + varint(len(counts)) + packed(counts)


def message_body(performance: int, made_at: int, sections: Sequence[dict[str, Any]]) -> bytes:
    head = b"\x01" + varint(performance) + made_at.to_bytes(4, "big") + varint(len(sections))
    return head + b"".join(section(**one) for one in sections)


def written(body: bytes, key: bytes = PERFORMANCE_KEY) -> str:
    mac = hmac.digest(key, body, "sha256")[:10]
    return "AZDOOR:" + base64.b32encode(body + mac).decode().rstrip("=")


CASES: list[dict[str, Any]] = [
    {
        "name": "a phone that has let nobody in yet",
        "performance": PERFORMANCE,
        "made_at": MADE_AT,
        "sections": [{"device": 1, "sequence": 0, "counts": []}],
    },
    {
        "name": "one party of four, of which two are in",
        "performance": PERFORMANCE,
        "made_at": MADE_AT,
        "sections": [{"device": 2, "sequence": 1, "counts": [0, 0, 0, 2]}],
    },
    {
        "name": "what a phone has let in, and what it has heard of two others and of the paper list",
        "performance": PERFORMANCE,
        "made_at": MADE_AT,
        "sections": [
            {"device": 1, "sequence": 31, "counts": [2, 0, 0, 4, 1, 0, 0, 0, 3, 2, 0, 1, 5, 5]},
            {"device": 2, "sequence": 200, "counts": [0, 3, 0, 0, 0, 1, 1]},
            {"device": 130, "sequence": 16384, "counts": [0, 0, 8]},
            {"device": 0, "sequence": 6, "counts": [0, 0, 0, 0, 0, 0, 0, 2]},
        ],
    },
    {
        "name": "long numbers: a late performance, a whole school on one reservation, bits that end with a byte",
        "performance": 70_000,
        "made_at": 4_294_967_295,
        "sections": [
            {"device": 3, "sequence": 2_097_152, "counts": [300, 1, 0, 0, 0, 255, 256, 1]},
            {"device": 4, "sequence": 128, "counts": [1, 1, 1, 1]},
        ],
    },
]


def refused_messages() -> list[dict[str, str]]:
    """Each read by device 9 of performance 42, which has heard of nobody."""
    good = written(message_body(PERFORMANCE, MADE_AT, CASES[1]["sections"]))
    own = message_body(PERFORMANCE, MADE_AT, [{"device": 9, "sequence": 5, "counts": [1]}])
    other = message_body(41, MADE_AT, CASES[1]["sections"])
    short = message_body(PERFORMANCE, MADE_AT, CASES[1]["sections"])[:-1]
    long = message_body(PERFORMANCE, MADE_AT, CASES[1]["sections"]) + b"\x00"
    filled = message_body(PERFORMANCE, MADE_AT, [{"device": 2, "sequence": 1, "counts": [0, 0, 0]}])[:-1] + b"\x01"
    spare = good[:-1] + chr(ord(good[-1]) + 1)
    assert base64.b32decode(padded(spare)) == base64.b32decode(padded(good))
    return [
        {"name": "a ticket", "why": "notACode", "text": "https://teatro.example/t#JBSWY3DPEHPK3PXPJBSWY3DPEA"},
        {"name": "no letters after the prefix", "why": "altered", "text": "AZDOOR:"},
        {"name": "cut short", "why": "altered", "text": good[:-3]},
        {"name": "a letter that base32 does not have", "why": "altered", "text": good[:-2] + "1" + good[-1]},
        {"name": "another spelling of the same bytes", "why": "altered", "text": spare},
        {"name": "of another performance", "why": "otherPerformance", "text": written(other)},
        {"name": "signed with another key", "why": "altered", "text": written(short + b"\x00", DEVICE_KEY)},
        {"name": "the reader's own", "why": "ownCode", "text": written(own)},
        {"name": "signed, but its last section ends too early", "why": "altered", "text": written(short)},
        {"name": "signed, but with a byte too many", "why": "altered", "text": written(long)},
        {"name": "signed, but filled up with a one", "why": "altered", "text": written(filled)},
        {"name": "signed, of a version to come", "why": "altered", "text": written(b"\x02" + long[1:])},
    ]


def padded(text: str) -> str:
    letters = text.removeprefix("AZDOOR:")
    return letters + "=" * (-len(letters) % 8)


def scan(sequence: int, **members: Any) -> dict[str, Any]:
    first = {
        "type": "scan",
        "scan_id": f"00000000-0000-4000-8000-{sequence:012d}",
        "kind": members.pop("kind", "ticket"),
    }
    clock = {"scanned_at": f"2026-11-21T19:{40 + sequence}:05.250Z", "clock_offset_ms": members.pop("offset", -1200)}
    return {**first, **members, **clock, "sequence": sequence}


SCANS = [
    scan(
        1,
        ticket_digest=digits64(hashlib.sha256(bytes(16)).digest()),
        seats=None,
        outcome="admitted",
        seats_admitted=2,
    ),
    scan(2, reference="K7Q4MX", seats=3, outcome="over_party", seats_admitted=0, offset=None),
    scan(3, kind="walk_in", seats=2, outcome="admitted", seats_admitted=2),
    scan(
        4,
        reference="K7Q4MX",
        seats=5,
        outcome="admitted",
        seats_admitted=5,
        reason="C’è la nonna in più: «la fa sedere Ugo»",
        override=True,
    ),
    scan(
        5,
        kind="undo",
        seats=None,
        outcome="undone",
        seats_admitted=0,
        reason="Biglietto sbagliato",
        undoes="00000000-0000-4000-8000-000000000001",
    ),
]
HEADER = {
    "v": 1,
    "type": "header",
    "performance": PERFORMANCE,
    "device": DEVICE,
    "name": "Marta, porta là in fondo",
    "made_at": "2026-11-21T20:41:07.000Z",
    "scans": len(SCANS),
}
END = {"type": "end", "scans": len(SCANS)}


def export_lines(records: Sequence[dict[str, Any]] = (HEADER, *SCANS, END), key: bytes = DEVICE_KEY) -> list[str]:
    lines, before = [], b""
    for record in records:
        body = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        before = hmac.digest(key, before + body.encode(), "sha256")[:16]
        lines.append(f'{body[:-1]},"mac":"{digits64(before)}"}}')
    return lines


def export_file() -> str:
    return "".join(line + "\n" for line in export_lines())


def vectors() -> dict[str, Any]:
    return {
        "performance_key": digits64(PERFORMANCE_KEY),
        "device_key": digits64(DEVICE_KEY),
        "messages": [
            {**case, "text": written(message_body(case["performance"], case["made_at"], case["sections"]))}
            for case in CASES
        ],
        "reader": {"performance": PERFORMANCE, "device": 9},
        "refused": refused_messages(),
        "export": {
            "header": HEADER,
            "scans": SCANS,
            "end": END,
            "macs": [json.loads(line)["mac"] for line in export_lines()],
        },
    }


def vectors_file() -> str:
    return json.dumps(vectors(), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "vectors.json").write_text(vectors_file(), encoding="utf-8")
    (FOLDER / "export.jsonl").write_text(export_file(), encoding="utf-8")


if __name__ == "__main__":
    main()
