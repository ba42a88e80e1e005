"""Passwords of staff: Argon2id (RFC 9106), long rather than complicated, and none that is on every attacker's list.

Verifying takes as long for a name that nobody has: a hash that belongs to nobody is compared then. It is done outside
any transaction, since SQLite would let nobody else write meanwhile.
"""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache
from importlib import resources
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from privacy import clock
from privacy.access.sign_in.models import StaffPassword
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import session
from privacy.errors import InvalidInput

#: In characters. NIST SP 800-63B-4 asks for 15 where a password stands alone; ours never does.
SHORTEST, LONGEST = 12, 256
#: OWASP's recommendation: 19 MiB, two passes, one lane.
_MEMORY_KIB, _PASSES, _LANES, _BYTES, _SALT_BYTES = 19 * 1024, 2, 1, 32, 16
_TABLE, _COLUMN = "staff_password", "hash_enc"
#: What people put around a common password to make it look like another.
_TRIMMINGS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
#: A common word must be at least so long before it spoils what stands around it.
_SHORTEST_WORD = 8
_SERVICE_NAME = "privacy"


def normalised(password: str) -> str:
    """As it is hashed: NFKC, so that one password is the same from every keyboard (RFC 8265)."""
    return unicodedata.normalize("NFKC", password)


def ensure_good(password: str, name: str, *, field: str = "password") -> None:
    """Raise `InvalidInput` for a password that is too short, too long, common, or the account's own name."""
    text = normalised(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise InvalidInput.of(field, "A password has 12 to 256 characters. Several words are good.")
    lower = text.casefold()
    core = _TRIMMINGS.sub("", lower)
    if {lower, core} & _common() or len(set(lower)) < 4:
        raise InvalidInput.of(field, "This password is on lists that attackers try first. Choose another.")
    own = {_TRIMMINGS.sub("", name.casefold()), _SERVICE_NAME}
    if any(one and (core == one or lower.replace(one, "") == "" or _mostly(one, lower)) for one in own):
        raise InvalidInput.of(field, "A password is not made of the name of the account or of the service.")


def hashed(password: str) -> str:
    """The PHC string of a password."""
    kdf = Argon2id(
        salt=os.urandom(_SALT_BYTES), length=_BYTES, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB
    )
    return kdf.derive_phc_encoded(normalised(password).encode())


def put(staff_id: UUID, phc: str) -> None:
    """Make this the password of a member of staff, in the open unit of work."""
    owner = load_owner_key(session(), keyring.installed(), staff_id)
    sealed = owner.seal(_TABLE, _COLUMN, staff_id, phc.encode())
    row = session().get(StaffPassword, staff_id)
    if row is None:
        row = StaffPassword(staff_id=staff_id)
        session().add(row)
    row.hash_enc, row.key_version, row.set_at = sealed, owner.version, clock.micros()


def hash_of(staff_id: UUID | None) -> str:
    """The PHC string of the password of a member of staff, or one that belongs to nobody where there is none."""
    row = None if staff_id is None else session().get(StaffPassword, staff_id, populate_existing=True)
    if row is None:
        return _nobodys()
    owner = load_owner_key(session(), keyring.installed(), row.staff_id, row.key_version)
    return owner.open(_TABLE, _COLUMN, row.staff_id, row.hash_enc).decode()


def fits(password: str, phc: str) -> bool:
    """Whether a password is the one of a PHC string. Takes long and asks no database: outside any transaction."""
    # One that is too long to be anybody's is cut, so that it costs no more than another.
    given = normalised(password[: LONGEST * 4]).encode()
    try:
        Argon2id.verify_phc_encoded(given, phc)
    except InvalidKey:
        return False
    return phc != _nobodys()


def forget(staff_id: UUID) -> None:
    """Delete the password of a member of staff, in the open unit of work."""
    session().execute(sa.delete(StaffPassword).where(StaffPassword.staff_id == staff_id))


def _mostly(name: str, password: str) -> bool:
    return len(name) >= _SHORTEST_WORD and name in password and len(password) - len(name) < _SHORTEST_WORD


@cache
def _common() -> frozenset[str]:
    """Passwords of eight characters and more that are used most, as published leaks counted them."""
    text = resources.files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(text.split())


@cache
def _nobodys() -> str:
    return hashed(os.urandom(32).hex())
