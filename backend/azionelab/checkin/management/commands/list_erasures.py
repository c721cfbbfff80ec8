"""`list_erasures`: digests of the addresses that were erased, for a restore to carry over. They name nobody."""

from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.reservations.privacy import erasures


class Command(JsonLinesCommand):
    help = "Lists what `remember_erasures` reads: a digest of each erased address, and when it was erased."

    def run(self, **options: Any) -> dict[str, Any]:
        listed = 0
        for digest, erased_at in erasures():
            self.record(digest=digest.hex(), erased_at=erased_at)
            listed += 1
        return {"erasures": listed}
