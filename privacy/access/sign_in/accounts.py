"""Accounts of staff at the controller's provider of OpenID Connect: linked by hand, never because addresses are alike.

The provider says who signed in, and nothing of what they may do: roles stay with us.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access.failures import AccountNotFound, AccountTaken, LastFactor
from privacy.access.models import Staff
from privacy.access.sign_in import factors, members, sessions, steps
from privacy.access.sign_in.models import StaffAccount
from privacy.access.sign_in.sessions import EndedWhy, OpenedSession, StaffSessionFacts, Way
from privacy.access.sign_in.steps import StepKind
from privacy.authz.actors import Actor
from privacy.crypto import blind_index, keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput

_TABLE, _COLUMN = "staff_account", "subject_enc"
#: OpenID Connect Core 1.0, 2: `sub` has at most 255 ASCII characters.
_LONGEST = 255


@dataclass(frozen=True)
class Account:
    """An account at a provider, of which the provider said that it is signed in."""

    issuer: str
    #: The provider's number of it.
    subject: str = field(repr=False)


@dataclass(frozen=True)
class LinkedAccount:
    """An account that is linked, as its owner sees it."""

    id: UUID
    subject: str = field(repr=False)
    linked_at: int
    used_at: int | None


def accounts_of(staff_id: UUID) -> list[LinkedAccount]:
    """The linked accounts of a member of staff, the oldest first."""
    query = sa.select(StaffAccount).where(StaffAccount.staff_id == staff_id).order_by(StaffAccount.id)
    return [_shown(row) for row in session().scalars(query)]


def begin_account(found: StaffSessionFacts, account: Account) -> str:
    """Somebody inside has signed in at the provider: the token of the step in which they say that it is theirs.

    Not linked at once: whoever sends a colleague's browser to the provider, signed in there as somebody else, would
    have an account of their own linked.
    """
    kept = {"issuer": account.issuer, "subject": account.subject}
    return steps.begin(StepKind.NEW_ACCOUNT, found.staff_id, kept)


def account_to_link(found: StaffSessionFacts, token: str | None) -> Account | None:
    """The account of which somebody inside is to say that it is theirs; None where none waits."""
    step = steps.look(token, StepKind.NEW_ACCOUNT)
    if step is None or step.staff_id != found.staff_id:
        return None
    return Account(step.kept["issuer"], step.kept["subject"])


def link_own_account(found: StaffSessionFacts, token: str | None) -> None:
    """Somebody inside says that the account is theirs; every other session ends.

    Raises `AccountNotFound` where none waits, `AccountTaken`.
    """
    account = account_to_link(found, token)
    if token is None or account is None or not steps.end(token):
        raise AccountNotFound
    link(found.staff_id, account, actor=found.actor)
    sessions.end_all(found.staff_id, EndedWhy.FACTORS_CHANGED, actor=found.actor, but=found.id)


def unlink_account(found: StaffSessionFacts, account_id: UUID) -> None:
    """Unlink one of one's own accounts; every other session ends. Raises `AccountNotFound`, `LastFactor`."""
    rows = list(
        session().scalars(sa.select(StaffAccount).where(StaffAccount.staff_id == found.staff_id).with_for_update())
    )
    row = next((one for one in rows if one.id == account_id), None)
    if row is None:
        raise AccountNotFound
    if len(rows) == 1 and not factors.factors(found.staff_id):
        raise LastFactor
    session().delete(row)
    members.record("staff_account.unlinked", found.staff_id, found.actor)
    sessions.end_all(found.staff_id, EndedWhy.FACTORS_CHANGED, actor=found.actor, but=found.id)


def sign_in_by_account(account: Account, browser: str) -> OpenedSession | None:
    """Open a session of whoever the account is linked to; None where it is linked to nobody who works here.

    It is not fresh: the provider sends back whoever is still signed in there, and asks them for nothing.
    """
    row = _used(account)
    if row is None:
        members.failed(None, "account")
        return None
    return sessions.open_session(row.id, Way.OIDC, browser, actor=members.as_actor(row), proven_now=False)


def prove_by_account(found: StaffSessionFacts, account: Account) -> OpenedSession | None:
    """Somebody inside has signed in at the provider once more: a new token, fresh for some minutes.

    That it was just now is the caller's to make sure. None where the account is not linked to them.
    """
    row = _used(account)
    if row is None or row.id != found.staff_id:
        members.failed(found.staff_id, "account")
        return None
    return sessions.renew(found.id, Way.OIDC, actor=found.actor)


def link(staff_id: UUID, account: Account, *, actor: Actor) -> None:
    """Link an account, in the open unit of work of whoever has made sure that the actor may.

    Raises `AccountTaken`, `InvalidInput`.
    """
    subject = account.subject
    if not (0 < len(subject) <= _LONGEST and subject.isprintable() and subject == subject.strip()):
        raise InvalidInput.of(
            "subject", "The number of the account is what the provider calls sub, as it stands there."
        )
    digest = _digest(account)
    if session().scalar(sa.select(StaffAccount.id).where(StaffAccount.account_digest == digest)) is not None:
        raise AccountTaken
    owner, row_id = load_owner_key(session(), keyring.installed(), staff_id), new_id()
    session().add(
        StaffAccount(
            id=row_id,
            staff_id=staff_id,
            account_digest=digest,
            subject_enc=owner.seal(_TABLE, _COLUMN, row_id, subject.encode()),
            key_version=owner.version,
            linked_by=actor.id,
            linked_at=clock.micros(),
            used_at=None,
        )
    )
    members.record("staff_account.linked", staff_id, actor)


def forget(staff_id: UUID) -> None:
    """Unlink every account of a member of staff, in the open unit of work of what tells of it."""
    session().execute(sa.delete(StaffAccount).where(StaffAccount.staff_id == staff_id))


def _used(account: Account) -> Staff | None:
    row = session().scalar(
        sa.select(StaffAccount)
        .join(Staff, Staff.id == StaffAccount.staff_id)
        .where(StaffAccount.account_digest == _digest(account), Staff.disabled_at.is_(None))
    )
    if row is None:
        return None
    row.used_at = clock.micros()
    return members.member(row.staff_id)


def _shown(row: StaffAccount) -> LinkedAccount:
    owner = load_owner_key(session(), keyring.installed(), row.staff_id, row.key_version)
    subject = owner.open(_TABLE, _COLUMN, row.id, row.subject_enc).decode()
    return LinkedAccount(row.id, subject, row.linked_at, row.used_at)


def _digest(account: Account) -> bytes:
    told = f"account of staff\n{account.issuer}\n{account.subject}"
    return blind_index.of_repeat(keyring.installed(), told.encode())
