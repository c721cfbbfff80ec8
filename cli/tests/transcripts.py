"""The golden transcripts that the backend is tested against as well, as `azione` gets them."""

import json
from pathlib import Path
from typing import Any

TRANSCRIPTS = Path(__file__).parents[2] / "contracts" / "jsonl"


def transcript(name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Its records, and the summary or the error that it ends with."""
    *lines, last = map(json.loads, (TRANSCRIPTS / f"{name}.jsonl").read_text("utf-8").splitlines())
    return [line for line in lines if line["type"] == "record"], last
