"""`list_accounts`: who may sign in."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from azionelab.checkin.accounts import list_accounts
from azionelab.core.commands import JsonLinesCommand


class Command(JsonLinesCommand):
    help = "Lists the staff accounts with their groups and when each signed in last."

    def run(self, **options: Any) -> dict[str, Any]:
        listed = list_accounts()
        for account in listed:
            self.record(**asdict(account))
        return {"accounts": len(listed), "made_at": timezone.now().replace(microsecond=0)}
