"""What a report says of the machine that it was made on."""

import os
import platform
import re
from pathlib import Path


def machine() -> str:
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1e6
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    named = f" ({model[1]})" if model else ""
    return f"{os.cpu_count()} cores{named}, {memory:.0f} GB of memory, Linux {platform.release()}"
