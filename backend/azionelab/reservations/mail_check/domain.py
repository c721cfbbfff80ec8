"""What the domain of our address says of its mail: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489).

Without them big mail providers take our mails for forged ones.
"""

from collections.abc import Iterator, Sequence
from email.utils import parseaddr

import dns.exception
import dns.resolver
from django.conf import settings

from azionelab.core.findings import Finding, ok, warning

PATIENCE_SECONDS = 3.0
# What widely used mail services call their keys; nobody can ask a domain for all of its keys.
USUAL_SELECTORS = ("default", "mail", "dkim", "smtp", "google", "selector1", "selector2", "s1", "s2", "k1", "mx")


def look(selector: str = "") -> Iterator[Finding]:
    """Where no resolver answers, that is said and nothing is wrong."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    asked = Records()
    try:
        yield _spf(asked, domain)
        yield _dkim(asked, domain, (selector,) if selector else USUAL_SELECTORS)
        yield _dmarc(asked, domain)
    except dns.exception.DNSException:
        yield ok(f"No name server answers here: SPF, DKIM and DMARC of {domain} were not looked at.")


class Records:
    """Text records, as the resolver of the settings or of this machine knows them."""

    def __init__(self) -> None:
        self._resolver = dns.resolver.Resolver(configure=not settings.DNS_RESOLVER)
        if settings.DNS_RESOLVER:
            address, _colon, port = settings.DNS_RESOLVER.partition(":")
            self._resolver.nameservers, self._resolver.port = [address], int(port or 53)
        self._resolver.lifetime = PATIENCE_SECONDS

    def texts(self, name: str) -> list[str]:
        """Empty where there are none; raises DNSException where nobody answers."""
        try:
            answer = self._resolver.resolve(name, "TXT")
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _spf(asked: Records, domain: str) -> Finding:
    records = [text for text in asked.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not records:
        return warning(
            f"{domain} has no SPF record: it does not say who may send its mails.",
            "Ask whoever runs the mail server for the SPF record, and add it to the domain.",
        )
    if len(records) > 1:
        return warning(f"{domain} has {len(records)} SPF records, so none counts.", "Make one of them.")
    terms = records[0].lower().split()
    if "+all" in terms or "all" in terms or "?all" in terms:
        return warning(f"The SPF record of {domain} lets anybody send: {records[0]}", "End it with ~all or -all.")
    return ok(f"SPF: {records[0]}")


def _dkim(asked: Records, domain: str, selectors: Sequence[str]) -> Finding:
    for selector in selectors:
        if any(_has_key(text) for text in asked.texts(f"{selector}._domainkey.{domain}")):
            return ok(f"DKIM: {domain} has a key called {selector}.")
    return warning(
        f"{domain} has no DKIM key called {', '.join(selectors)}: nobody can check our signature.",
        "Ask whoever runs the mail server for the key's record; look for one of another name with --dkim-selector.",
    )


def _has_key(text: str) -> bool:
    """A record whose key is empty has been taken back."""
    tags = dict(part.strip().partition("=")[::2] for part in text.split(";"))
    return bool(tags.get("p", "").strip())


def _dmarc(asked: Records, domain: str) -> Finding:
    """Of the domain, or of the one above it, which speaks for all below."""
    for name in (domain, domain.partition(".")[2]):
        for text in asked.texts(f"_dmarc.{name}") if "." in name else ():
            if text.lower().startswith("v=dmarc1"):
                return _dmarc_policy(name, text)
    return warning(
        f"{domain} has no DMARC record: it does not say what to do with forged mails.",
        f'Add a TXT record _dmarc.{domain} with "v=DMARC1; p=quarantine".',
    )


def _dmarc_policy(name: str, text: str) -> Finding:
    if "p=none" in text.lower().replace(" ", "").split(";"):
        return warning(
            f"DMARC of {name} only watches (p=none).",
            "Once your own mails pass, make it p=quarantine or p=reject.",
        )
    return ok(f"DMARC: {text}")
