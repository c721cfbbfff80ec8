"""`azione door …` against a real backend on PostgreSQL: in pipes, on a terminal, and by JSON."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from cli.tests.conftest import Theatre, own_theatre, run_azione, run_backend
from cli.tests.terminals import lines_of, open_terminal, plain, screen
from cli.tests.transcripts import transcript
from PIL import Image

from azione.doors import half_blocks, read_devices, read_invitation

PAIR = """
import sys, uuid, django
django.setup()
from azionelab.checkin.devices import pair_with_code
pair_with_code(code=sys.argv[1], name=sys.argv[2], claim=uuid.uuid4())
"""


@pytest.fixture(scope="module")
def theatre_with_phones(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """One of these tests' own: they pair phones and send them away."""
    with own_theatre(theatre, tmp_path_factory.mktemp("door")) as own:
        yield own


Door = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def door(theatre_with_phones: Theatre, tmp_path: Path) -> Door:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_azione("door", *arguments, cwd=tmp_path, AZIONE_DEMO_DIR=str(theatre_with_phones.directory))

    return run


@pytest.fixture
def matinee(theatre_with_phones: Theatre) -> str:
    return str(theatre_with_phones.performances["matinee"])


def pair_phone(theatre: Theatre, door: Door, performance: str, name: str, walk_ins: int = 0) -> None:
    made = door("pair", performance, "--walk-ins", str(walk_ins), "--json")
    run_backend(theatre.env, "-c", PAIR, json.loads(made.stdout.splitlines()[0])["code"], name)


# Pairing


def test_pairing_in_a_pipe_is_link_and_code(door: Door, matinee: str) -> None:
    done = door("pair", matinee, "--walk-ins", "4")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:3] == ["La locandiera", "Thu 5 Dec 2041, 16:30, La Cantina", ""]
    link, code = (re.fullmatch(r"\w+: (\S+)", line)[1] for line in lines[3:5])
    assert re.fullmatch(r"[A-Z2-9]{5}-[A-Z2-9]{5}", code)
    assert link == f"http://theatre.test/door/pair#{code.replace('-', '')}"
    assert re.fullmatch(
        r"The code pairs one phone and works until \d\d:\d\d\. It may let in 4 without a reservation\.", lines[5]
    )


def drawn(output: str) -> Image.Image:
    """The QR code as a camera would see it: what stands in the colours of paper, magnified."""
    lines = re.findall(r"\x1b\[[0-9;]*m([ ▀▄█]{29,})\x1b\[0m", output)
    ink = {" ": "00", "▀": "10", "▄": "01", "█": "11"}
    modules = [[ink[letter][half] for letter in line] for line in lines for half in (0, 1)]
    image = Image.new("L", (len(modules[0]), len(modules)))
    image.putdata([0 if module == "1" else 255 for row in modules for module in row])
    return image.resize((image.width * 6, image.height * 6), Image.Resampling.NEAREST)


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}, {"COLORTERM": "truecolor"}])
def test_pairing_on_a_terminal_is_a_qr_code_that_a_camera_reads(
    theatre_with_phones: Theatre, matinee: str, env: dict[str, str]
) -> None:
    terminal = open_terminal(theatre_with_phones, "door", "pair", matinee, rows=60, **env)
    output = screen(terminal)
    assert terminal.exitstatus == 0
    [read] = zxingcpp.read_barcodes(drawn(output))
    code = re.search(r"Code: (?:\x1b\[[0-9;]*m)*([A-Z2-9]{5})-([A-Z2-9]{5})", output)
    assert read.text == f"http://theatre.test/door/pair#{code[1]}{code[2]}"
    # Black and white of the terminal's own, not of its theme.
    assert "\x1b[38;5;16;48;5;231m" in output or "\x1b[38;2;0;0;0;48;2;255;255;255m" in output
    assert read.text in plain(output)


@pytest.mark.parametrize(("columns", "env"), [(30, {}), (80, {"TERM": "dumb"})])
def test_pairing_where_a_qr_code_has_no_room_or_no_colours_is_link_and_code(
    theatre_with_phones: Theatre, matinee: str, columns: int, env: dict[str, str]
) -> None:
    output = screen(open_terminal(theatre_with_phones, "door", "pair", matinee, columns=columns, rows=60, **env))
    assert "█" not in output
    assert "/door/pair#" in output
    assert "Code: " in output


def test_dry_run_and_json(door: Door, matinee: str) -> None:
    done = door("pair", matinee, "--dry-run")
    place = "La locandiera, Thu 5 Dec 2041, 16:30, La Cantina"
    assert done.stdout == f"This would make a code for {place}.\n"
    done = door("pair", matinee, "--json")
    assert [json.loads(line)["type"] for line in done.stdout.splitlines()] == ["record", "summary"]
    refused = door("pair", matinee, "--walk-ins", "5000")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "walk-ins: Use a number from 0 to 1000." in refused.stderr


def test_code_stays_out_of_the_log(door: Door, matinee: str) -> None:
    done = door("pair", matinee, "--verbose")
    code = re.search(r"Code: (\S+)", done.stdout)[1]
    assert "pairing_code_made" in done.stderr
    assert code not in done.stderr
    assert code.replace("-", "") not in done.stderr


# The phones


def test_devices_are_listed_by_number(theatre_with_phones: Theatre, door: Door) -> None:
    performance = str(theatre_with_phones.performances["empty"])
    nobody = door("devices", performance)
    assert nobody.stdout.splitlines()[3] == "No phone has been paired yet."
    assert nobody.stdout.splitlines()[5].startswith("0 phones, valid until Sat 7 Dec 2041, 01:20; made ")
    pair_phone(theatre_with_phones, door, performance, "Marta, left door", walk_ins=6)
    pair_phone(theatre_with_phones, door, performance, "Luca")
    done = door("devices", performance)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[3:7] == [
        "No.  Phone             Admitted  Walk-ins  Last seen",
        "  1  Marta, left door         0  0 of 6    not yet",
        "  2  Luca                     0  0         not yet",
        "",
    ]
    on_terminal = lines_of(screen(open_terminal(theatre_with_phones, "door", "devices", performance)))
    assert any(re.search(r"1 +Marta, left door +0 +0 of 6 +not yet", line) for line in on_terminal)


def test_sending_a_phone_away_asks_and_names_it(theatre_with_phones: Theatre, door: Door) -> None:
    performance = str(theatre_with_phones.performances["full"])
    for name in ("Marta, left door", "Luca"):
        pair_phone(theatre_with_phones, door, performance, name)
    where = "La locandiera, Thu 5 Dec 2041, 20:30, La Cantina"

    nobody = door("revoke", performance, "Luca")
    assert (nobody.returncode, "add --yes" in nobody.stderr) == (2, True)
    dry = door("revoke", performance, "luca", "--dry-run")
    assert dry.stdout == f"This would send away 2, Luca, from {where}.\n"

    terminal = open_terminal(theatre_with_phones, "door", "revoke", performance, "Luca", columns=200)
    terminal.expect_exact(f"Send away 2, Luca, from {where}, on http://theatre.test (database azione_cli_")
    terminal.expect_exact("[y/N] ")
    terminal.sendline("n")
    assert "Nothing was changed." in screen(terminal)
    assert terminal.exitstatus == 3

    terminal = open_terminal(theatre_with_phones, "door", "revoke", performance, "Luca", columns=200)
    terminal.expect_exact("[y/N] ")
    terminal.sendline("y")
    assert f"2, Luca, was sent away from {where}." in screen(terminal)
    assert terminal.exitstatus == 0

    again = door("revoke", performance, "2", "--yes")
    assert (again.returncode, again.stdout) == (0, f"2, Luca, had been sent away already from {where}.\n")
    assert "sent away at " in door("devices", performance).stdout
    unknown = door("revoke", performance, "Piero", "--yes")
    assert (unknown.returncode, "No phone at this door is 'Piero'." in unknown.stderr) == (2, True)


# The models, on the golden transcripts


def test_invitation_is_read_from_its_transcript() -> None:
    invitation = read_invitation(*transcript("pair_device"))
    assert (invitation.code, invitation.walk_ins) == ("ABCDE-FGHJK", 6)
    lines = half_blocks(invitation.qr)
    assert len(lines) == (len(invitation.qr) + 1) // 2
    assert {len(line) for line in lines} == {len(invitation.qr)}


def test_devices_are_read_from_their_transcript() -> None:
    devices = read_devices(*transcript("list_devices"))
    assert devices.rows[0] == ("1", "Marta, left door", "2", "0 of 6", "20:35", "")
    assert devices.rows[2] == ("3", "Luca", "0", "0", "not yet", "sent away at 20:37")
    assert devices.totals == "3 phones, valid until Fri 6 Dec 2041, 01:20; made Thu 5 Dec 2041, 19:45"


@pytest.mark.parametrize("change", [{"qr": None}, {"expires_at": "soon"}])
def test_answer_that_lacks_something_is_no_invitation(change: dict[str, object]) -> None:
    [record], summary = transcript("pair_device")
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_invitation([record | change], summary)
