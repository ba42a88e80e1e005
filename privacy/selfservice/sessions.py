"""Persons' own sessions: opened by a code to a contact on file or by the controller's sign-on, short, and seen by all.

What a session shows follows from what was proven in it. A contact that several people hold, or that came to a person
only days ago, opens a session of nobody: whoever reads it may say "no more to this address" and sees nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE, Actor, Realm, a_person
from privacy.db import new_id, session
from privacy.dsar.service import ProofLevel
from privacy.errors import NotAuthenticated
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.selfservice import audited, models
from privacy.selfservice.failures import SessionNotFound
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName

#: Unused for so long it is over, and after so long however much it is used.
IDLE, LONGEST = 30 * clock.MINUTE, 12 * 60 * clock.MINUTE
#: How long after a proof something that matters may be done without another.
FRESH = 10 * clock.MINUTE
#: The last use is written down no more often: looking at pages is no writing.
_TO_THE = clock.MINUTE
#: For secret scanners: what a token begins with.
PREFIX = "pps_"
_TOKEN = re.compile(r"pps_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class ProvenContact:
    """A contact that was proven in the session, by a code that went there."""

    kind: ContactKind
    #: The person's own stored contact; None in a session of nobody.
    contact_id: UUID | None
    #: What acts name.
    name: ContactName = field(repr=False)


@dataclass(frozen=True)
class PersonSession:
    """Whoever is looking. Times in microseconds."""

    id: UUID
    realm: Realm
    #: The person; None where what was proven is not one person's alone: nothing of anybody is shown.
    subject_id: UUID | None
    #: A `give` counts for these alone.
    proven: tuple[ProvenContact, ...]
    #: By what it was opened.
    proof: ProofLevel
    opened_at: int
    #: When it ends, unless it is used before that; and when it ends at the latest.
    expires_at: int
    ends_at: int
    #: Until when something that matters may be done: after a proof by a second contact, or a sign-on. 0: not now.
    fresh_until: int
    #: With whom services are called on behalf of the person.
    actor: Actor

    @property
    def fresh(self) -> bool:
        """Whether the person proved more than one contact a few minutes ago."""
        return clock.micros() < self.fresh_until


@dataclass(frozen=True)
class Opened:
    """A session that was opened, or given a new token: that is shown now and never again."""

    session_id: UUID
    token: str = field(repr=False)


@dataclass(frozen=True)
class OpenSession:
    """One of a person's sessions, as they see them listed."""

    id: UUID
    proof: ProofLevel
    opened_at: int
    used_at: int
    expires_at: int


def session_of(token: str) -> PersonSession | None:
    """The session that a token opens; None for one that is unknown or over. Reads only.

    It is over, too, where another set of people is one with the person than when it was opened (an erasure, a merge, or
    the end of one), and where the contact by which it was opened is nobody's any more.
    """
    if not _TOKEN.fullmatch(token):
        return None
    query = sa.select(models.PersonSession).where(models.PersonSession.token_sha256 == _digest(token))
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None or row.ended_at is not None or clock.micros() >= _expires_at(row):
        return None
    if row.subject_id is not None and members_digest(row.subject_id) != row.members_digest:
        return None
    proven = _proven(row)
    if not proven and row.proof == ProofLevel.CONTROL.value:
        return None
    return PersonSession(
        row.id,
        Realm.LIVE,
        row.subject_id,
        proven,
        ProofLevel(row.proof),
        row.opened_at,
        _expires_at(row),
        row.ends_at,
        (row.stepped_up_at or -FRESH) + FRESH,
        a_person(row.id),
    )


def is_to_be_noted(found: PersonSession) -> bool:
    """Whether its use is worth writing down (`note_use`): the last note of it is a minute old."""
    return found.expires_at < found.ends_at and clock.micros() >= found.expires_at - IDLE + _TO_THE


def note_use(session_id: UUID) -> None:
    """Write down, in the open unit of work, that a session is used now: its end moves. None of the log's business."""
    now = clock.micros()
    used = sa.update(models.PersonSession).where(
        models.PersonSession.id == session_id,
        models.PersonSession.ended_at.is_(None),
        models.PersonSession.used_at > now - IDLE,
        models.PersonSession.ends_at > now,
    )
    session().execute(used.values(used_at=now).execution_options(synchronize_session=False))


def open_session(subject_id: UUID | None, proof: ProofLevel) -> tuple[models.PersonSession, Opened]:
    """Open a session in the open unit of work, for whoever has just given this proof."""
    now, token = clock.micros(), PREFIX + secrets.token_urlsafe(32)
    row = models.PersonSession(
        id=new_id(),
        subject_id=subject_id,
        members_digest=None if subject_id is None else members_digest(subject_id),
        proof=proof.value,
        token_sha256=_digest(token),
        opened_at=now,
        used_at=now,
        ends_at=now + LONGEST,
        stepped_up_at=now if proof is ProofLevel.ACCOUNT else None,
        ended_at=None,
    )
    session().add(row)
    audited.of_session("opened", row, SERVICE)
    return row, Opened(row.id, token)


def add_proof(row: models.PersonSession, contact_id: UUID, holder_id: UUID) -> bool:
    """A contact was proven in a locked session, in the open unit of work; says whether it is another than before."""
    now = clock.micros()
    known = session().scalars(sa.select(models.PersonProof).where(models.PersonProof.session_id == row.id)).all()
    for proof in known:
        if proof.contact_id == contact_id:
            proof.proven_at = now
            return False
    session().add(
        models.PersonProof(id=new_id(), session_id=row.id, contact_id=contact_id, holder_id=holder_id, proven_at=now)
    )
    return True


def step_up(row: models.PersonSession, actor: Actor) -> Opened:
    """A locked session is proven by more than one contact, in the open unit of work: it gets a new token."""
    token = PREFIX + secrets.token_urlsafe(32)
    row.token_sha256, row.stepped_up_at, row.used_at = _digest(token), clock.micros(), clock.micros()
    audited.of_session("stepped_up", row, actor)
    return Opened(row.id, token)


def lock(session_id: UUID) -> models.PersonSession:
    """A session that is not over, locked in the open unit of work; raises `NotAuthenticated`."""
    query = sa.select(models.PersonSession).where(models.PersonSession.id == session_id).with_for_update()
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None or row.ended_at is not None or clock.micros() >= _expires_at(row):
        raise NotAuthenticated
    return row


def sessions_of(mine: PersonSession) -> list[OpenSession]:
    """The sessions of the person that are not over, this one among them, the newest first."""
    rows = session().scalars(_of_the_person(mine).order_by(models.PersonSession.opened_at.desc()))
    return [OpenSession(one.id, ProofLevel(one.proof), one.opened_at, one.used_at, _expires_at(one)) for one in rows]


def end(mine: PersonSession, session_id: UUID) -> None:
    """End one of the person's sessions, this one or another, in the open unit of work; raises `SessionNotFound`."""
    rows = session().scalars(_of_the_person(mine).where(models.PersonSession.id == session_id).with_for_update()).all()
    if not rows:
        raise SessionNotFound
    _end(rows, mine.actor)


def end_others(mine: PersonSession) -> int:
    """End every session of the person but this one, in the open unit of work; returns how many."""
    rows = session().scalars(_of_the_person(mine).where(models.PersonSession.id != mine.id).with_for_update()).all()
    _end(rows, mine.actor)
    return len(rows)


def members_digest(subject_id: UUID) -> bytes:
    """A digest of everybody who is one with a subject."""
    members = subjects.one_with(subject_id, realm=Realm.LIVE.value)
    return hashlib.sha256(b"".join(one.bytes for one in members)).digest()


def _end(rows: Collection[models.PersonSession], actor: Actor) -> None:
    for row in rows:
        row.ended_at = clock.micros()
        audited.of_session("ended", row, actor)


def _of_the_person(mine: PersonSession) -> sa.Select[models.PersonSession]:
    now = clock.micros()
    query = sa.select(models.PersonSession).where(
        models.PersonSession.ended_at.is_(None),
        models.PersonSession.used_at > now - IDLE,
        models.PersonSession.ends_at > now,
    )
    if mine.subject_id is None:  # Who else reads the mailbox is none of their business.
        return query.where(models.PersonSession.id == mine.id)
    members = sorted(subjects.natural_person(mine.subject_id))
    return query.where(models.PersonSession.subject_id.in_(members))


def _proven(row: models.PersonSession) -> tuple[ProvenContact, ...]:
    query = sa.select(models.PersonProof.contact_id).where(models.PersonProof.session_id == row.id)
    return tuple(_contact(one.id, one.kind, row.subject_id) for one in subjects.contacts_held(_ids(query)))


def _ids(query: sa.Select[UUID]) -> Sequence[UUID]:
    return session().scalars(query.order_by(models.PersonProof.proven_at)).all()


def _contact(contact_id: UUID, kind: ContactKind, subject_id: UUID | None) -> ProvenContact:
    value = subjects.reveal_contact(contact_id)
    name = subjects.contact_name(programmes.current(), Realm.LIVE, kind, value)
    return ProvenContact(kind, None if subject_id is None else contact_id, name)


def _expires_at(row: models.PersonSession) -> int:
    return min(row.used_at + IDLE, row.ends_at)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
