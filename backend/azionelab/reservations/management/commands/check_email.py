"""`check_email [ADDRESS]`: whether mails can leave, and whether they will be trusted. Exit code 4 or 5 where not."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone

from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import ExitCode
from azionelab.core.findings import Finding, Level, ok
from azionelab.reservations.mail_check import domain, server
from azionelab.reservations.privacy import read_address


class Command(JsonLinesCommand):
    help = "Walks the way of a mail step by step, sends one to an address if given, and looks at the domain's records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", nargs="?", default="", help="who gets a test mail; without it nobody does")
        parser.add_argument("--dkim-selector", default="", help="the name of the domain's DKIM key")
        self.add_dry_run(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        address = read_address(options["address"]) if options["address"] else ""
        to = "" if options["dry_run"] else address
        levels = self._tell("server", server.look(to))
        if not to and not levels[Level.FAILURE]:
            levels += self._tell("server", [ok("No mail was sent. With an address after it, check sends one there.")])
        is_sent = bool(to) and not levels[Level.FAILURE]
        levels += self._tell("domain", domain.look(options["dkim_selector"]))
        if levels[Level.FAILURE]:
            self.exit_code = ExitCode.ENVIRONMENT
        elif levels[Level.WARNING]:
            self.exit_code = ExitCode.PARTLY_DONE
        return {
            "address": address,
            "sent": is_sent,
            "ok": levels[Level.OK],
            "warnings": levels[Level.WARNING],
            "failures": levels[Level.FAILURE],
            "site": settings.SITE_URL,
            "made_at": timezone.now().replace(microsecond=0),
        }

    def _tell(self, group: str, findings: Iterable[Finding]) -> Counter[Level]:
        levels: Counter[Level] = Counter()
        for one in findings:
            levels[one.level] += 1
            self.record(group=group, check=group, level=one.level, message=one.message, advice=one.advice)
        return levels
