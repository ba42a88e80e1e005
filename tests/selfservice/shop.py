"""The controller's shop as others attack it: its keys, the tokens that it signs, and those that it never would."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from privacy import clock
from privacy.db import new_id

ISSUER = "https://shop.example.com"
AUDIENCE = "https://privacy.example.com"


@dataclass
class Shop:
    """A shop with a key of each kind."""

    keys: dict[str, Key] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys |= {
            "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
            "ES256": ECKey.generate_key("P-256", {"kid": "es"}),
            "RS256": RSAKey.generate_key(2048, {"kid": "rs"}),
        }

    @property
    def public(self) -> bytes:
        """Its JWK set."""
        return json.dumps(KeySet(list(self.keys.values())).as_dict(private=False)).encode()

    def published(self, folder: Path) -> Path:
        """The file of its JWK set."""
        path = folder / "keys.json"
        path.write_bytes(self.public)
        return path

    def token(self, algorithm: str = "Ed25519", header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token as it signs it; claims that are None are left out."""
        key = self.keys[algorithm]
        head = {"alg": algorithm, "kid": key.kid} | (header or {})
        return jwt.encode(head, self.claims(**claims), key, algorithms=[algorithm], registry=_Lax())

    @staticmethod
    def claims(**changes: Any) -> dict[str, Any]:
        """What a token says."""
        now = clock.micros() // clock.SECOND
        said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "C-1001", "iat": now, "exp": now + 60, "jti": str(new_id())}
        return {name: value for name, value in (said | changes).items() if value is not None}

    def unsigned(self) -> str:
        """With `alg` none."""
        return ".".join((_part({"alg": "none", "kid": "ed"}), _part(self.claims()), ""))

    def by_public_key(self) -> str:
        """HMAC with the text of the public RSA key as its secret."""
        key = self.keys["RS256"]
        assert isinstance(key, RSAKey)
        secret = key.as_pem(private=False)
        said = f"{_part({'alg': 'HS256', 'kid': 'rs'})}.{_part(self.claims())}"
        mac = hmac.digest(secret, said.encode(), "sha256")
        return f"{said}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    def by_another(self) -> str:
        """Signed by somebody else's key of the same number."""
        other = OKPKey.generate_key("Ed25519", {"kid": "ed"})
        return jwt.encode({"alg": "Ed25519", "kid": "ed"}, self.claims(), other, algorithms=["Ed25519"])


class _Lax(JWSRegistry):
    """Signs whatever header it is given."""

    def __init__(self) -> None:
        super().__init__(algorithms=["Ed25519", "ES256", "RS256"], strict_check_header=False)

    def check_header(self, header: Any) -> None:
        """Whatever it is."""


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
