"""Where phones in the same network find this machine."""

from __future__ import annotations

import dataclasses
import ipaddress
import socket

import psutil

from demo.options import DemoError, Options

# Networks between this machine and its own containers: no phone is in them.
_OF_CONTAINERS = ("docker", "br-", "veth", "virbr", "lxc", "cni", "podman")


def at_network_address(options: Options) -> Options:
    """The options with an address for phones, found where none was given; raises DemoError if there is none."""
    if options.host:
        return options
    address = lan_address()
    if address is None:
        raise DemoError(
            "This machine has no address in a network: connect it to the network of the phones, "
            "or name its address with AZIONE_TLS_HOST."
        )
    return dataclasses.replace(options, host=address, tls_host=address)


def lan_address() -> str | None:
    """The address that the way out of this network starts from; without one, the first that is not its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only asks the routing table.
            probe.connect(("198.51.100.1", 9))
            found = str(probe.getsockname()[0])
        except OSError:
            found = ""
    return found if _is_for_phones(found) else _first_of_an_interface()


def _first_of_an_interface() -> str | None:
    states = psutil.net_if_stats()
    for name, addresses in psutil.net_if_addrs().items():
        if name.startswith(_OF_CONTAINERS) or not (name in states and states[name].isup):
            continue
        for address in addresses:
            if address.family == socket.AF_INET and _is_for_phones(address.address):
                return address.address
    return None


def _is_for_phones(address: str) -> bool:
    try:
        found = ipaddress.IPv4Address(address)
    except ValueError:
        return False
    return not (found.is_loopback or found.is_unspecified or found.is_link_local)
