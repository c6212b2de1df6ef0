"""Which addresses may be reached from here: public ones, and the networks that the operator allows."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

LOCALHOST: Final = "localhost"
"""This machine, whatever a name server says."""
PORTS: Final = frozenset({443, 8443})
"""Where public servers are reached, and only by TLS."""
NOT_PUBLIC: Final = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # Protocols, for one link each.
            "192.88.99.0/24",  # 6to4 relays.
            "::/96",  # An IPv4 address, as it was once written.
            "::ffff:0:0:0/96",  # The same, translated.
            "64:ff9b::/96",  # The same, behind NAT64.
            "64:ff9b:1::/48",  # The same, behind a private NAT64.
            "2001::/23",  # Tunnels and other protocols, Teredo among them.
            "2002::/16",  # 6to4: an IPv4 address inside.
            "3fff::/20",  # Documentation.
            "5f00::/16",  # Segment routing.
            "fec0::/10",  # Site-local, as it was once.
        ),
    )
)
"""What Python 3.11 takes for public and is not, or holds another address that nobody would have looked at."""


class Reach:
    """Says of an address whether we may connect to it."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """Take the networks beyond the public ones, which are reached also without TLS and on any port."""
        self._allowed = [ip_network(network) for network in allowed]

    def holds(self, address: Address, port: int, *, secure: bool) -> bool:
        """Say whether this address may be reached on this port, by TLS or without."""
        plain = _plain(address)
        if any(plain in network for network in self._allowed):
            return True
        return secure and port in PORTS and _is_public(plain)

    def may_hold(self, url: str) -> bool:
        """Say of a sound address, as far as it shows by itself, whether it may be reached; no name is looked up."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        address = _spelled(parts.hostname or "")
        if address is not None:
            return self.holds(address, port, secure=secure)
        return bool(self._allowed) or (secure and port in PORTS)

    def spells(self, host: str) -> bool:
        """Say whether a host is an address by itself, in whatever spelling, so that no name is looked up."""
        return _spelled(host) is not None


def _spelled(host: str) -> Address | None:
    """Give the address that a host is, in any spelling that the system's own look-up reads; None for a name."""
    bare = host.rstrip(".")
    if bare == LOCALHOST or bare.endswith(f".{LOCALHOST}"):
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(bare)
    except ValueError:
        with suppress(OSError):
            return IPv4Address(socket.inet_aton(bare))  # In decimal, octal, or with parts left out.
        return None


def _plain(address: Address) -> Address:
    """Give the IPv4 address that is meant by an IPv6 one that maps it."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def _is_public(address: Address) -> bool:
    odd = address.is_multicast or any(address in network for network in NOT_PUBLIC)
    return address.is_global and not odd
