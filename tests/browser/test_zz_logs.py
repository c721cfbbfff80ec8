"""Last of all: what the whole run left in the logs."""

import re

from browser.running_demo import Demo


def test_no_guest_and_no_token_is_in_any_log_line(demo: Demo) -> None:
    """The other tests of this folder reserved, confirmed, scanned and failed; the mails tell what must not be there."""
    mails = [path.read_text(errors="replace") for path in (demo.directory / "mail").glob("*.eml")]
    tokens = {token for mail in mails for token in re.findall(r"[A-Z2-7]{26}", mail)}
    assert len(tokens) > 5, "this test runs after the others"
    log = demo.log_text()
    assert '"event": "request"' in log
    for line in log.splitlines():
        assert "anzottera" not in line, line
        assert demo.password not in line, line
        assert not tokens.intersection(re.findall(r"[A-Z2-7]{26}", line)), line
