"""Which addresses a connection to another system may go to (OWASP ASVS 5.0, 1.3.6 and 13.2.4).

A name is resolved once, what it resolves to is checked, and the connection goes to the checked address: a name that
answers otherwise the second time leads nowhere. Private networks are reached only where the system's settings say so;
link-local and metadata addresses never, since they hand out the machine's own credentials.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import Any

from privacy.systems.connector import SystemRefused, SystemUnreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: As `socket.getaddrinfo`.
Resolve = Callable[..., Iterable[tuple[Any, ...]]]

#: Whatever the settings allow: "this" host, link-local, multicast, reserved, and where clouds keep credentials: Azure's
#: has a public form, Alibaba's; by IPv6 those of Oracle, Google, Scaleway, and AWS with what it gives to containers.
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "100.100.100.200/32",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/128",
            "fd00:42::42/128",
            "fd00:c1::a9fe:a9fe/128",
            "fd00:ec2::/32",
            "fd20:ce::254/128",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        ),
    )
)
#: IPv6 addresses with an IPv4 address in them that a router may send on to: compatible, translated (RFC 2765), 6to4,
#: Teredo, local NAT64.
_TUNNELS = tuple(map(ipaddress.ip_network, ("::/96", "::ffff:0:0:0/96", "2002::/16", "2001::/32", "64:ff9b:1::/48")))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IPV6_LOOPBACK = ipaddress.ip_address("::1")


class AddressRefused(SystemRefused):
    """The system's name leads to an address that must not be reached."""

    code = "address-refused"


def checked_address(host: str, port: int, allowed: Iterable[Network], *, resolve: Resolve = socket.getaddrinfo) -> str:
    """The address to connect to. One address among several that must not be reached refuses the name.

    Raises `AddressRefused`, and `SystemUnreachable` where the name has no address now.
    """
    try:
        found = {str(one[4][0]) for one in resolve(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise SystemUnreachable("The system's name has no address.") from None
    if not found:
        raise SystemUnreachable("The system's name has no address.")
    networks = tuple(allowed)
    for one in found:
        _ensure_reachable(one, networks)
    # IPv4 first: a machine without IPv6 may still resolve to it.
    return min(found, key=lambda text: (":" in text, text))


def _ensure_reachable(text: str, allowed: Iterable[Network]) -> None:
    try:
        address = _inner(ipaddress.ip_address(text))
    except ValueError:
        raise AddressRefused("The system's name leads to what is no address.") from None
    if any(address in network for network in _NEVER) or (address != _IPV6_LOOPBACK and _is_tunnel(address)):
        raise AddressRefused("The system's name leads to an address that is never reached: see docs/http-systems.md.")
    if not address.is_global and not any(address in network for network in allowed):
        raise AddressRefused(
            "The system's name leads into a private network. Name that network under `allow_private` if it is meant."
        )


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address


def _is_tunnel(address: Address) -> bool:
    return any(address in network for network in _TUNNELS)
