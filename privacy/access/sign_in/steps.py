"""A sign-in on its way: what one browser has proven so far, under a token that only it has, for ten minutes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.access.sign_in.models import SignInStep
from privacy.crypto import keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, load_owner_key
from privacy.db import new_id, session

#: ASVS 5.0, 6.5.5.
LASTS = 10 * clock.MINUTE
_TABLE, _COLUMN = "sign_in_step", "kept_enc"


class StepKind(StrEnum):
    """What comes next."""

    FACTOR = "factor"  # the password was right
    ENROL = "enrol"  # an invitation was right, and a password chosen
    NEW_TOTP = "new_totp"  # somebody inside adds codes
    NEW_PASSKEY = "new_passkey"  # somebody inside adds a passkey
    PASSKEY = "passkey"  # a passkey is to answer, instead of a password or of a code
    NEW_ACCOUNT = "new_account"  # somebody inside has signed in at the provider, and is to say that it is theirs


@dataclass(frozen=True)
class Step:
    """A step that was begun in this browser."""

    staff_id: UUID | None
    kept: Mapping[str, Any] = field(repr=False)


def begin(kind: StepKind, staff_id: UUID | None, kept: Mapping[str, Any]) -> str:
    """Remember what is proven, in the open unit of work; returns the token for the browser's cookie."""
    now, token, step_id = clock.micros(), secrets.token_urlsafe(32), new_id()
    session().execute(sa.delete(SignInStep).where(SignInStep.expires_at <= now))
    owner = load_owner_key(session(), keyring.installed(), SERVICE_OWNER)
    session().add(
        SignInStep(
            token_sha256=_digest(token),
            kind=kind.value,
            staff_id=staff_id,
            id=step_id,
            kept_enc=owner.seal(_TABLE, _COLUMN, step_id, msgspec.json.encode(kept)),
            key_version=owner.version,
            expires_at=now + LASTS,
        )
    )
    return token


def look(token: str | None, kind: StepKind) -> Step | None:
    """The step of this token; None where there is none, or it is over."""
    if token is None:
        return None
    row = session().get(SignInStep, _digest(token))
    if row is None or row.kind != kind or row.expires_at <= clock.micros():
        return None
    owner = load_owner_key(session(), keyring.installed(), SERVICE_OWNER, row.key_version)
    return Step(row.staff_id, msgspec.json.decode(owner.open(_TABLE, _COLUMN, row.id, row.kept_enc)))


def end(token: str) -> bool:
    """Make a token worthless, in the open unit of work; whether it was this call that did."""
    deleted = session().execute(sa.delete(SignInStep).where(SignInStep.token_sha256 == _digest(token)))
    return bool(deleted.rowcount)  # type: ignore[attr-defined]  # of a statement that returns no rows


def end_all(staff_id: UUID) -> None:
    """Make every step that is on its way for a member of staff worthless."""
    session().execute(sa.delete(SignInStep).where(SignInStep.staff_id == staff_id))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
