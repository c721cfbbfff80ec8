"""The mail server of the load tests, in a process of its own: its work is counted apart from the clients'.

    python -m load.sink DIRECTORY HOST

It prints its port, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.postbox import token_in

END_OF_MAIL = b"\r\n.\r\n"


@contextmanager
def mail_server(directory: Path, host: str) -> Iterator[tuple[int, int]]:
    """Its port and its process id."""
    command = [sys.executable, "-m", "load.sink", str(directory), host]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port, "the mail server did not start"
        try:
            yield int(port), process.pid
        finally:
            assert process.stdin is not None
            process.stdin.close()


@dataclass(frozen=True)
class Mailbag:
    """The links in the first mails of a folder, by the address they were sent to."""

    directory: Path

    def token_for(self, address: str) -> str | None:
        """The reservation token of the first mail to `address`, once it is there."""
        try:
            content = _file_of(self.directory, address).read_bytes()
        except FileNotFoundError:
            return None
        return token_in(content)


def _file_of(directory: Path, address: str) -> Path:
    return directory / f"{address.replace('/', '_')}.eml"


class Dialogue(asyncio.Protocol):
    """What RFC 5321 asks of a server, and nothing more; the first mail to each address becomes a file.

    A library's server would work as long on each mail as PostgreSQL does on its reservation, on the same two cores.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._heard = b""
        self._is_mail = False
        self._address = ""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._say("220 load")

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while (end := END_OF_MAIL if self._is_mail else b"\r\n") in self._heard:
            part, self._heard = self._heard.split(end, 1)
            if self._is_mail:
                self._keep(part)
            else:
                self._answer(part[:4].upper(), part)

    def _answer(self, command: bytes, line: bytes) -> None:
        self._is_mail = command == b"DATA"
        if command == b"RCPT":
            self._address = line.partition(b"<")[2].partition(b">")[0].decode()
        self._say(
            {b"DATA": "354 go on", b"EHLO": "250-load\r\n250 8BITMIME", b"QUIT": "221 bye"}.get(command, "250 ok")
        )
        if command == b"QUIT":
            self._transport.close()

    def _keep(self, mail: bytes) -> None:
        self._is_mail = False
        kept = _file_of(self._directory, self._address)
        if not kept.exists():
            unfinished = kept.with_suffix(".part")
            unfinished.write_bytes(mail.replace(b"\r\n..", b"\r\n.") + b"\r\n")
            unfinished.rename(kept)
        self._say("250 kept")

    def _say(self, words: str) -> None:
        self._transport.write(f"{words}\r\n".encode())


async def serve(directory: Path, host: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Dialogue(directory), host, 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 (whoever started it reads it)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2]))
