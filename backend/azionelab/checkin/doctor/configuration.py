"""Settings: what Django's own deployment checks find, in words for a theatre, and what they do not look at."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.conf import settings
from django.core.checks import ERROR, run_checks

from azionelab.core.clock import theatre_zone
from azionelab.core.findings import Finding, failure, ok, warning

LEAST_KEY = 50
_ON_HTTPS = (
    "Make SITE_URL an https address and put a certificate in front of it; on a demo on this machine plain http is fine."
)
_IN_THE_CLEAR = "The site is plain http: passwords, cookies and guests' data travel readable"
_RESTART = "Put it back as it is in the project's settings, and start again."
# By Django's own names. Those with the same cause say the same, and are told once.
_WORDS = {
    "security.W004": (_IN_THE_CLEAR, _ON_HTTPS),
    "security.W008": (_IN_THE_CLEAR, _ON_HTTPS),
    "security.W010": (_IN_THE_CLEAR, _ON_HTTPS),
    "security.W011": (_IN_THE_CLEAR, _ON_HTTPS),
    "security.W012": (_IN_THE_CLEAR, _ON_HTTPS),
    "security.W015": (_IN_THE_CLEAR, _ON_HTTPS),
    "security.W016": (_IN_THE_CLEAR, _ON_HTTPS),
    "security.W001": ("The part that sends protective headers is switched off", _RESTART),
    "security.W002": ("Other sites may show ours in a frame and catch clicks", _RESTART),
    "security.W003": ("Forms are not protected against other sites", _RESTART),
    "security.W006": ("Browsers may guess what a file is", _RESTART),
    "security.W019": ("Other sites may show ours in a frame", _RESTART),
    "security.W020": ("No host name is allowed, so nobody can open the site", "Set SITE_URL to the site's address."),
    "security.W022": ("Other sites are told which page a guest came from", _RESTART),
    "security.W023": ("Other sites are told which page a guest came from", _RESTART),
}
# Looked at here in a check of their own (SECRET_KEY, DEBUG), or at the site itself, which sees what nginx adds.
_SEEN_ELSEWHERE = {"security.W009", "security.W018", "security.W025"}
_SEEN_AT_THE_SITE = {"security.W004", "security.W005", "security.W008", "security.W021"}


def deployment() -> Iterator[Finding]:
    """Django's `check --deploy`; what the settings silence stays silenced."""
    elsewhere = _SEEN_ELSEWHERE | (_SEEN_AT_THE_SITE if settings.IS_HTTPS else set())
    found: dict[tuple[str, str, bool], list[str]] = {}
    for message in run_checks(include_deployment_checks=True):
        # What the API's description lacks is for programmers, and CI asks them.
        if message.is_silenced() or message.id in elsewhere or str(message.id).startswith("drf_spectacular."):
            continue
        unknown = (" ".join(str(message.msg).split()), str(message.hint or "Ask whoever looks after the program."))
        words, advice = _WORDS.get(str(message.id), unknown)
        found.setdefault((words, advice, message.level >= ERROR), []).append(str(message.id))
    for (words, advice, is_error), names in found.items():
        say = failure if is_error else warning
        yield say(f"{words.rstrip('.')} ({', '.join(sorted(names))}).", advice)
    if not found:
        yield ok("Django's checks for a public site find nothing.")


def secrets() -> Iterator[Finding]:
    if settings.DEBUG:
        yield failure("DEBUG is on: whoever meets an error reads the program's insides.", "Set DEBUG to False.")
    key = settings.SECRET_KEY
    if len(key) < LEAST_KEY or len(set(key)) < 5:
        advice = "Make a longer one at random; everybody signs in anew, phones at the door are paired anew."
        yield warning(f"SECRET_KEY is short: {len(key)} letters, where {LEAST_KEY} are good.", advice)
    if not settings.DEBUG and len(key) >= LEAST_KEY and len(set(key)) >= 5:
        yield ok("SECRET_KEY is long enough and DEBUG is off.")


def time_zone() -> Iterator[Finding]:
    name = str(theatre_zone())
    if name in ("UTC", "UCT", "GMT", "Zulu", "Universal", "Greenwich") or name.startswith("Etc/"):
        yield warning(
            f"The theatre's time is {name}, which knows no summer time.",
            "Set TIME_ZONE to where the theatre is, such as Europe/Rome, unless it really is so.",
        )
    elif name not in available_timezones():
        yield warning(f"The theatre's time is {name}, which this machine's list of zones lacks.", "Install tzdata.")
    else:
        yield ok(f"The theatre's time is {name}.")


def is_private_site() -> bool:
    """Whether only this machine or its network can reach SITE_URL, as with a demo."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".test"))
