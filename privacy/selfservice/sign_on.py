"""Coming in from the controller's own signed-in shop: a token of minutes that says which account is signed in.

The shop signs it, and the browser brings it. It names an account identifier of the programme, counts once, and is meant
for this service alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from privacy.authz.actors import SERVICE
from privacy.crypto import blind_index, keyring
from privacy.db import session
from privacy.dsar.service import ProofLevel
from privacy.erasure import service as erasure
from privacy.erasure.service import SeveralPeople
from privacy.errors import InvalidInput, NotFound
from privacy.federation.service import KeyPlace, SignOnRefused, SignOnSettingsInvalid, is_address, statement
from privacy.programme import service as programmes
from privacy.selfservice import sessions
from privacy.selfservice.models import SignOnUsed
from privacy.selfservice.sessions import Opened
from privacy.subjects import service as subjects
from privacy.systems.service import Network

#: Seconds that a token may be good for, from when it was made.
LASTS = 300
#: Where people come from whom nobody has named before.
_SOURCE = "sign-on"


@dataclass(frozen=True)
class SignedOn:
    """An account of which whoever may say so has said that it is signed in."""

    #: The type of account identifier, and its value.
    identifier: str
    value: str = field(repr=False)
    #: Tells the statement from every other; None where it cannot come a second time.
    once: bytes | None = field(repr=False)
    #: When it is worth nothing any more, in microseconds.
    expires_at: int


@dataclass(frozen=True)
class SignOn:
    """What the settings say of the shop's tokens."""

    issuer: str
    #: This service, as the shop names it: its own address.
    audience: str
    #: The type of account identifier that `sub` holds.
    identifier: str
    keys: KeyPlace

    @classmethod
    def of(
        cls, issuer: str, place: str, identifier: str, *, audience: str, allowed: tuple[Network, ...] = ()
    ) -> SignOn | None:
        """As the settings say; None where none of them is set. Raises `SignOnSettingsInvalid`."""
        if not (issuer or place or identifier):
            return None
        if not (issuer and place and identifier):
            raise SignOnSettingsInvalid("Set PRIVACY_SIGN_ON_ISSUER, _KEYS and _IDENTIFIER, or none of them.")
        if not is_address(place) and not Path(place).is_file():
            raise SignOnSettingsInvalid("PRIVACY_SIGN_ON_KEYS names neither a file nor an address.")
        return cls(issuer, audience, identifier, KeyPlace(place, allowed=allowed))

    def read(self, token: str) -> SignedOn:
        """What a token says, if it holds; outside any transaction. Raises `SignOnRefused`, `Unavailable`."""
        said = statement(token, self.keys, issuer=self.issuer, audience=self.audience, lasts=LASTS)
        number = said.text("jti")
        once = blind_index.of_repeat(keyring.installed(), f"sign-on {self.issuer} {number}".encode())
        return SignedOn(self.identifier, said.text("sub"), once, said.expires_at)


def open_by_account(signed: SignedOn) -> Opened:
    """Open a session of the person whose account is signed in, in the open unit of work.

    Somebody whom nobody named before is made known: they have a right to say no, too. Raises `SignOnRefused` where the
    statement was used already, or names nothing that the programme knows.
    """
    if signed.once is not None:
        _ensure_first(signed.once, signed.expires_at)
    _, opened = sessions.open_session(_person(signed), ProofLevel.ACCOUNT)
    return opened


def _ensure_first(digest: bytes, expires_at: int) -> None:
    insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    used = insert(SignOnUsed).values(digest=digest, expires_at=expires_at).on_conflict_do_nothing()
    if not session().scalars(used.returning(SignOnUsed.expires_at)).all():
        raise SignOnRefused


def _person(signed: SignedOn) -> UUID:
    programme = programmes.current()
    if signed.identifier not in programme.identifier_types:
        raise SignOnRefused
    try:
        naming = subjects.name_of(programme, SERVICE, {signed.identifier: signed.value})
        return erasure.the_one(naming, actor=SERVICE)
    except NotFound:
        return subjects.put_subject(naming, actor=SERVICE, programme=programme, source=_SOURCE)[0]
    except (SeveralPeople, InvalidInput):
        raise SignOnRefused from None
