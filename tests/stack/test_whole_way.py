"""The main job in a browser, as tests/browser walks it in the demo: here through nginx, over http and over https."""

import re

import pytest

# The very same tests; `theatre` says where they are walked.
from browser.test_whole_way import (  # noqa: F401
    test_guest_reserves_confirms_and_is_let_in,
    test_ticket_link_opened_by_staff_goes_straight_to_the_answer,
)
from lab.stacks import Lab

TOKEN = re.compile(r"\b[A-Z2-7]{26}\b")


@pytest.fixture(scope="module", params=["stack", "tls_stack"], ids=["http", "https"])
def theatre(request: pytest.FixtureRequest) -> Lab:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture
def width(language: str) -> str:
    """Each language on one of them: tests/browser has all four."""
    return {"it": "phone", "en": "desktop"}[language]


def test_no_guest_and_no_token_is_in_any_log_of_any_container(theatre: Lab) -> None:
    """After all of the above. The mails tell what must not be there."""
    mails = theatre.mails.all()
    texts = [mail.as_string() for mail in mails]
    tokens = {token for text in texts for token in TOKEN.findall(text)}
    addresses = {str(mail["To"]).lower() for mail in mails}
    assert len(tokens) > 5, "this test runs after the others"
    assert len(addresses) > 3
    logs = {service: theatre.log_text(service) for service in ("nginx", "backend", "postgres")}
    # The controls: what the guests did is in them.
    assert '"path":"/api/v1/reservation/confirm/"' in logs["nginx"]
    assert '"route": "api/v1/reservation/confirm/"' in logs["backend"]
    assert "database system is ready" in logs["postgres"]
    for line in "".join(logs.values()).splitlines():
        assert "anzottera" not in line, line
        assert "@example.org" not in line, line
        assert theatre.password not in line, line
        assert not tokens.intersection(TOKEN.findall(line)), line
        assert not any(address in line.lower() for address in addresses), line
