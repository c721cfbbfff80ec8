"""Staff at the real sign-in, through nginx, as a browser goes about it."""

import re
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from lab.http import Answer
from lab.stacks import Lab


def sign_in_to_admin(lab: Lab, name: str, password: str) -> Answer:
    """The admin's form: a redirect for the right password, the form again for a wrong one."""
    page = lab.get("/admin/login/")
    assert page.status == HTTPStatus.OK, page.text
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    form = {"username": name, "password": password, "csrfmiddlewaretoken": token, "next": "/admin/"}
    headers = {**_kept(_cookies(page)), "Content-Type": "application/x-www-form-urlencoded", "Referer": lab.url}
    return lab.request("POST", "/admin/login/", body=urlencode(form).encode(), headers=headers)


def is_signed_in(answer: Answer) -> bool:
    return answer.status == HTTPStatus.FOUND and "sessionid" in _cookies(answer)


class DoorSession:
    """Somebody who has signed in at `/door/`, on whatever is at hand."""

    def __init__(self, lab: Lab, name: str, password: str) -> None:
        self._lab, self._cookies = lab, _cookies(lab.get("/api/v1/staff/session/"))
        answer = self.post("/api/v1/staff/session/", {"username": name, "password": password})
        assert answer.status in (HTTPStatus.OK, HTTPStatus.CREATED), answer.text
        self._cookies |= _cookies(answer)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        token = self._cookies.get("csrftoken", "")
        headers = {**_kept(self._cookies), "X-CSRFToken": token, "Origin": self._lab.url, "Referer": self._lab.url}
        return self._lab.request("POST", path, body=body, headers=headers)


def _cookies(answer: Answer) -> dict[str, str]:
    kept: dict[str, str] = {}
    for line in answer.headers.get_all("Set-Cookie") or ():
        kept |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
    return kept


def _kept(cookies: dict[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
