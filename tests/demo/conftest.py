"""Makes `launcher` importable: `tests` is the backend's package, so this folder is none."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
