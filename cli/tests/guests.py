"""Guests for the tests of their lists."""

from azione.guest_lists import Guest


def a_guest(
    name: str = "Anna Bianchi",
    *,
    given_name: str = "",
    seats: int = 1,
    admitted: int = 0,
    reference: str = "K7Q4MX",
    phone: str = "",
    notes: str = "",
) -> Guest:
    """`name` is the surname, unless a given name stands before it."""
    return Guest(
        name=f"{given_name} {name}".strip(),
        surname=name,
        given_name=given_name,
        seats=seats,
        admitted=admitted,
        reference=reference,
        phone=phone,
        notes=notes,
    )


# What a prankster, an old system or a phone's keyboard may put into a name; each must be shown somehow.
HOSTILE = (
    "=HYPERLINK(1)",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "</table><h1>x",
    "&L&A {page} %s",
    "An\u202ena",
    "Bian\x07chi\x1b[2J",
    "Ross\u200bi",
    "Bruno \U0001f600",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "小林 一茶",
    "محمد علي",
    "Lone \ud800 half",
    "_x0041_",
    "x" * 100,
    "W" * 500,
    "",
)
