"""`azione reservations …` against a real backend on PostgreSQL: in pipes, on a terminal, by JSON."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.tests.conftest import Theatre, run_azione
from cli.tests.terminals import open_terminal, plain, screen
from cli.tests.transcripts import transcript

from azione.reservations import read_found, read_reservation, read_written

Reservations = Callable[..., subprocess.CompletedProcess[str]]
PLACE = "La locandiera, Thu 5 Dec 2041, 20:30, La Cantina"
MATINEE = "La locandiera, Thu 5 Dec 2041, 16:30, La Cantina"
CARLO = ("--seats", "2", "--name", "Carlo Goldoni")


@pytest.fixture
def reservations(evening: Theatre, tmp_path: Path) -> Reservations:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_azione("reservations", *arguments, cwd=tmp_path, AZIONE_DEMO_DIR=str(evening.directory))

    return run


def reference_of(reservations: Reservations, name: str) -> str:
    [line] = [line for line in reservations("find", name).stdout.splitlines() if name in line]
    return line.split()[0]


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stderr) == (0, "")
    return " ".join(done.stdout.split())


# In a pipe


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("de luca", "Maria De Luca"),
        ("DELUCA", "Maria De Luca"),
        ("luca maria", "Maria De Luca"),
        ("alvarez", "Zoë Àlvarez"),
        ("zoe", "Zoë Àlvarez"),
        ("dangelo", "Gianni D'Angelo"),
        ("d’angelo", "Gianni D'Angelo"),
        ("d angelo", "Gianni D'Angelo"),
        ("333 123 45", "Maria De Luca"),
        ("+39 333-1234567", "Maria De Luca"),
        ("0039 333 1234567", "Maria De Luca"),
    ],
)
def test_guest_is_found_by_what_they_say(reservations: Reservations, said: str, name: str) -> None:
    done = reservations("find", said)
    assert name in done.stdout
    assert done.stdout.splitlines()[-1] == "1 reservation"


def test_found_by_reference_shown_without_anything_that_opens_it(reservations: Reservations) -> None:
    reference = reference_of(reservations, "Maria De Luca")
    spaced = f" {reference[:3].lower()} {reference[3:].lower()}"
    assert "Maria De Luca" in reservations("find", spaced).stdout
    done = reservations("show", spaced)
    shown = sentence(done)
    assert shown.startswith(f"{reference}, Maria De Luca Performance: {PLACE} Seats: 4 State: confirmed")
    assert "Phone: +393331234567 Notes: una sedia a rotelle" in shown
    assert "Admitted: 2 of 4: 2 on" in shown
    assert "by porta" in shown
    assert "Mail 2: ticket: waiting" in shown
    assert not re.search(r"\b[A-Z2-7]{26}\b", done.stdout)


def test_guest_on_the_phone_without_address(reservations: Reservations, evening: Theatre) -> None:
    create = ("create", str(evening.performances["full"]), *CARLO, "--no-email", "--phone", "333 7654321")
    dry = sentence(reservations(*create, "--dry-run"))
    assert dry == f"This would reserve: Carlo Goldoni, 2 seats, for {PLACE}; no e-mail: call 3337654321."
    assert "Nobody of that name" in reservations("find", "goldoni").stdout
    done = sentence(reservations(*create, "--yes"))
    reference = done[:6]
    assert done == (
        f"{reference}, Carlo Goldoni, 2 seats: confirmed for {PLACE}; no e-mail: call 3337654321. "
        f"The reference is the ticket: say {' '.join(reference)}."
    )
    assert "E-mail: none: the reference is the ticket" in sentence(reservations("show", reference))
    moved = sentence(reservations("move", reference, str(evening.performances["matinee"]), "--yes"))
    assert moved == f"{reference}, Carlo Goldoni, 2 seats: moved to {MATINEE}; no e-mail: call 3337654321."
    again = sentence(reservations("move", reference, str(evening.performances["matinee"]), "--yes"))
    assert again.endswith(f"is for {MATINEE} already: nothing was changed.")
    changed = sentence(reservations("change", reference, "--seats", "3", "--email", "carlo@example.org", "--yes"))
    assert "changed: seats 2 → 3; e-mail none → c…@example.org; the mail “ticket” to c…@example.org" in changed
    gone = sentence(reservations("cancel", reference, "--yes"))
    assert "cancelled; the mail “reservation cancelled” to c…@example.org" in gone
    assert sentence(reservations("cancel", reference, "--yes")).endswith("is cancelled already: nothing was changed.")


def test_same_key_reserves_once(reservations: Reservations, evening: Theatre) -> None:
    create = ("create", str(evening.performances["full"]), *CARLO, "--email", "carlo@example.org", "--yes")
    key = ("--key", "00000000-0000-4000-8000-000000000001")
    assert reservations(*create, *key).stdout == reservations(*create, *key).stdout
    assert reservations("find", "carlo goldoni").stdout.splitlines()[-1] == "1 reservation"
    refused = reservations(*create, *key, "--notes", "another")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "That was used for something else before" in refused.stderr


def test_leaked_link_is_renewed(reservations: Reservations) -> None:
    """Nothing was ever sent here: the theatre has no mail server."""
    reference = reference_of(reservations, "Zoë Àlvarez")
    party = f"{reference}, Zoë Àlvarez, 1 seat, for {PLACE}"
    dry = sentence(reservations("renew", reference, "--dry-run"))
    assert dry.startswith(f"{party}: would be renewed: no link had been sent so far")
    done = sentence(reservations("renew", reference, "--yes"))
    assert f"{party}: renewed: no link had been sent so far; the mail “ticket” to " in done
    assert "could not leave yet: azione emails send --all" in done


def test_held_seats_are_confirmed_by_staff(reservations: Reservations, evening: Theatre) -> None:
    done = sentence(
        reservations(
            "create", str(evening.performances["full"]), *CARLO, "--email", "carlo@example.org", "--hold", "--yes"
        )
    )
    assert "held until" in done
    assert "the mail “please confirm” to c…@example.org" in done
    confirmed = sentence(reservations("confirm", done[:6], "--yes"))
    assert confirmed.startswith(f"{done[:6]}, Carlo Goldoni, 2 seats, for {PLACE}: confirmed; the mail “ticket”")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("find", ""), 2, "Write a reference, a name"),
        (("find", "x" * 5000), 2, "Use at most 254 characters."),
        (("find", "\x1b[31m"), 2, "Remove the invisible or control characters."),
        (("find", "\udcff\udcfe"), 2, "Remove the invisible or control characters."),
        (("find", "anna", "--performance", "99999"), 2, "There is no performance '99999'."),
        (("show", "ZZZZZZ"), 2, "look for the guest by name, e-mail or phone"),
        (("show", "\udcff"), 2, "There is no reservation"),
        (("show", "x" * 5000), 2, "There is no reservation"),
        (("create", "FULL", *CARLO, "--yes"), 2, "--no-email for a guest who has none"),
        (("create", "FULL", *CARLO, "--email", "carlo", "--yes"), 2, "not a complete e-mail address"),
        (("create", "FULL", *CARLO, "--no-email"), 2, "add --yes"),
        (("create", "FULL", *CARLO, "--no-email", "--hold", "--yes"), 2, "nobody can be asked to confirm"),
        (("create", "FULL", *CARLO, "--no-email", "--key", "x", "--yes"), 2, "key: invalid UUID"),
        (("create", "99999", *CARLO, "--no-email", "--yes"), 2, "There is no performance '99999'."),
        (("create", "FULL", "--seats", "11", "--name", "Carlo", "--no-email", "--yes"), 3, "Seats left: 10."),
        (("create", "FULL", "--seats", "-1", "--name", "Carlo", "--no-email", "--yes"), 2, "Use a number from 1"),
        (("create", "FULL", "--seats", "9" * 30, "--name", "Carlo", "--no-email", "--yes"), 2, "Use a number from 1"),
        (("create", "FULL", "--seats", "1", "--name", "\udcff", "--no-email", "--yes"), 2, "control characters"),
        (("change", "MARIA", "--yes"), 2, "Say what changes"),
        (("change", "MARIA", "--seats", "1", "--yes"), 3, "Somebody of this party is already in."),
        (("cancel", "MARIA", "--yes"), 3, "Somebody of this party is already in."),
        (("move", "MARIA", "MATINEE", "--yes"), 3, "Somebody of this party is already in."),
        (("move", "MARIA", "locandiera@2041-12-05", "--yes"), 2, "means more than one performance"),
        (("confirm", "ZZZZZZ", "--yes"), 2, "There is no reservation 'ZZZZZZ'."),
    ],
)
def test_worst_inputs(
    reservations: Reservations, evening: Theatre, arguments: tuple[str, ...], exit_code: int, said: str
) -> None:
    known = {"FULL": str(evening.performances["full"]), "MATINEE": str(evening.performances["matinee"])}
    if "MARIA" in arguments:
        known["MARIA"] = reference_of(reservations, "Maria De Luca")
    done = reservations(*(known.get(argument, argument) for argument in arguments))
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr


def test_json_is_the_protocol(reservations: Reservations, evening: Theatre) -> None:
    done = reservations("find", "e", "--performance", str(evening.performances["full"]), "--json")
    *_records, summary = map(json.loads, done.stdout.splitlines())
    assert (summary["type"], summary["performance"]["id"]) == ("summary", evening.performances["full"])


# On a terminal


def test_question_names_the_guest_the_mail_and_the_database(evening: Theatre) -> None:
    create = ("create", str(evening.performances["full"]), *CARLO, "--email", "carlo@example.org")
    terminal = open_terminal(evening, "reservations", *create, NO_COLOR="1")
    terminal.expect_exact("[y/N]")
    asked = plain(terminal.before)
    assert f"Reserve Carlo Goldoni, 2 seats, for {PLACE}; the mail “ticket” to c…@example.org, on http" in asked
    assert "(database azione_cli_" in asked
    terminal.sendline("n")
    assert "Nothing was changed." in plain(screen(terminal))
    assert terminal.exitstatus == 3
    terminal = open_terminal(evening, "reservations", *create, NO_COLOR="1")
    terminal.expect_exact("[y/N]")
    terminal.send("\x03")
    assert "Traceback" not in plain(screen(terminal))
    assert terminal.exitstatus == 130
    terminal = open_terminal(evening, "reservations", "find", "carlo", NO_COLOR="1")
    assert "Nobody of that name is to come" in plain(screen(terminal))


# What the commands say


def test_transcripts_of_looking() -> None:
    found = read_found(*transcript("find_reservations"))
    assert found.rows[0][:3] == ("BIANCH", "Anna Bianchi", "2")
    assert found.totals.startswith(f"{len(found.rows)} reservation")
    records, summary = transcript("find_reservations")
    assert read_found(records, summary | {"found": 60}).totals.endswith("more: add a name, or --performance")
    assert read_found(*transcript("find_reservations.none")).rows == []
    heading, facts = read_reservation(*transcript("show_reservation"))
    assert heading == "DELUCA, Maria De Luca"
    assert dict(facts)["Admitted"] == "2 of 4: 2 on Thu 5 Dec 2041, 20:30 by porta"


@pytest.mark.parametrize(
    ("name", "party", "mail"),
    [
        ("create_reservation", "GQLDNE, Carlo Goldoni, 2 seats", "ticket"),
        ("create_reservation.dry_run", "Carlo Goldoni, 2 seats", "ticket"),
        ("create_reservation.no_email", "GQLDNE, Carlo Goldoni, 2 seats", ""),
        ("confirm_reservation", "PENDNG, Piero Pending, 1 seat", "ticket"),
        ("confirm_reservation.unchanged", "BIANCH, Anna Bianchi, 2 seats", ""),
        ("change_reservation", "DANGEL, Gianni D'Angelo, 3 seats", "ticket"),
        ("change_reservation.dry_run", "DANGEL, Gianni D'Angelo, 3 seats", ""),
        ("renew_reservation", "BIANCH, Anna Bianchi, 2 seats", "ticket"),
        ("renew_reservation.dry_run", "BIANCH, Anna Bianchi, 2 seats", "ticket"),
        ("cancel_reservation", "DANGEL, Gianni D'Angelo, 2 seats", ""),
        ("cancel_reservation.dry_run", "PENDNG, Piero Pending, 1 seat", "reservation cancelled"),
        ("move_reservation", "DANGEL, Gianni D'Angelo, 2 seats", ""),
        ("move_reservation.unchanged", "DANGEL, Gianni D'Angelo, 2 seats", ""),
    ],
)
def test_transcripts_of_writing(name: str, party: str, mail: str) -> None:
    one = read_written(*transcript(name))
    assert (one.party, one.mail, one.is_changed) == (party, mail, not name.endswith("unchanged"))


def test_words_for_links_that_open_nothing() -> None:
    records, summary = transcript("renew_reservation")
    told = [read_written(records, summary | {"links_revoked": number}).revocation for number in range(3)]
    assert told == [
        "no link had been sent so far",
        "1 link sent so far opens nothing any more, nor do the QR codes",
        "2 links sent so far open nothing any more, nor do the QR codes",
    ]
    assert summary["links_revoked"] == 2


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("find_reservations.blank", "validation_failed"),
        ("show_reservation.unknown", "not_found"),
        ("create_reservation.full", "capacity_exceeded"),
        ("create_reservation.invalid", "validation_failed"),
        ("confirm_reservation.unknown", "not_found"),
        ("change_reservation.inside", "performance_started"),
        ("change_reservation.nothing", "validation_failed"),
        ("renew_reservation.no_email", "validation_failed"),
        ("cancel_reservation.inside", "performance_started"),
        ("move_reservation.inside", "performance_started"),
    ],
)
def test_transcripts_of_refusals(name: str, code: str) -> None:
    assert transcript(name)[1]["code"] == code
