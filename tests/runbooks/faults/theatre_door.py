"""The evenings of the door: phones paired and lost, a cellar without a network, links in the wrong hands."""

import json
import re
from collections.abc import Iterator
from email.message import EmailMessage
from http import HTTPStatus

from lab.stacks import Lab
from lab.staff import Session
from runbooks.evenings import Evening, Guest, make_evening, remove_accounts
from runbooks.phones import Phone, pair_long_ago, pair_phone
from runbooks.scenes import House, Scene, before, scene

GUESTS = (
    Guest("Anna Bianchi", 2, "anna@example.org"),
    Guest("Maria De Luca", 4, phone="333 1234567"),
    Guest("Zoë Àlvarez", 1, "zoe@example.org", "050 123456"),
    Guest("Gianni D'Angelo", 2, "gianni@example.org"),
    Guest("Piero Rossi", 3, "piero@example.org"),
)


class DoorScene(Scene):
    """A scene at the door of one evening."""

    evening: Evening
    marta: Phone
    luca: Phone


def _at_the_door(house_scene: DoorScene, evening: Evening) -> DoorScene:
    house_scene.evening = evening
    return house_scene


@scene("before-a-show")
def before_the_doors_open(house: House) -> Iterator[Scene]:
    with house.shared_stack() as host:
        evening = make_evening(host.lab, GUESTS)
        yield _at_the_door(DoorScene(host, values={"PERFORMANCE": str(evening.id)}), evening)


@before("two phones are paired")
def pair_two_phones(scene: DoorScene) -> None:
    """With a network, as the door's app does: each fetches its list."""
    lab, performance = scene.lab, scene.evening.id
    scene.marta = pair_phone(lab, performance, "Marta, left door", walk_ins=4)
    scene.luca = pair_phone(lab, performance, "Luca, right door")
    for phone in (scene.marta, scene.luca):
        assert len(phone.fetch_list()["reservations"]) == len(GUESTS)


@scene("door-offline")
def cellar_without_a_network(house: House) -> Iterator[Scene]:
    """Two phones that know their lists and reach nobody; a party shows its ticket at both doors."""
    with house.shared_stack() as host:
        evening = make_evening(host.lab, GUESTS)
        made = _at_the_door(DoorScene(host, values={"PERFORMANCE": str(evening.id)}), evening)
        pair_two_phones(made)
        listed = host.lab.azione("guests", "export", str(evening.id), "--output", str(host.home / "guests.csv"))
        assert listed.returncode == 0, listed.stderr
        anna, maria, zoe = (evening.references[name] for name in ("Anna Bianchi", "Maria De Luca", "Zoë Àlvarez"))
        pair_long_ago(host.lab, evening.id)
        made.marta.admit_alone(anna, 2, minutes_ago=50)
        made.marta.admit_alone(zoe, 1, minutes_ago=45)
        made.luca.admit_alone(anna, 2, minutes_ago=40)
        made.luca.admit_alone(maria, 3, minutes_ago=35)
        made.marta.give_seats_alone(2, minutes_ago=30)
        yield made


@before("the phone of Marta finds a network")
def deliver_by_itself(scene: DoorScene) -> None:
    assert scene.marta.deliver() == ["admitted"] * 3


@before("the file of Luca's phone has come")
def export_of_a_phone(scene: DoorScene) -> None:
    scene.luca.export(scene.host.home / "luca.jsonl")


@before("the paper list is ticked and saved")
def tick_the_paper_list(scene: DoorScene) -> None:
    """As a spreadsheet saves it: a mark for Gianni's party, a number for Piero's."""
    path = scene.host.home / "guests.csv"
    lines = path.read_text("utf-8-sig").split("\n")
    marks = {scene.evening.references["Gianni D'Angelo"]: '"x"', scene.evening.references["Piero Rossi"]: "2"}
    for reference, mark in marks.items():
        [number] = [number for number, line in enumerate(lines) if f'"{reference}"' in line]
        name, seats, _admitted, rest = lines[number].split(";", 3)
        lines[number] = f"{name};{seats};{mark};{rest}"
    path.write_text("\ufeff" + "\n".join(lines), "utf-8")


@before("the conflict's number is read")
def read_the_number(scene: DoorScene) -> None:
    told = scene.lab.azione("checkin", "conflicts", str(scene.evening.id), "--json").stdout.splitlines()
    [conflict] = [line for line in map(json.loads, told) if line["type"] == "record"]
    scene.values["CONFLICT"] = str(conflict["conflict"])


# In the wrong hands --------------------------------------------------------------------------------------------------

LINK = re.compile(r"/reservation#([A-Z2-7]{26})")


class LeakedScene(DoorScene):
    """`link` opened the reservation when it was sent."""

    link: str


@scene("leaked-link-or-lost-phone")
def in_the_wrong_hands(house: House) -> Iterator[Scene]:
    """A guest's link works for whoever has it; a paired phone works for whoever finds it; a password is known."""
    with house.shared_stack() as host:
        lab = host.lab
        evening = make_evening(lab, [Guest("Caterina Neri", 2, "caterina@example.org")])
        reference = evening.references["Caterina Neri"]
        values = {"PERFORMANCE": str(evening.id), "REFERENCE": reference}
        made = LeakedScene(host, values, {"K7M2QX": reference})
        made.evening = evening
        made.link = _link_in(lab.mails.to("caterina@example.org")[-1])
        assert _opens(lab, made.link)
        made.marta = pair_phone(lab, evening.id, "Marta, left door")
        lab.add_account("lucia", "door")
        try:
            yield made
        finally:
            remove_accounts(lab, "lucia")


@before("the leaked link and the lost phone are tried")
def try_what_leaked(scene: LeakedScene) -> None:
    assert not _opens(scene.lab, scene.link)
    newest = scene.lab.mails.to("caterina@example.org")[-1]
    assert _opens(scene.lab, _link_in(newest))
    assert not scene.marta.is_welcome()
    assert Session(scene.lab).sign_in("lucia", "dodici-sedie-in-scena").status == HTTPStatus.OK


def _link_in(mail: EmailMessage) -> str:
    text = mail.get_body(("plain",))
    assert text is not None
    return LINK.findall(text.get_content())[0]


def _opens(lab: Lab, token: str) -> bool:
    answer = lab.get("/api/v1/reservation/", Authorization=f"Reservation {token}")
    return bool(answer.status == HTTPStatus.OK)
