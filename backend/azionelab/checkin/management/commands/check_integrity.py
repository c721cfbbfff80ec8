"""`check_integrity`: whether all in the database fits together, as of one moment. Exit code 4 where it does not."""

from typing import Any

from django.db import connection

from azionelab.checkin.integrity.rules import all_rules, ask
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.database import snapshot
from azionelab.core.errors import ExitCode


class Command(JsonLinesCommand):
    help = "Checks seats, tickets, the door's record and the database's own constraints; changes nothing."

    def run(self, **options: Any) -> dict[str, Any]:
        broken: dict[str, int] = {}
        with snapshot():
            rules = all_rules()
            for done, rule in enumerate(rules, start=1):
                found = ask(rule)
                for message in found.told:
                    self.record(rule=rule.name, message=message)
                if found.times:
                    broken[rule.name] = found.times
                self.progress(done, len(rules))
        if broken:
            self.exit_code = ExitCode.PARTLY_DONE
        return {
            "database": connection.settings_dict["NAME"],
            "rules": len(rules),
            "broken": broken,
            "violations": sum(broken.values()),
        }
