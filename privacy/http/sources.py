"""How often a network may ask what needs no key: codes and sessions are tried by guessing, and asked for to annoy.

Counted by /24 of IPv4 and /48 of IPv6, in the counters that all processes of a machine share. The address is that of
the connection, or the one that as many trusted proxies as the settings say wrote down; what a client itself puts into
`X-Forwarded-For` stands further left and is not looked at. An address of this machine is that of a proxy which the
settings do not name, and says nothing about who asks: it is not counted, since one attacker would shut everybody out.
"""

from __future__ import annotations

import functools
import ipaddress
from typing import Any
from uuid import UUID

from flask import current_app, g, request

from privacy.crypto import blind_index, keyring
from privacy.http.auth import View
from privacy.http.limits import RateLimiter
from privacy.http.setup import LIMITER

#: Requests a minute of one network, over all views that are counted so.
A_MINUTE = 30
_IPV4_PREFIX, _IPV6_PREFIX = 24, 48


def few(view: View) -> View:
    """The view, for so many requests a minute of one network; raises `QuotaExceeded` beyond."""

    @functools.wraps(view)
    def counted(*args: Any, **kwargs: Any) -> Any:
        _count(request.remote_addr)
        return view(*args, **kwargs)

    return counted  # type: ignore[return-value]  # it takes and gives what the view does


def network_of(address: str | None) -> str | None:
    """The network of an address; None for one of this machine."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_loopback:
        return None
    prefix = _IPV4_PREFIX if isinstance(found, ipaddress.IPv4Address) else _IPV6_PREFIX
    return str(ipaddress.ip_network((found, prefix), strict=False))


def _count(address: str | None) -> None:
    network = network_of(address)
    if network is None:
        return
    # A keyed digest: the counters hold no address.
    digest = blind_index.of_repeat(keyring.installed(), b"network " + network.encode())
    limiter: RateLimiter = current_app.extensions[LIMITER]
    allowance = limiter.take(UUID(bytes=digest[:16]), A_MINUTE)
    g.allowance = allowance
    if not allowance.allowed:
        raise allowance.refuse()
