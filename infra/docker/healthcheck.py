"""Ends with 0 when this container can serve: its own /readyz, asked under the site's name, as nginx would ask."""

import http.client
import os
import sys
from urllib.parse import urlsplit

_site = urlsplit(os.environ["SITE_URL"])
_connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
try:
    _connection.request("GET", "/readyz", headers={"Host": _site.netloc, "X-Forwarded-Proto": _site.scheme})
    _answer = _connection.getresponse()
    sys.stdout.write(f"{_answer.status} {_answer.read(200).decode(errors='replace')}\n")
    sys.exit(0 if _answer.status == http.client.OK else 1)
except OSError as error:
    sys.stdout.write(f"{error}\n")
    sys.exit(1)
