"""Runs management commands one after the other in the backend's container, without starting Python for each.

Each line of standard input is `{"command": [NAME, ARGUMENT, …], "options": {…}, "stdin": BASE64}`; each line of
standard output `{"exit": STATUS, "out": TEXT}`, or `{"escaped": TEXT}` where an exception came out that the command did
not catch.
"""

import base64
import io
import json
import sys
import traceback
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402

answers = sys.stdout


def run(command: list[str], options: dict[str, Any], content: bytes) -> dict[str, Any]:
    sys.stdin, out = io.TextIOWrapper(io.BytesIO(content)), io.StringIO()
    try:
        call_command(*command, stdout=out, stderr=io.StringIO(), **options)
    except SystemExit as ended:
        return {"exit": int(ended.code or 0), "out": out.getvalue()}
    except BaseException:  # noqa: BLE001 (that any comes out is what is looked for)
        return {"escaped": traceback.format_exc()[-600:]}
    return {"exit": 0, "out": out.getvalue()}


orders = sys.stdin
for line in orders:
    order = json.loads(line)
    told = run(order["command"], order.get("options", {}), base64.b64decode(order.get("stdin", "")))
    answers.write(json.dumps(told) + "\n")
    answers.flush()
