"""What stands on lists that people print, in the language of those who read them at the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from azione import wording
from azione.guest_files.formats import Language
from azione.guest_lists import GuestList

_ITALIAN_DAYS = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")
_ITALIAN_MONTHS = (
    ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno")
    + ("luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre")
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Words:
    """`page` has {page} and {pages} in it, and `admitted_of` {admitted} and {seats}."""

    language: Language
    surname: str
    given_name: str
    full_name: str
    seats: str
    admitted: str
    reference: str
    phone: str
    notes: str
    already_in: str
    guests: str
    reservations: str
    total: str
    performance: str
    made_at: str
    page: str
    admitted_of: str
    cancelled: str
    empty: str
    boxes: str
    secrecy: str

    def heading(self, guests: GuestList) -> str:
        show = str(guests.performance["show"])
        return f"{show} ({self.cancelled})" if guests.performance["cancelled"] else show

    def place(self, guests: GuestList) -> str:
        return f"{self.moment(guests.starts_at)}, {guests.performance['venue']}"

    def moment(self, when: datetime) -> str:
        if self.language is Language.EN:
            return f"{when:%A} {when.day} {when:%B %Y, %H:%M}"
        day, month = _ITALIAN_DAYS[when.weekday()], _ITALIAN_MONTHS[when.month - 1]
        return f"{day} {when.day} {month} {when:%Y, ore %H:%M}"

    def totals(self, guests: GuestList) -> str:
        if self.language is Language.EN:
            return guests.totals
        reservations = wording.count(guests.reservations, "prenotazione", "prenotazioni")
        seats = wording.count(guests.seats, "posto", "posti")
        admitted = "1 già entrato" if guests.admitted == 1 else f"{guests.admitted} già entrati"
        return f"{reservations}, {seats}, {admitted}"

    def made(self, guests: GuestList) -> str:
        verb = "Made on" if self.language is Language.EN else "Fatta"
        return f"{verb} {self.moment(guests.made_at)}"


_IT = Words(
    language=Language.IT,
    surname="Cognome",
    given_name="Nome",
    full_name="Cognome e nome",
    seats="Posti",
    admitted="Entrati",
    reference="Codice",
    phone="Telefono",
    notes="Note",
    already_in="Già entrati",
    guests="Prenotazioni",
    reservations="Prenotazioni",
    total="Totale",
    performance="Replica",
    made_at="Fatta il",
    page="Pagina {page} di {pages}",
    admitted_of="{admitted} di {seats}",
    cancelled="ANNULLATA",
    empty="Nessuna prenotazione confermata.",
    boxes="Una casella per posto; quelle già barrate erano entrate quando la lista è stata fatta.",
    secrecy="Contiene dati personali: da distruggere dopo lo spettacolo.",
)
_EN = Words(
    language=Language.EN,
    surname="Surname",
    given_name="Given name",
    full_name="Surname and name",
    seats="Seats",
    admitted="Admitted",
    reference="Reference",
    phone="Phone",
    notes="Notes",
    already_in="Already in",
    guests="Guests",
    reservations="Reservations",
    total="Total",
    performance="Performance",
    made_at="Made at",
    page="Page {page} of {pages}",
    admitted_of="{admitted} of {seats}",
    cancelled="CANCELLED",
    empty="Nobody has a confirmed reservation yet.",
    boxes="One box a seat; those crossed already were in when the list was made.",
    secrecy="Holds personal data: destroy it after the show.",
)


def words_in(language: Language) -> Words:
    return _IT if language is Language.IT else _EN
