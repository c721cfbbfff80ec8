"""The admin in a browser: pages are opened, their forms filled in and sent, through nginx."""

from collections.abc import Mapping
from html.parser import HTMLParser
from http import HTTPStatus
from urllib.parse import urlencode

from lab.http import Answer
from lab.stacks import Lab
from lab.staff import Session


class Browser(Session):
    def submit(self, path: str, changes: Mapping[str, str | None]) -> Answer:
        """Sends the form of a page, as it was but for `changes`; None takes a tick away."""
        page = self.request("GET", path)
        assert page.status == HTTPStatus.OK, f"{path}: {page.status}"
        fields = _read_form(page.text)
        missing = changes.keys() - fields.keys() - {name for name, value in changes.items() if value is not None}
        assert not missing, f"{path} has no tick at {missing}"
        sent = {name: value for name, value in (fields | dict(changes)).items() if value is not None}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.lab.url + path}
        return self.request("POST", path, urlencode(sent).encode(), headers=headers)

    def sign_in_to_admin(self, name: str, password: str) -> Answer:
        """A redirect for the right password, the form again for a wrong one."""
        return self.submit("/admin/login/", {"username": name, "password": password})

    @property
    def is_signed_in(self) -> bool:
        return bool(self.who().json["username"])


def sign_in_to_admin(lab: Lab, name: str, password: str) -> Browser:
    """Fails where the admin does not let them in."""
    browser = Browser(lab)
    answer = browser.sign_in_to_admin(name, password)
    assert answer.status == HTTPStatus.FOUND, answer.text
    return browser


class _Fields(HTMLParser):
    """What a browser would send of each form of a page, if nobody touched it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._textarea, self._select = "", ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self.forms.append({})
        elif not self.forms:
            return
        elif tag == "input" and name and self._is_sent(given):
            self.forms[-1][name] = value or ("on" if given.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self._textarea, self.forms[-1][name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.forms[-1][self._select] = value

    @staticmethod
    def _is_sent(given: Mapping[str, str | None]) -> bool:
        kind = given.get("type") or "text"
        return kind not in ("submit", "button", "file") and (kind not in ("checkbox", "radio") or "checked" in given)

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1][self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""


def _read_form(page: str) -> dict[str, str]:
    """The page's own: those of its head, to sign out and the like, are smaller."""
    read = _Fields()
    read.feed(page)
    return max(read.forms, key=len)
