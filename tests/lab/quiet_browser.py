"""A browser that no container disturbs.

Chromium drops its connections with ERR_NETWORK_CHANGED whenever a network interface comes or goes, and near it each
container has one. So it runs in a network namespace of its own, in which there is only a loopback; what it asks of the
ports of the stacks is passed on, through sockets in a folder, to the same ports of this machine.

`python quiet_browser.py FOLDER CHROMIUM ARGUMENT…` is what Playwright starts; standard library only.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import os
import shlex
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOPBACK = "127.0.0.1"
_SET_FLAGS, _UP = 0x8914, 0x49  # SIOCSIFFLAGS; IFF_UP, IFF_LOOPBACK and IFF_RUNNING
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextmanager
def quiet_browser(folder: Path, chromium: str, ports: list[int]) -> Iterator[str]:
    """Gives a program to start instead of `chromium`; where this machine allows no namespaces, Chromium itself."""
    separate = _way_to_separate()
    if separate is None:
        yield chromium
        return
    program = folder / "quiet-chromium"
    command = [*separate, sys.executable, __file__, str(folder), chromium]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    program.chmod(0o755)
    loop = asyncio.new_event_loop()
    for port in ports:
        loop.run_until_complete(asyncio.start_unix_server(_pass_on(_to_port(port)), folder / str(port)))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield str(program)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _way_to_separate() -> list[str] | None:
    for command in (["unshare", "--net"], ["unshare", "--user", "--map-current-user", "--net"]):
        with contextlib.suppress(OSError):
            if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
                return command
    return None


def main(folder: Path, command: list[str]) -> None:
    """In the namespace: listens where the stacks listen outside of it, then becomes the browser."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", b"lo", _UP))
    ports = [int(path.name) for path in folder.iterdir() if path.name.isdigit()]
    listening = {port: socket.create_server((_LOOPBACK, port)) for port in ports}
    if os.fork():
        os.execv(command[0], command)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    kept = {one.fileno() for one in listening.values()}
    for number in set(range(3, 256)) - kept:  # Playwright's pipes to the browser
        with contextlib.suppress(OSError):
            os.close(number)
    asyncio.run(_listen(folder, listening))


async def _listen(folder: Path, listening: dict[int, socket.socket]) -> None:
    for port, one in listening.items():
        await asyncio.start_server(_pass_on(_to_socket(folder / str(port))), sock=one)
    await asyncio.Event().wait()


def _to_port(port: int) -> Callable[[], Awaitable[Streams]]:
    return lambda: asyncio.open_connection(_LOOPBACK, port)


def _to_socket(path: Path) -> Callable[[], Awaitable[Streams]]:
    return lambda: asyncio.open_unix_connection(path)


def _pass_on(connect: Callable[[], Awaitable[Streams]]) -> Callable[..., Awaitable[None]]:
    """For each connection that comes in one that goes out; both end together."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await connect()
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        writer.close()

    return serve


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
