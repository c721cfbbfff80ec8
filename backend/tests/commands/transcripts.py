"""The golden transcripts of contracts/jsonl/: what each management command prints, to the letter.

`azione` is tested against the same files. After a change that is meant, AZIONE_WRITE_TRANSCRIPTS=1 writes them anew.
"""

import io
import os
import re
from pathlib import Path

from django.core.management import call_command

TRANSCRIPTS = Path(__file__).parents[3] / "contracts" / "jsonl"
# What no test can hold still: when it was made, and which database it was made in.
MOVING = [
    (r'(?<="made_at": )"[0-9T:+-]{25}"', '"2041-12-05T19:45:00+01:00"'),
    (r'(?<="on": ){[^}]*}', '{"site": "https://teatro.example", "database": "azionelab at postgres:5432"}'),
]


def printed(*command: str) -> tuple[str, int]:
    """What the command writes on stdout, and its exit code."""
    out = io.StringIO()
    try:
        call_command(*command, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(ended.code or 0)
    return out.getvalue(), 0


def assert_transcript(name: str, text: str) -> None:
    for pattern, fixed in MOVING:
        text = re.sub(pattern, fixed, text)
    path = TRANSCRIPTS / f"{name}.jsonl"
    if os.environ.get("AZIONE_WRITE_TRANSCRIPTS"):
        path.write_text(text)
    assert text == path.read_text()
