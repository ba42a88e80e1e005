"""What staff have beside a password: an app that shows codes (RFC 6238), passkeys, and codes on paper."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from privacy import clock
from privacy.access.failures import FactorNotFound, LastFactor, PasskeyTaken
from privacy.access.sign_in.models import StaffFactor, StaffRecoveryCode
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto import blind_index, keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import new_id, session

_SECRET_BYTES = 20
_STEP = 30
_DIGITS = 6
#: A clock that is off by one step in either direction.
_DRIFT = (0, -1, 1)
RECOVERY_CODES = 10
#: No letters or digits that are taken for one another.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP = 4, 4
_TABLE = "staff_factor"
_LONGEST_LABEL = 60


class FactorKind(StrEnum):
    """What kind of factor it is."""

    TOTP = "totp"
    PASSKEY = "passkey"


@dataclass(frozen=True)
class FactorFacts:
    """A factor, as its owner sees it."""

    id: UUID
    kind: FactorKind
    label: str = field(repr=False)
    added_at: int
    used_at: int | None


def new_secret() -> bytes:
    """A fresh secret for an app that shows codes."""
    return os.urandom(_SECRET_BYTES)


def address_for_app(secret: bytes, name: str, issuer: str) -> str:
    """What the app reads as a QR code: `otpauth://...`. Holds the secret."""
    return _totp(secret).get_provisioning_uri(name, issuer)


def step_of(secret: bytes, code: str, *, after: int = 0) -> int | None:
    """The time step whose code this is, if it is later than `after`; None for a wrong or used one."""
    now = clock.micros() // clock.SECOND // _STEP
    given, found = code.replace(" ", "").encode(), None
    for drift in _DRIFT:
        step = now + drift
        if hmac.compare_digest(_totp(secret).generate(step * _STEP), given) and step > after:
            found = step
    return found


def add_totp(staff_id: UUID, secret: bytes, label: str, *, step: int, actor: Actor) -> None:
    """Add an app, whose code of a time step was given to show that it works, in the open unit of work."""
    _add(staff_id, FactorKind.TOTP, secret, label, counter=step, actor=actor)


def add_passkey(staff_id: UUID, secret: bytes, label: str, *, found_by: bytes, counter: int, actor: Actor) -> None:
    """Add a passkey, which has shown that it works, in the open unit of work. Raises `PasskeyTaken`.

    `found_by`: the SHA-256 of its id.
    """
    if session().scalar(sa.select(StaffFactor.id).where(StaffFactor.credential_sha256 == found_by)) is not None:
        raise PasskeyTaken
    _add(staff_id, FactorKind.PASSKEY, secret, label, counter=counter, actor=actor, found_by=found_by)


@dataclass(frozen=True)
class KnownPasskey:
    """A passkey as it was added."""

    factor_id: UUID
    staff_id: UUID
    #: Its public key with its id.
    secret: bytes = field(repr=False)


def passkey(found_by: bytes) -> KnownPasskey | None:
    """The passkey whose id has this SHA-256."""
    row = session().scalar(sa.select(StaffFactor).where(StaffFactor.credential_sha256 == found_by))
    return None if row is None else _known(row)


def passkeys_of(staff_id: UUID) -> list[KnownPasskey]:
    """The passkeys of a member of staff."""
    return [_known(row) for row in session().scalars(_of(staff_id).where(StaffFactor.kind == FactorKind.PASSKEY))]


def use_passkey(factor_id: UUID, counter: int) -> bool:
    """Note a use of a passkey; False where its counter did not go up, as where it was copied.

    One that does not count, as those that are kept in several devices at once, says 0 each time.
    """
    higher = StaffFactor.last_counter < counter
    if counter == 0:
        higher = StaffFactor.last_counter == 0
    return _moved(factor_id, higher, counter)


def take_code(staff_id: UUID, code: str) -> bool:
    """Whether one of the apps of a member of staff shows this code now. A code is taken once."""
    for row in session().scalars(_of(staff_id).where(StaffFactor.kind == FactorKind.TOTP)):
        owner = load_owner_key(session(), keyring.installed(), staff_id, row.key_version)
        step = step_of(owner.open(_TABLE, "secret_enc", row.id, row.secret_enc), code, after=row.last_counter)
        if step is not None and count_up(row.id, step):
            return True
    return False


def count_up(factor_id: UUID, counter: int) -> bool:
    """Move a factor's counter up; False where another request was there first."""
    return _moved(factor_id, StaffFactor.last_counter < counter, counter)


def factors(staff_id: UUID) -> Sequence[FactorFacts]:
    """The factors of a member of staff, the oldest first."""
    found = []
    for row in session().scalars(_of(staff_id)):
        owner = load_owner_key(session(), keyring.installed(), staff_id, row.key_version)
        label = owner.open(_TABLE, "label_enc", row.id, row.label_enc).decode()
        found.append(FactorFacts(row.id, FactorKind(row.kind), label, row.added_at, row.used_at))
    return found


def remove_factor(staff_id: UUID, factor_id: UUID, *, actor: Actor) -> None:
    """Remove one of the factors of a member of staff. Raises `FactorNotFound`, `LastFactor`.

    An account elsewhere does not count as another: the provider may be away, and the password asks for a factor.
    """
    rows = list(session().scalars(_of(staff_id).with_for_update()))
    row = next((one for one in rows if one.id == factor_id), None)
    if row is None:
        raise FactorNotFound
    if len(rows) == 1:
        raise LastFactor
    session().delete(row)
    _record("staff_factor.removed", staff_id, actor, kind=row.kind)


def forget(staff_id: UUID) -> None:
    """Delete every factor and recovery code of a member of staff, in the open unit of work of what tells of it."""
    session().execute(sa.delete(StaffFactor).where(StaffFactor.staff_id == staff_id))
    session().execute(sa.delete(StaffRecoveryCode).where(StaffRecoveryCode.staff_id == staff_id))


def make_recovery_codes(staff_id: UUID, *, actor: Actor) -> list[str]:
    """Ten new codes, each good once; the ones before are void. Nobody can see them again."""
    session().execute(sa.delete(StaffRecoveryCode).where(StaffRecoveryCode.staff_id == staff_id))
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    now = clock.micros()
    session().add_all(
        StaffRecoveryCode(id=new_id(), staff_id=staff_id, digest=_digest(staff_id, code), made_at=now, used_at=None)
        for code in codes
    )
    _record("staff_recovery_codes.made", staff_id, actor, codes=len(codes))
    return codes


def take_recovery_code(staff_id: UUID, code: str, *, actor: Actor) -> bool:
    """Whether this is a recovery code that was not used yet; it is used from now on."""
    used = session().execute(
        sa.update(StaffRecoveryCode)
        .where(StaffRecoveryCode.digest == _digest(staff_id, code), StaffRecoveryCode.used_at.is_(None))
        .values(used_at=clock.micros())
        .execution_options(synchronize_session=False)
    )
    if not used.rowcount:  # type: ignore[attr-defined]  # of a statement that returns no rows
        return False
    _record("staff_recovery_code.used", staff_id, actor, left=recovery_codes_left(staff_id))
    return True


def recovery_codes_left(staff_id: UUID) -> int:
    """How many recovery codes of a member of staff are good."""
    mine = StaffRecoveryCode.staff_id == staff_id, StaffRecoveryCode.used_at.is_(None)
    return session().scalar(sa.select(sa.func.count()).select_from(StaffRecoveryCode).where(*mine)) or 0


def _moved(factor_id: UUID, higher: sa.ColumnElement[bool], counter: int) -> bool:
    moved = session().execute(
        sa.update(StaffFactor)
        .where(StaffFactor.id == factor_id, higher)
        .values(last_counter=counter, used_at=clock.micros())
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]  # of a statement that returns no rows


def _known(row: StaffFactor) -> KnownPasskey:
    owner = load_owner_key(session(), keyring.installed(), row.staff_id, row.key_version)
    return KnownPasskey(row.id, row.staff_id, owner.open(_TABLE, "secret_enc", row.id, row.secret_enc))


def _add(
    staff_id: UUID,
    kind: FactorKind,
    secret: bytes,
    label: str,
    *,
    counter: int,
    actor: Actor,
    found_by: bytes | None = None,
) -> None:
    owner, factor_id = load_owner_key(session(), keyring.installed(), staff_id), new_id()
    named = label.strip()[:_LONGEST_LABEL] or kind.value
    session().add(
        StaffFactor(
            id=factor_id,
            staff_id=staff_id,
            kind=kind.value,
            secret_enc=owner.seal(_TABLE, "secret_enc", factor_id, secret),
            label_enc=owner.seal(_TABLE, "label_enc", factor_id, named.encode()),
            key_version=owner.version,
            credential_sha256=found_by,
            last_counter=counter,
            added_at=clock.micros(),
            used_at=None,
        )
    )
    _record("staff_factor.added", staff_id, actor, kind=kind.value)


def _of(staff_id: UUID) -> sa.Select[StaffFactor]:
    return sa.select(StaffFactor).where(StaffFactor.staff_id == staff_id).order_by(StaffFactor.id)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, _DIGITS, SHA1(), _STEP)  # noqa: S303  # what the apps know; HMAC-SHA-1 is not broken


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _digest(staff_id: UUID, code: str) -> bytes:
    plain = "".join(code.upper().split()).replace("-", "")
    return blind_index.of_repeat(keyring.installed(), b"recovery code " + staff_id.bytes + plain.encode())


def _record(action: str, staff_id: UUID, actor: Actor, **told: object) -> None:
    audit.record(action, actor=actor, object_type="staff_sign_in", object_id=staff_id, content=told, details=told)
