"""Conversation with one API: who we are, how fast we may ask, and patience with "not now"."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from privacy.programme.connector_settings import AuthKind, HttpSettings
from privacy.systems.addresses import Resolve
from privacy.systems.connector import SystemRefused
from privacy.systems.http_wire import Answer, Wire, ensure_success, json_body, retry_after

#: A wait that is asked for and no longer than this is waited out here, in seconds; a longer one is the caller's.
_PATIENCE = 5.0
_ATTEMPTS = 3
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class _Pace:
    """So many requests a minute to each address, over all connections of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def wait(self, address: str, each_minute: int) -> None:
        """Return when the next request may go."""
        with self._lock:
            now = time.monotonic()
            at = max(self._next.get(address, now), now)
            self._next[address] = at + 60 / each_minute
        time.sleep(at - now)


_pace = _Pace()


class HttpSession:
    """Sends requests to one API as its settings say."""

    def __init__(self, settings: HttpSettings, secret: Mapping[str, Any], resolve: Resolve) -> None:
        self._settings, self._secret = settings, secret
        self._wire = self._wire_to(settings.base_url, resolve)
        self._resolve = resolve
        self._token: str | None = None
        self._headers: Mapping[AuthKind, Callable[[], dict[str, str]]] = {
            AuthKind.NONE: dict,
            AuthKind.BEARER: lambda: {"Authorization": f"Bearer {self._of_secret('token')}"},
            AuthKind.BASIC: lambda: _basic(self._of_secret("username"), self._of_secret("password")),
            AuthKind.HEADER: lambda: {settings.auth.header or "": self._of_secret("token")},
            AuthKind.OAUTH: lambda: {"Authorization": f"Bearer {self._access_token()}"},
        }

    def send(self, method: str, target: str, body: Any = None, *, idempotency_key: str | None = None) -> Answer:
        """The answer, whatever its status, once it is not "later" any more. Raises `SystemUnreachable` while it is."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        raw = None
        if body is not None:
            raw, headers["Content-Type"] = json_body(body), "application/json"
        for attempt in range(1, _ATTEMPTS + 1):
            answer = self._send_once(method, target, headers, raw)
            wait = retry_after(answer) if answer.status in {429, 503} else None
            if wait is None or wait > _PATIENCE or attempt == _ATTEMPTS:
                break
            time.sleep(wait)
        return answer

    def _send_once(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        for fresh in (False, True):
            if self._settings.requests_per_minute:
                _pace.wait(self._settings.base_url, self._settings.requests_per_minute)
            known = self._headers[self._settings.auth.kind]()
            answer = self._wire.send(method, target, headers={**headers, **known}, body=body)
            if answer.status != 401 or self._settings.auth.kind is not AuthKind.OAUTH or fresh:
                break
            # The token has run out: one new one, and no more.
            self._token = None
        return answer

    def _access_token(self) -> str:
        """A token by client credentials (RFC 6749, 4.4), kept in memory only."""
        if self._token is None:
            auth = self._settings.auth
            client = quote(self._of_secret("client_id"), safe=""), quote(self._of_secret("client_secret"), safe="")
            asked = {"grant_type": "client_credentials"} | ({"scope": auth.scope} if auth.scope else {})
            wire = self._wire_to(auth.token_url or "", self._resolve)
            answer = wire.send("POST", "", headers={**_FORM, **_basic(*client)}, body=urlencode(asked).encode())
            found = ensure_success(answer).json()
            token = found.get("access_token") if isinstance(found, dict) else None
            if not isinstance(token, str) or not token:
                raise SystemRefused("The system's authorization server answered without a token.")
            self._token = token
        return self._token

    def _wire_to(self, url: str, resolve: Resolve) -> Wire:
        return Wire(
            url,
            allowed=self._settings.allow_private,
            timeout=self._settings.timeout_seconds,
            most_bytes=self._settings.most_kilobytes * 1000,
            resolve=resolve,
        )

    def _of_secret(self, name: str) -> str:
        value = self._secret.get(name)
        if not isinstance(value, str) or not value:
            raise SystemRefused(f"The connection has no `{name}`. Give it with `privacy systems connect`.")
        return value


def _basic(username: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}
