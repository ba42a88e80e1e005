"""Signed statements of who signed in somewhere else (RFC 7519), and the keys of whoever makes them (RFC 7517).

What a statement says of its own keys (`jku`, `x5u`, `jwk`) is not looked at: keys come from the settings' place alone,
by the number in `kid`, and only the algorithms of the list below are looked at, each with a key of its own kind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import GuestProtocol, Key, KeySet
from joserfc.jws import JWSRegistry

from privacy import clock
from privacy.errors import Unavailable
from privacy.federation.failures import SignOnRefused
from privacy.systems.service import Network, SystemRefused, SystemUnreachable, Wire

ALGORITHMS = frozenset({"EdDSA", "Ed25519", "ES256", "RS256"})
#: Longer tokens are attacks, or carry what is none of our business.
LONGEST = 4_096
#: Clocks of others may be so much ahead or behind, in seconds.
LEEWAY = 30
#: Keys are looked at anew after so many seconds, and for an unknown one, but no more often than this.
_KEPT, _AT_MOST_EVERY = 3_600.0, 60.0
_TIMEOUT, _LONGEST_ANSWER = 5.0, 200_000
_KINDS = {"EdDSA": "OKP", "Ed25519": "OKP", "ES256": "EC", "RS256": "RSA"}
_SHORTEST_RSA = 2_048


@dataclass(frozen=True)
class Said:
    """What a statement says, once its signature, issuer, audience and times hold."""

    claims: Mapping[str, Any] = field(repr=False)

    def text(self, name: str, *, longest: int = 255) -> str:
        """A claim that is a text; raises `SignOnRefused`."""
        value = self.claims.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
            raise SignOnRefused
        return value

    @property
    def expires_at(self) -> int:
        """In microseconds."""
        return int(self.claims["exp"]) * clock.SECOND


class _Agreed(JWSRegistry):
    def get_alg(self, name: str) -> Any:
        """Those of `ALGORITHMS`: the library warns of the older name of Ed25519, by which many still sign."""
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


class KeyPlace:
    """Public keys at a place: a file, or an https address that is asked outside any transaction."""

    def __init__(self, place: str, *, allowed: Iterable[Network] = ()) -> None:
        """`allowed`: private networks that the address may lead into."""
        self._place, self._allowed = place, tuple(allowed)
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._looked_at = float("-inf")

    def find(self, kid: str | None) -> Key | None:
        """The key of that number, or the only one where none is named (OpenID Connect Core 1.0, 10.1).

        It is looked for anew where it is not known. Raises `Unavailable` where no keys could be had ever.
        """
        with self._lock:
            since = time.monotonic() - self._looked_at
            found = self._known(kid)
            if since > _KEPT or (found is None and since > _AT_MOST_EVERY):
                self._look()
                found = self._known(kid)
            if self._keys is None:
                raise Unavailable("The keys of the sign-on cannot be had now. Come in by a code, or try again.")
        return found

    def _known(self, kid: str | None) -> Key | None:
        if kid is None:
            return self._keys.keys[0] if self._keys and len(self._keys.keys) == 1 else None
        return next((one for one in self._keys.keys if one.kid == kid), None) if self._keys else None

    def _look(self) -> None:
        """Keys that cannot be had leave those that are known."""
        self._looked_at = time.monotonic()
        try:
            content = fetched(self._place, allowed=self._allowed) if is_address(self._place) else self._file()
            self._keys = KeySet.import_key_set(msgspec.json.decode(content))
        except (OSError, ValueError, KeyError, TypeError, JoseError, SystemRefused, SystemUnreachable, Unavailable):
            return

    def _file(self) -> bytes:
        return Path(self._place).read_bytes()


def statement(token: str, keys: KeyPlace, *, issuer: str, audience: str, lasts: int) -> Said:
    """What a token says, if all of it holds; raises `SignOnRefused`, `Unavailable`. Nothing is asked of a database.

    `lasts`: seconds that it may be good for at most, from when it was made.
    """
    if len(token) > LONGEST or not token.isascii():
        raise SignOnRefused
    try:
        found = jwt.decode(token, lambda guest: _key_of(guest, keys), registry=_Agreed())
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise SignOnRefused from None
    claims = found.claims
    if claims.get("iss") != issuer or not _is_for(claims.get("aud"), audience):
        raise SignOnRefused
    _ensure_in_time(claims, lasts)
    return Said(claims)


def fetched(url: str, *, allowed: Iterable[Network], body: bytes | None = None, **headers: str) -> bytes:
    """What an address answers, by a connection to a checked address alone; with a body it is posted.

    Raises `SystemRefused`, `SystemUnreachable`.
    """
    parts = urlsplit(url)
    wire = Wire(f"{parts.scheme}://{parts.netloc}", allowed=allowed, timeout=_TIMEOUT, most_bytes=_LONGEST_ANSWER)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = wire.send("GET" if body is None else "POST", target, headers=sent, body=body)
    if not answer.is_success:
        raise SystemRefused("The address answered with an error.")
    return answer.body


def is_address(place: str) -> bool:
    """Whether a place is an address and no file."""
    return place.startswith(("https://", "http://"))


def _key_of(guest: GuestProtocol, keys: KeyPlace) -> Key:
    headers = guest.headers()
    kid, algorithm = headers.get("kid"), headers.get("alg")
    if not isinstance(kid, str | None) or not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        _refuse()
    key = keys.find(kid)
    if key is None or key.key_type != _KINDS[algorithm] or key.get("use", "sig") != "sig":
        _refuse()
    if key.key_type == "RSA" and key.public_key.key_size < _SHORTEST_RSA:  # type: ignore[union-attr]  # it is an RSA key
        _refuse()
    return key


def _refuse() -> NoReturn:
    raise SignOnRefused


def _is_for(audience: object, wanted: str) -> bool:
    return audience == wanted or (isinstance(audience, list) and wanted in audience)


def _ensure_in_time(claims: Mapping[str, Any], lasts: int) -> None:
    now = clock.micros() // clock.SECOND
    made, ends, begins = (_seconds(claims.get(name)) for name in ("iat", "exp", "nbf"))
    if made is None or ends is None or ("nbf" in claims and begins is None):
        raise SignOnRefused
    if not (made <= now + LEEWAY and (begins or 0) <= now + LEEWAY and now < ends and 0 < ends - made <= lasts):
        raise SignOnRefused


def _seconds(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
