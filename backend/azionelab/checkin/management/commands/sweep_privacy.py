"""`sweep_privacy`: deletes and forgets what has been kept long enough. Meant for cron."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from azionelab.checkin import privacy
from azionelab.core.commands import JsonLinesCommand


class Command(JsonLinesCommand):
    help = "Deletes reservations never confirmed, forgets guests of long ago, and erases again what a backup brought."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        swept = privacy.due() if options["dry_run"] else privacy.sweep(told=self.progress)
        return {
            **vars(swept),
            "pending_kept_hours": settings.PENDING_KEPT_HOURS,
            "guests_kept_days": settings.GUESTS_KEPT_DAYS,
        }
