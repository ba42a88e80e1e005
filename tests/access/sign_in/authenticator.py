"""A device with passkeys, honest unless it is told to lie."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

_FLAG = AuthenticatorData.FLAG
_SEEN = _FLAG.UP | _FLAG.UV


@dataclass
class Authenticator:
    """One device with one passkey."""

    origin: str
    id: bytes = field(default_factory=lambda: os.urandom(32))
    #: How often it has answered; None counts nothing, as passkeys that are kept in several devices.
    counter: int | None = 0
    owner: bytes = b""
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: Mapping[str, Any], **lies: Any) -> str:
        """The answer to the options of a new passkey."""
        wanted = options["publicKey"]
        self.owner = websafe_decode(wanted["user"]["id"])
        key = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]  # no types upstream
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, lies.get("key", key))
        told = AuthenticatorData.create(
            _host(lies.get("host", wanted["rp"]["id"])),
            lies.get("flags", _SEEN) | _FLAG.AT,
            self.counter or 0,
            bytes(credential),
        )
        client = self._client("webauthn.create", wanted["challenge"], lies)
        response = {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
        }
        return self._answer(response)

    def get(self, options: Mapping[str, Any], **lies: Any) -> str:
        """The answer to the options of a sign-in."""
        wanted = options["publicKey"]
        if self.counter is not None:
            self.counter = lies.get("counter", self.counter + 1)
        told = AuthenticatorData.create(
            _host(lies.get("host", wanted["rpId"])), lies.get("flags", _SEEN), self.counter or 0
        )
        client = self._client("webauthn.get", wanted["challenge"], lies)
        signature = self._key.sign(bytes(told) + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(told),
            "signature": websafe_encode(lies.get("signature", signature)),
            "userHandle": websafe_encode(lies.get("owner", self.owner)) if lies.get("owner", self.owner) else None,
        }
        return self._answer(response)

    def _client(self, kind: str, challenge: str, lies: Mapping[str, Any]) -> bytes:
        return CollectedClientData.create(
            lies.get("kind", kind),
            lies.get("challenge", challenge),
            lies.get("origin", self.origin),
            cross_origin=lies.get("framed", False),
        )

    def _answer(self, response: Mapping[str, Any]) -> str:
        name = websafe_encode(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def _host(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
