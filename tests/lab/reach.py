"""Who reaches whom, tried from inside containers."""

import re
from collections.abc import Iterable

from lab.stacks import Lab

# A packet that is thrown away is never answered; one that arrives is, here, within milliseconds.
PATIENCE_SECONDS = 5
_CONNECT = """
for place in "$@"; do
  timeout {seconds} bash -c 'exec 3<>"/dev/tcp/$0/$1"' "${{place%:*}}" "${{place##*:}}" 2>/dev/null && echo "$place" &
done
wait
"""
# PostgreSQL is asked whether it speaks TLS, anybody else for a page; a mail server speaks first.
_GREET = r"""
for place in "$@"; do
  timeout {seconds} bash -c '
    exec 3<>"/dev/tcp/$0/$1" || exit
    case $1 in
      5432) printf "\0\0\0\10\4\322\26\57" >&3 ;;
      *) printf "GET /healthz HTTP/1.0\r\n\r\n" >&3 ;;
    esac
    said=$(dd bs=1024 count=1 status=none <&3 | tr -c "[:print:]" " ")
    echo "$2 $said"' "${{place%:*}}" "${{place##*:}}" "$place" 2>/dev/null &
done
wait
"""
# Whatever else stands between networks may take any connection, and answer in its own words.
OURS = re.compile(r"^[NS]$|^220 |server: (nginx|gunicorn)", re.IGNORECASE)


def connected_from(lab: Lab, service: str, places: Iterable[str]) -> set[str]:
    """Those of the `host:port` that take a connection from inside the service's container, whoever they are."""
    script = _CONNECT.format(seconds=PATIENCE_SECONDS)
    return set(lab.compose("exec", "-T", service, "bash", "-c", script, "bash", *places).split())


def answered_to(lab: Lab, service: str, places: Iterable[str]) -> set[str]:
    """Those that answer it as nginx, the backend, PostgreSQL or the tests' mail server would."""
    script = _GREET.format(seconds=PATIENCE_SECONDS)
    return _ours(lab.compose("exec", "-T", service, "bash", "-c", script, "bash", *places))


def answered_to_stranger(lab: Lab, network: str, places: Iterable[str]) -> set[str]:
    """The same for a container of nobody's in that network."""
    options = ("run", "--rm", "--network", network, "--entrypoint", "bash", lab.image("postgres"))
    return _ours(lab.docker(*options, "-c", _GREET.format(seconds=PATIENCE_SECONDS), "bash", *places))


def _ours(output: str) -> set[str]:
    answers = (line.partition(" ") for line in output.splitlines())
    return {place for place, _, said in answers if OURS.search(said.strip())}
