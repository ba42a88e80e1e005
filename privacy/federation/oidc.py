"""A provider of OpenID Connect: the code flow with PKCE (RFC 7636), for people and for staff.

State, nonce and verifier follow from a secret that this browser alone has, in a cookie of minutes: so an answer that
was begun elsewhere is none, and nothing is kept here meanwhile.
"""

from __future__ import annotations

import base64
import hmac
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from authlib.common.urls import add_params_to_uri  # type: ignore[import-untyped]  # no types upstream
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]  # the same

from privacy import clock
from privacy.crypto import blind_index, keyring
from privacy.errors import Unavailable
from privacy.federation.failures import SignOnRefused, SignOnSettingsInvalid
from privacy.federation.signed import LEEWAY, KeyPlace, Said, fetched, is_address, statement
from privacy.systems.service import Network, SystemRefused, SystemUnreachable

#: Seconds that an ID token may be good for: providers give an hour or a day; it is used at once, and once.
_LASTS = 86_400
_KEPT = 3_600.0
_LONGEST_CODE = 1_000
_FORM = "application/x-www-form-urlencoded"


class _Metadata(msgspec.Struct, frozen=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


@dataclass(frozen=True)
class _Known:
    about: _Metadata
    keys: KeyPlace
    read_at: float


@dataclass(frozen=True)
class Asking:
    """What the provider is asked for beyond who it is."""

    #: At which moment the browser was sent, where somebody has to sign in anew: no earlier sign-in counts.
    anew_since: int | None = None
    #: Of these levels (`acr`) the sign-in must be of one; none: of any.
    levels: tuple[str, ...] = ()
    #: Of these methods (`amr`, RFC 8176) the sign-in must have used one; none: any.
    methods: tuple[str, ...] = ()


_ANYBODY = Asking()


@dataclass
class Provider:
    """What the settings say of a provider."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    #: Where the provider sends the browser back to.
    back: str
    allowed: tuple[Network, ...] = ()
    _provider: _Known | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(
        cls,
        issuer: str,
        client: str,
        secret_file: str,
        *,
        back: str,
        settings: str,
        allowed: tuple[Network, ...] = (),
    ) -> Provider:
        """As the settings say, whose names begin with `settings`. Raises `SignOnSettingsInvalid`."""
        if not is_address(issuer) or urlsplit(issuer).query:
            raise SignOnSettingsInvalid(f"{settings}ISSUER must be like https://accounts.example.com.")
        try:
            secret = Path(secret_file).read_text("utf-8").strip()
        except (OSError, ValueError):
            raise SignOnSettingsInvalid(f"{settings}SECRET_FILE cannot be read.") from None
        return cls(issuer, client, secret, back, allowed)

    def begin(self, browser: str, asking: Asking = _ANYBODY) -> str:
        """Where a browser with this secret goes to sign in; outside any transaction. Raises `Unavailable`."""
        wanted = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": self.back,
            "scope": "openid",
            "state": _derived(browser, "state"),
            "nonce": _derived(browser, "nonce"),
            "code_challenge": create_s256_code_challenge(_derived(browser, "verifier")),
            "code_challenge_method": "S256",
        }
        if asking.anew_since is not None:
            wanted |= {"prompt": "login", "max_age": "0"}
        if asking.levels:
            wanted["acr_values"] = " ".join(asking.levels)
        return str(add_params_to_uri(self._known().about.authorization_endpoint, list(wanted.items())))

    def finish(self, browser: str, state: str, code: str, asking: Asking = _ANYBODY) -> Said:
        """What the provider says of who signed in, by the answer that the browser brings; outside any transaction.

        Raises `SignOnRefused` for an answer that this browser did not begin, or that does not hold; `Unavailable`.
        """
        if not hmac.compare_digest(state.encode(), _derived(browser, "state").encode()):
            raise SignOnRefused
        if not 0 < len(code) <= _LONGEST_CODE:
            raise SignOnRefused
        provider = self._known()
        said = statement(
            self._token(provider, browser, code),
            provider.keys,
            issuer=self.issuer,
            audience=self.client,
            lasts=_LASTS,
        )
        if not hmac.compare_digest(said.text("nonce").encode(), _derived(browser, "nonce").encode()):
            raise SignOnRefused
        if said.claims.get("azp", self.client) != self.client:
            raise SignOnRefused
        _ensure_as_asked(said, asking)
        return said

    def _token(self, provider: _Known, browser: str, code: str) -> str:
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": _derived(browser, "verifier"),
        }
        # RFC 6749, 2.3.1: each is encoded as in a form before both are joined.
        pair = f"{quote(self.client, safe='')}:{quote(self.secret, safe='')}"
        known = "Basic " + base64.b64encode(pair.encode()).decode()
        try:
            answer = fetched(
                provider.about.token_endpoint,
                allowed=self.allowed,
                body=urlencode(asked).encode(),
                Content_Type=_FORM,
                Authorization=known,
            )
            return msgspec.json.decode(answer, type=_Tokens).id_token
        except (SystemRefused, msgspec.DecodeError):
            raise SignOnRefused from None
        except SystemUnreachable:
            raise Unavailable(_AWAY) from None

    def _known(self) -> _Known:
        with self._lock:
            found = self._provider
            if found is None or time.monotonic() - found.read_at > _KEPT:
                found = self._provider = self._read()
            return found

    def _read(self) -> _Known:
        try:
            address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            about = msgspec.json.decode(fetched(address, allowed=self.allowed), type=_Metadata)
        except (SystemRefused, SystemUnreachable, msgspec.DecodeError):
            raise Unavailable(_AWAY) from None
        if about.issuer != self.issuer:
            raise Unavailable(_AWAY)
        return _Known(about, KeyPlace(about.jwks_uri, allowed=self.allowed), time.monotonic())


def _ensure_as_asked(said: Said, asking: Asking) -> None:
    """A provider may pass over what it is asked for, and says what it did instead (OpenID Connect Core 1.0, 2)."""
    if asking.levels and said.claims.get("acr") not in asking.levels:
        raise SignOnRefused
    used = said.claims.get("amr")
    if asking.methods and not (isinstance(used, list) and any(one in asking.methods for one in used)):
        raise SignOnRefused
    if asking.anew_since is not None:
        at = said.claims.get("auth_time")
        if not isinstance(at, int) or isinstance(at, bool) or at < asking.anew_since // clock.SECOND - LEEWAY:
            raise SignOnRefused


_AWAY = "The sign-in of the account cannot be reached now. Come in another way, or try again."


def _derived(browser: str, use: str) -> str:
    """A value of at least 43 signs that only this browser's secret leads to, under a key that only the service has."""
    halves = (blind_index.of_repeat(keyring.installed(), f"oidc {use} {half} {browser}".encode()) for half in "ab")
    return base64.urlsafe_b64encode(b"".join(halves)).decode().rstrip("=")
