"""What a run of the tests left in the logs."""

import re

from browser.running_demo import Demo

_TOKEN = re.compile(r"[A-Z2-7]{26}")
# Of the guests whom the tests invent.
_SURNAME = "anzottera"


def assert_no_guest_and_no_token_is_in(demo: Demo) -> None:
    """The tests reserved, confirmed, scanned and failed; the mails tell what must not be there."""
    mails = [path.read_text(errors="replace") for path in (demo.directory / "mail").glob("*.eml")]
    tokens = {token for mail in mails for token in _TOKEN.findall(mail)}
    log = demo.log_text()
    assert '"event": "request"' in log
    for line in log.splitlines():
        assert _SURNAME not in line, line
        assert demo.password not in line, line
        assert not tokens.intersection(_TOKEN.findall(line)), line
