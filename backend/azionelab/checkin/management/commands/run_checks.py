"""`run_checks [GROUP…]`: what may be wrong with this installation. Exit code 4 with a warning, 5 with a failure."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.conf import settings
from django.utils import timezone

from azionelab.checkin.doctor.checks import CHECKS, GROUPS
from azionelab.checkin.doctor.running import run
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import ExitCode, FieldError, validation_failed
from azionelab.core.findings import Level


class Command(JsonLinesCommand):
    help = "Looks at settings, database, mail, site, files and the theatre's own matters; changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("groups", nargs="*", metavar="group", help=f"only these: {', '.join(GROUPS)}")

    def run(self, **options: Any) -> dict[str, Any]:
        wanted = set(options["groups"])
        unknown = sorted(wanted - set(GROUPS))
        if unknown:
            message = f"There is no group {unknown[0]!r}; there are {', '.join(GROUPS)}."
            raise validation_failed(FieldError(field="group", code="unknown", message=message))
        checks = [check for check in CHECKS if not wanted or check.group in wanted]
        levels: Counter[Level] = Counter()
        for done, (check, findings) in enumerate(run(checks), start=1):
            for finding in findings:
                levels[finding.level] += 1
                self.record(
                    group=check.group,
                    check=check.name,
                    level=finding.level,
                    message=finding.message,
                    advice=finding.advice,
                )
            self.progress(done, len(checks))
        if levels[Level.FAILURE]:
            self.exit_code = ExitCode.ENVIRONMENT
        elif levels[Level.WARNING]:
            self.exit_code = ExitCode.PARTLY_DONE
        return {
            "ok": levels[Level.OK],
            "warnings": levels[Level.WARNING],
            "failures": levels[Level.FAILURE],
            "site": settings.SITE_URL,
            "made_at": timezone.now().replace(microsecond=0),
        }
