"""The smallest phone that somebody may bring: what has to be read there lies under nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from browser.parties import confirmed_parties
from browser.phones import Phone
from browser.running_demo import Demo
from browser.steps import show_tonight

SMALLEST = {"width": 320, "height": 568}
LARGEST_PARTY = 6

# What a finger would meet at its corners and in its middle, as the page stands.
_IS_UNCOVERED = """box => {
  const {left, right, top, bottom} = box.getBoundingClientRect();
  const at = [[left + 1, top + 1], [right - 1, top + 1], [left + 1, bottom - 1], [right - 1, bottom - 1]];
  at.push([(left + right) / 2, (top + bottom) / 2]);
  return at.every(([x, y]) => {
    const met = document.elementFromPoint(x, y);
    // A corner may be rounded: then it is the card that is met, never a button.
    return met !== null && (box.contains(met) || met.contains(box));
  });
}"""


@pytest.fixture
def phone(browser: Browser, demo: Demo) -> Iterator[Phone]:
    performance = int(show_tonight(demo, "it")["id"])
    with browser.new_context(viewport=SMALLEST, locale="it-IT", base_url=demo.url) as context:
        yield Phone(page=context.new_page(), demo=demo, name="Marta", performance_id=performance)


def expect_uncovered(boxes: Locator) -> None:
    expect(boxes.first).to_be_visible()
    for box in boxes.all():
        assert box.evaluate(_IS_UNCOVERED), box.inner_text()


def test_whole_question_about_a_large_party_is_on_the_screen(demo: Demo, phone: Phone) -> None:
    [party] = confirmed_parties(demo, phone.performance_id, [LARGEST_PARTY])
    phone.pair()
    phone.scan(party.code)
    question = phone.page.locator("azione-party-question")
    expect_uncovered(question.locator("h2, .inside, .reference, button"))


def test_refusal_with_two_ways_on_is_read_to_its_end(demo: Demo, phone: Phone) -> None:
    [party] = confirmed_parties(demo, phone.performance_id, [2])
    phone.pair()
    phone.page.locator("azione-seats-choice").evaluate("seats => (seats.closest('details') ?? seats).open = true")
    phone.page.get_by_role("radio", name="3", exact=True).check()
    phone.scan(party.code)
    expect(phone.answer).to_have_attribute("data-tone", "ask")
    expect_uncovered(phone.answer.locator("h2, .words p, button"))
