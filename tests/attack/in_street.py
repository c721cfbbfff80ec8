"""Visitors in the street, in a container of their own: each request from an address that is said.

    python in_street.py HOST PORT   (as root, with NET_ADMIN: it gives its network card the addresses)

Standard input is one line of JSON, `{"at_once": N, "requests": [{"from": ADDRESS or "", "method": …, "path": …,
"headers": {…}, "body": TEXT}, …]}`; standard output is one line, `[[STATUS, SECONDS, HEADERS, BODY], …]` in the same
order. A connection that broke has status 0.
"""

import asyncio
import fcntl
import json
import socket
import struct
import sys
import time
from typing import Any

SET_ADDRESS = 0x8916  # SIOCSIFADDR
PATIENCE_SECONDS = 60
CARD = "eth0"


def take_addresses(addresses: set[str]) -> None:
    """As aliases of the card."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        for number, address in enumerate(sorted(addresses)):
            told = struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))
            fcntl.ioctl(one, SET_ADDRESS, struct.pack("=16s16s", f"{CARD}:{number}".encode(), told))


async def ask(host: str, port: int, order: dict[str, Any]) -> list[Any]:
    began = time.perf_counter()
    try:
        answer = await asyncio.wait_for(talk(host, port, order), PATIENCE_SECONDS)
    except (OSError, TimeoutError, ValueError, IndexError) as error:
        return [0, time.perf_counter() - began, {}, repr(error)]
    status, headers, body = answer
    return [status, time.perf_counter() - began, headers, body]


async def talk(host: str, port: int, order: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    body = order.get("body", "").encode()
    headers = {"Connection": "close", "Content-Length": str(len(body)), **order["headers"]}
    lines = [f"{order['method']} {order['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    local = (order["from"], 0) if order.get("from") else None
    reader, writer = await asyncio.open_connection(host, port, local_addr=local)
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        received = await reader.read()
    finally:
        writer.close()
    head, _, content = received.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    told = dict(line.split(": ", 1) for line in rest)
    return int(first.split()[1]), told, content.decode(errors="replace")


async def ask_all(host: str, port: int, orders: list[dict[str, Any]], at_once: int) -> list[list[Any]]:
    gate = asyncio.Semaphore(at_once)

    async def one(order: dict[str, Any]) -> list[Any]:
        async with gate:
            return await ask(host, port, order)

    return await asyncio.gather(*(one(order) for order in orders))


def main(host: str, port: str) -> None:
    wanted = json.loads(sys.stdin.readline())
    take_addresses({order["from"] for order in wanted["requests"] if order.get("from")})
    print(json.dumps(asyncio.run(ask_all(host, int(port), wanted["requests"], wanted["at_once"]))))


main(*sys.argv[1:])
