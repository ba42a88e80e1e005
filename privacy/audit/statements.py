"""Signed statements: one line of canonical JSON under the log's name, as a signed note (docs/evidence.md)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from privacy import clock
from privacy.audit.failures import LogNotOpened
from privacy.audit.models import AuditKey
from privacy.audit.note import KeyType, SigningKey, VerifierKey, sign
from privacy.crypto import canonical, keyring
from privacy.crypto.keyring import KeyUse
from privacy.db import Driver, Statement

#: How long a process goes on with the key it knows: a key that was rotated out stays good for statements.
_KEY_KNOWN_FOR = 10 * clock.SECOND
_NEWEST = Statement(
    sa.select(AuditKey.number, AuditKey.vkey).where(
        AuditKey.number == sa.select(sa.func.max(AuditKey.number)).scalar_subquery()
    )
)


def signed_with(key: SigningKey, payload: Mapping[str, Any]) -> str:
    """The note over a statement; `at` is now unless the payload says it. Raises ValueError for a value that has no
    canonical form.
    """
    stated = {"at": clock.isoformat(clock.micros()), **payload}
    return str(sign(f"{key.name}/statement\n{canonical.encode(stated).decode()}\n", [key]))


class Signer:
    """Signs statements with the log's newest key. One for a process; safe for its threads."""

    def __init__(self) -> None:
        self._key: SigningKey | None = None
        self._asked_at = 0
        self._lock = threading.Lock()

    def sign(self, payload: Mapping[str, Any], driver: Driver) -> str:
        """The note over a statement. Raises `LogNotOpened`, `KeyringUnusable`, and what the database raises."""
        return signed_with(self._newest(driver), payload)

    def _newest(self, driver: Driver) -> SigningKey:
        now = clock.micros()
        key = self._key
        if key is None or not 0 <= now - self._asked_at < _KEY_KNOWN_FOR:
            with self._lock:
                key = self._key = self._read(driver)
                self._asked_at = now
        return key

    def _read(self, driver: Driver) -> SigningKey:
        rows = driver.rows(_NEWEST, {})
        if not rows:
            raise LogNotOpened
        number, vkey = rows[0]
        name = VerifierKey.parse(vkey).name
        return SigningKey(name, KeyType.ED25519, keyring.key(KeyUse.SIGN, number).secret)
