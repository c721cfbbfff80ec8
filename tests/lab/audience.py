"""Guests by the hundred, each with a mail, a link and, once they confirmed, a QR code of their own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from email.message import EmailMessage

from lab.guests import as_guest, link_in, new_address, open_performances, reserve, ticket_in
from lab.stacks import Lab
from lab.waiting import wait_for

AT_ONCE = 6
MAILS_SECONDS = 60
# Left free, for those who come later.
SEATS_FOR_OTHERS = 5


@dataclass(frozen=True)
class Attendee:
    """A reservation of one seat; `token` is of the link in the mail, `ticket` of the QR code in the other one."""

    performance_id: int
    email: str
    reference: str
    token: str = ""
    ticket: str = ""


def gather(lab: Lab, size: int, *, undecided: int) -> list[Attendee]:
    """So many reservations, over all performances, by the API and the mails; the first `undecided` are not confirmed.

    It takes a lab that limits nobody.
    """
    places = iter(_places(lab))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        reserved = list(pool.map(lambda place: _reserve(lab, place), [next(places) for _ in range(size)]))
        links = _mails_by_address(lab, "Please confirm", reserved)
        told = [replace(one, token=link_in(links[one.email])[1]) for one in reserved]
        list(pool.map(lambda one: _confirm(lab, one), told[undecided:]))
    tickets = _mails_by_address(lab, "Your ticket", told[undecided:])
    admitted = [replace(one, ticket=_code_in(tickets[one.email])) for one in told[undecided:]]
    return told[:undecided] + admitted


def _places(lab: Lab) -> Iterator[int]:
    for performance in open_performances(lab, SEATS_FOR_OTHERS + 1):
        yield from [performance["id"]] * (performance["seats"]["left"] - SEATS_FOR_OTHERS)


def _reserve(lab: Lab, performance_id: int) -> Attendee:
    email = new_address()
    answer = reserve(lab, performance_id, email)
    assert answer.status == 201, answer.text
    return Attendee(performance_id, email, answer.json["reference"])


def _confirm(lab: Lab, attendee: Attendee) -> None:
    answer = as_guest(lab, "POST", "confirm/", attendee.token)
    assert answer.status == 200, answer.text


def _mails_by_address(lab: Lab, subject: str, attendees: list[Attendee]) -> dict[str, EmailMessage]:
    wanted = {one.email for one in attendees}

    def look() -> dict[str, EmailMessage] | None:
        found = {str(mail["To"]): mail for mail in lab.mails.all() if str(mail["Subject"]).startswith(subject)}
        return found if wanted <= set(found) else None

    return wait_for(f"{len(wanted)} mails {subject!r}", look, MAILS_SECONDS)


def _code_in(mail: EmailMessage) -> str:
    picture = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    return ticket_in(picture.get_payload(decode=True))[1]
