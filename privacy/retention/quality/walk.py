"""Go through the contacts of everybody, a portion at a time, and note what staff should look at.

Contacts that may be wrong: mail came back, nobody ever confirmed them, or long ago. People who may be one: the same
telephone or address with another e-mail, or e-mail addresses that differ by what people mistype. Pairs are kept by id
alone. A contact that many hold is a switchboard's or a shop's, and says nothing about who is who.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor, Realm
from privacy.consent import service as consent
from privacy.crypto import blind_index, keyring
from privacy.db import in_parts, new_id, session
from privacy.errors import InvalidInput, NotFound
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.duration import Duration
from privacy.programme.types import ContactKind, Programme
from privacy.retention.quality import quality
from privacy.retention.quality.likeness import likeness
from privacy.retention.quality.models import QualityFinding, QualityLikeness, QualityWalk
from privacy.retention.quality.vocabulary import FindingKind, FindingState, QualityMatter
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, WalkedContact

#: Contacts of one portion: each is opened and looked up, some milliseconds, and on SQLite every writer waits for it.
_AT_ONCE = 20
#: From the end of one round to the beginning of the next.
_REST = clock.DAY
#: What so many people hold is nobody's own.
_MOST_HOLDERS = 5
#: After this nobody knows whether a contact is right any more.
OLD = Duration.parse("P2Y")
_SAME = {ContactKind.PHONE: FindingKind.SAME_PHONE, ContactKind.POSTAL_ADDRESS: FindingKind.SAME_ADDRESS}
_STALE = (FindingKind.BOUNCED.value, FindingKind.UNCONFIRMED.value, FindingKind.OLD.value)
_LIKE = "like-email"
_ONE = 1


def look_after(now: int, *, actor: Actor, ask_for: str = "") -> int:
    """Go through the next contacts, in the open unit of work; returns how many, none where a round has ended lately.

    `ask_for`: the purpose by whose consent people are asked by message to confirm; empty: nobody is asked. Raises
    `QualityPurposeInvalid` where that could be nobody.
    """
    quality.ensure_purpose(ask_for)
    walk = _taken()
    if walk is None or walk.next_at > now:
        return 0
    contacts = subjects.contacts_after(walk.after_id, _AT_ONCE)
    walk.after_id = contacts[-1].id if contacts else None
    if not contacts:
        walk.next_at = now + _REST
        return 0
    portion = _Portion(contacts, programmes.current(), now)
    portion.look()
    for one, name in portion.mails():
        if ask_for:
            quality.ask(one, name, ask_for, now=now, actor=actor)
    return len(contacts)


def _taken() -> QualityWalk | None:
    """The row, locked; None where another worker has it."""
    if session().get(QualityWalk, _ONE) is None:
        with contextlib.suppress(sa.exc.IntegrityError), session().begin_nested():
            session().add(QualityWalk(number=_ONE, after_id=None, next_at=0))
    query = sa.select(QualityWalk).where(QualityWalk.number == _ONE).with_for_update(skip_locked=True)
    return session().scalar(query.execution_options(populate_existing=True))


@dataclass
class _Portion:
    """Some contacts, and what is found of them."""

    contacts: Sequence[WalkedContact]
    programme: Programme
    now: int
    _names: dict[UUID, ContactName] = field(default_factory=dict, repr=False)

    def look(self) -> None:
        held = [one for one in self.contacts if one.held]
        for one in held:
            with contextlib.suppress(InvalidInput, NotFound):
                given = subjects.reveal_contact(one.id)
                self._names[one.id] = subjects.contact_name(self.programme, one.realm, one.kind, given)
        self._stale()
        self._same(held)
        self._like([one for one in held if one.kind is ContactKind.EMAIL and one.id in self._names])

    def mails(self) -> Iterator[tuple[WalkedContact, ContactName]]:
        """The e-mail addresses that are held now, opened."""
        for one in self.contacts:
            if one.held and one.kind is ContactKind.EMAIL and one.id in self._names:
                yield one, self._names[one.id]

    # Contacts that may be wrong.

    def _stale(self) -> None:
        members = subjects.portion_of(sorted({one.subject_id for one in self.contacts}))
        known = self._open_of({one.id for one in self.contacts})
        for one in self.contacts:
            cause = self._cause(one, members.get(one.subject_id, frozenset({one.subject_id})))
            for row in known.get(one.id, ()):
                if cause is None or row.kind != cause.value:
                    row.state, row.decided_at = FindingState.SETTLED.value, self.now
            if cause is not None:
                self._note(cause, one, one.subject_id, one.subject_id)

    def _cause(self, one: WalkedContact, members: frozenset[UUID]) -> FindingKind | None:
        name = self._names.get(one.id)
        if name is None:
            return None
        if one.kind is ContactKind.EMAIL and consent.bounces(one.id, name, one.realm):
            return FindingKind.BOUNCED
        confirmed = quality.confirmations_of(members).get(QualityMatter.CONTACTS)
        last = max(one.own_act_at or 0, confirmed or 0)
        if not last:
            return (
                FindingKind.UNCONFIRMED if quality.is_over(QualityMatter.CONTACTS, one.recorded_at, self.now) else None
            )
        zone = self.programme.zone
        over = OLD.after(days.day_of(last, zone)) <= days.day_of(self.now, zone)
        return FindingKind.OLD if over else None

    def _open_of(self, contact_ids: Iterable[UUID]) -> Mapping[UUID, list[QualityFinding]]:
        found: dict[UUID, list[QualityFinding]] = {}
        for ids in in_parts(sorted(contact_ids)):
            query = sa.select(QualityFinding).where(
                QualityFinding.subject_id == QualityFinding.other_id,
                QualityFinding.contact_id.in_(ids),
                QualityFinding.kind.in_(_STALE),
                QualityFinding.state == FindingState.OPEN.value,
            )
            for row in session().scalars(query):
                found.setdefault(row.contact_id, []).append(row)
        return found

    # People who may be one.

    def _same(self, held: Sequence[WalkedContact]) -> None:
        kinds = [one for one in held if one.kind in _SAME]
        holders = subjects.holders_now([one.index for one in kinds], most=_MOST_HOLDERS)
        for one in kinds:
            for other in holders.get(one.index, ()):
                self._pair(_SAME[one.kind], one, other)

    def _like(self, mails: Sequence[WalkedContact]) -> None:
        indexes = {one.id: _index(one.realm, self._names[one.id]) for one in mails}
        for one in mails:
            row = session().get(QualityLikeness, one.id)
            if row is None:
                session().add(QualityLikeness(contact_id=one.id, subject_id=one.subject_id, like_bidx=indexes[one.id]))
            elif row.like_bidx != indexes[one.id]:
                row.like_bidx = indexes[one.id]
        gone = [one.id for one in self.contacts if not one.held and one.kind is ContactKind.EMAIL]
        session().execute(sa.delete(QualityLikeness).where(QualityLikeness.contact_id.in_(gone)))
        session().flush()
        for one in mails:
            query = sa.select(QualityLikeness.subject_id).where(QualityLikeness.like_bidx == indexes[one.id])
            found = list(session().scalars(query.order_by(QualityLikeness.contact_id).limit(_MOST_HOLDERS + 1)))
            same = subjects.holders_now([one.index], most=_MOST_HOLDERS).get(one.index, ())
            for other in found if len(found) <= _MOST_HOLDERS else ():
                # Who has the very same address is in the list of shared contacts.
                if other not in same:
                    self._pair(FindingKind.LIKE_EMAIL, one, other)

    def _pair(self, kind: FindingKind, contact: WalkedContact, other: UUID) -> None:
        one = contact.subject_id
        if other == one or self._known(kind, min(one, other), max(one, other)):
            return
        if other not in subjects.natural_person(one):
            self._note(kind, contact, min(one, other), max(one, other))

    def _known(self, kind: FindingKind, one: UUID, other: UUID) -> bool:
        """A pair is one finding, whichever of their contacts it was found by."""
        query = sa.select(QualityFinding.id).where(
            QualityFinding.kind == kind.value, QualityFinding.subject_id == one, QualityFinding.other_id == other
        )
        return session().scalar(query.limit(1)) is not None

    def _note(self, kind: FindingKind, contact: WalkedContact, one: UUID, other: UUID) -> None:
        query = sa.select(QualityFinding).where(
            QualityFinding.kind == kind.value,
            QualityFinding.subject_id == one,
            QualityFinding.other_id == other,
            QualityFinding.contact_id == contact.id,
        )
        known = session().scalar(query)
        if known is not None:
            if known.state == FindingState.SETTLED.value:
                known.state, known.decided_at, known.found_at = FindingState.OPEN.value, None, self.now
            return
        session().add(
            QualityFinding(
                id=new_id(),
                realm=contact.realm.value,
                kind=kind.value,
                subject_id=one,
                other_id=other,
                contact_id=contact.id,
                found_at=self.now,
                state=FindingState.OPEN.value,
                decided_at=None,
                decided_by=None,
                reason=None,
            )
        )
        session().flush()


def _index(realm: Realm, name: ContactName) -> bytes:
    return blind_index.for_suppression(keyring.installed(), f"{realm}|{_LIKE}", likeness(name.normal.key))
