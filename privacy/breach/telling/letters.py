"""The letter to one affected person: to whom, by which way, and what becomes of it.

By e-mail first, else on paper. A text message cannot say what Art. 33(3)(b) to (d) demands: it points to the letter on
paper, or to a page that says the same. Consent and restriction do not matter here (class `legal`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Realm
from privacy.breach import register
from privacy.breach.telling import affected, communications, wording
from privacy.breach.telling.models import BreachAffected, BreachCommunication, BreachLetter
from privacy.breach.telling.vocabulary import LeftWhy, LetterState, TellingState
from privacy.consent import service as consent
from privacy.consent.service import Place
from privacy.db import in_parts, new_id, session
from privacy.errors import NotFound
from privacy.outbox import service as outbox
from privacy.outbox.service import MessageKind, MessageState, Told
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects
from privacy.subjects.service import AgeClass, ContactName, Standing

#: After this a message that was not sent failed, and the next way is tried: people are told without undue delay. Paper
#: waits for somebody who posts it.
WORTH_SENDING = {MessageKind.EMAIL: 3 * clock.DAY, MessageKind.SMS: 3 * clock.DAY, MessageKind.POST: 21 * clock.DAY}
#: So long after it was sent mail may come back that a letter was.
COMES_BACK = 7 * clock.DAY
_TEMPLATES = {wording.LETTER, wording.POINTER}


@dataclass(frozen=True)
class _Person:
    """Somebody who is to be told: where, in which language, or why only by a person."""

    places: Sequence[Place] = field(default=(), repr=False)
    locale: str | None = None
    #: Whether it goes to whoever acts for a child.
    guardian: bool = False
    why: LeftWhy | None = None
    #: The members of the natural person; empty for somebody unknown to our records.
    members: Collection[UUID] = ()


@dataclass(frozen=True)
class _Way:
    """One way to one place."""

    kind: MessageKind
    place: Place = field(repr=False)


class Writing:
    """Letters of one locked communication, in the open unit of work."""

    def __init__(self, row: BreachCommunication) -> None:
        self._row = row
        self._breach = register.read(row.breach_id)
        self._key = register.key_of(self._breach)
        self._programme = programmes.current()
        self._realm = Realm(self._breach.realm)
        self._made = wording.wordings(self._breach, communications.words_of(row), self._programme)

    def next(self, limit: int) -> int:
        """Letters to the next affected persons; says how many they were."""
        rows = self._affected(limit)
        for one in rows:
            self._write(one)
        self._row.written_to = rows[-1].number if len(rows) == limit else self._row.up_to or 0
        return len(rows)

    def again(self, limit: int) -> int:
        """The second way for letters that did not arrive; says how many there were."""
        query = (
            sa.select(BreachLetter, BreachAffected)
            .join(BreachAffected, BreachAffected.id == BreachLetter.affected_id)
            .where(BreachLetter.communication_id == self._row.id, BreachLetter.state == LetterState.FAILED.value)
            .order_by(BreachLetter.id)
            .limit(limit)
        )
        found = session().execute(query.execution_options(populate_existing=True)).all()
        for letter, to in found:
            person = self._person(to)
            ways = [way for way in self._ways(person) if way.kind.value != letter.way]
            given_up = self._row.state == TellingState.CANCELLED or letter.attempts > 1
            if given_up or person.why is not None or not ways:
                self._end(letter, LetterState.FOR_A_PERSON, why=person.why or LeftWhy.UNDELIVERED)
            else:
                self._send(letter, to, person, ways[0])
        return len(found)

    def _affected(self, limit: int) -> Sequence[BreachAffected]:
        query = sa.select(BreachAffected).where(
            BreachAffected.breach_id == self._row.breach_id,
            BreachAffected.number > self._row.written_to,
            BreachAffected.number <= self._row.up_to,
        )
        return session().scalars(query.order_by(BreachAffected.number).limit(limit)).all()

    def _write(self, to: BreachAffected) -> None:
        if self._row.only_new and self._told_before(to):
            return
        letter = BreachLetter(
            id=new_id(),
            communication_id=self._row.id,
            affected_id=to.id,
            state=LetterState.ON_ITS_WAY.value,
            way=None,
            attempts=0,
            message_id=None,
            why=None,
            created_at=clock.micros(),
            ended_at=None,
        )
        session().add(letter)
        if to.forgotten_at is not None:
            self._end(letter, LetterState.ERASED)
            return
        person = self._person(to)
        ways = list(self._ways(person))
        if self._is_told_already(to, person):
            self._end(letter, LetterState.SAME_PERSON)
        elif person.why is not None or not ways:
            self._end(letter, LetterState.FOR_A_PERSON, why=person.why or self._why_not(person))
        else:
            self._send(letter, to, person, ways[0])

    def _send(self, letter: BreachLetter, to: BreachAffected, person: _Person, way: _Way) -> None:
        letter.state, letter.way = LetterState.ON_ITS_WAY.value, way.kind.value
        letter.attempts += 1
        if self._breach.rehearsal:  # Nothing of it leaves.
            self._end(letter, LetterState.REHEARSED)
            return
        said = wording.nearest(self._made, person.locale, self._programme)
        letter.message_id = self._enqueue(letter, to, person, way, said)
        if letter.message_id is None:  # Made-up people get no mail.
            self._end(letter, LetterState.SENT)

    def _enqueue(
        self, letter: BreachLetter, to: BreachAffected, person: _Person, way: _Way, said: wording.Wording
    ) -> UUID | None:
        now = clock.micros()
        common = {
            "key": self._key,
            "cause": uuid5(letter.id, str(letter.attempts)),
            "not_after": now + WORTH_SENDING[way.kind],
            "realm": self._realm,
            "subject_id": to.subject_id,
        }
        if way.kind is MessageKind.SMS:
            return self._sms(way.place, said.pointer(self._row.page_url), common)
        message = said.letter(guardian=person.guardian)
        if way.kind is MessageKind.EMAIL:
            return outbox.enqueue(message, to=way.place.value, **common)  # type: ignore[arg-type]  # as they are named
        phone = next((one for one in person.places if one.kind is ContactKind.PHONE), None)
        if phone is not None:  # Paper takes days: it is announced.
            self._sms(phone, said.pointer(None), common)
        return outbox.enqueue_post(message, to=way.place.lines, head=said.head(now), **common)  # type: ignore[arg-type]  # as they are named

    @staticmethod
    def _sms(place: Place, message: outbox.Message, common: dict[str, object]) -> UUID | None:
        return outbox.enqueue(message, to=place.value, kind=MessageKind.SMS, **common)  # type: ignore[arg-type]  # as they are named

    def _person(self, to: BreachAffected) -> _Person:
        if to.subject_id is None:
            contact = affected.contact_of(to)
            return _Person((Place(contact.kind, contact.value),) if contact is not None else ())
        try:
            members = subjects.natural_person(to.subject_id)
        except NotFound:
            return _Person(why=LeftWhy.NO_CONTACT)
        seen = subjects.view(min(members), realm=self._realm.value)
        if Standing.DECEASED in seen.standing:
            return _Person(why=LeftWhy.DECEASED, members=members)
        # Whoever acted for a child is told in its place, until it is known to be of age.
        parents = [] if seen.age_class == AgeClass.ADULT else consent.guardians_of(members)
        reached = parents or members
        places = consent.reach_of(reached, realm=self._realm, at=clock.micros())
        return _Person(places, consent.locale_of(reached) or consent.locale_of(members), bool(parents), members=members)

    def _ways(self, person: _Person) -> Iterator[_Way]:
        """The ways by which somebody can be told, the best first."""
        by_kind = {kind: [one for one in person.places if one.kind is kind] for kind in ContactKind}
        for one in by_kind[ContactKind.EMAIL][:1]:
            yield _Way(MessageKind.EMAIL, one)
        for one in by_kind[ContactKind.POSTAL_ADDRESS][:1]:
            yield _Way(MessageKind.POST, one)
        if self._row.page_url is not None and not by_kind[ContactKind.POSTAL_ADDRESS]:
            for one in by_kind[ContactKind.PHONE][:1]:
                yield _Way(MessageKind.SMS, one)

    @staticmethod
    def _why_not(person: _Person) -> LeftWhy:
        return LeftWhy.NO_PAGE if any(one.kind is ContactKind.PHONE for one in person.places) else LeftWhy.NO_CONTACT

    def _is_told_already(self, to: BreachAffected, person: _Person) -> bool:
        """Whether they are one, by now, with somebody who comes before them in the list."""
        others = [one for one in person.members if one != to.subject_id]
        return any(
            session().scalar(
                sa.select(BreachAffected.id).where(
                    BreachAffected.breach_id == to.breach_id,
                    BreachAffected.number < to.number,
                    BreachAffected.subject_id.in_(part),
                )
            )
            is not None
            for part in in_parts(others)
        )

    def _told_before(self, to: BreachAffected) -> bool:
        earlier = sa.select(BreachLetter.id).where(
            BreachLetter.affected_id == to.id,
            BreachLetter.communication_id != self._row.id,
            BreachLetter.state != LetterState.FOR_A_PERSON.value,  # Nobody told them yet.
        )
        return session().scalar(earlier.limit(1)) is not None

    @staticmethod
    def _end(letter: BreachLetter, state: LetterState, *, why: LeftWhy | None = None) -> None:
        letter.state, letter.why, letter.ended_at = state.value, why.value if why else None, clock.micros()


def note_message(told: Told) -> None:
    """Take over what became of a message of ours, in the open unit of work that changes it; others are not ours."""
    if told.template not in _TEMPLATES:
        return
    query = sa.select(BreachLetter).where(BreachLetter.message_id == told.message_id).with_for_update()
    letter = session().scalar(query.execution_options(populate_existing=True))
    if letter is None:
        return  # A text message that announces a letter, or one of an earlier attempt.
    if told.state is MessageState.SENT:
        letter.state, letter.ended_at = LetterState.SENT.value, clock.micros()
    elif told.state.failed:
        letter.state, letter.ended_at = LetterState.FAILED.value, None
    elif told.state is MessageState.PENDING:  # Somebody has it tried again.
        letter.state, letter.ended_at = LetterState.ON_ITS_WAY.value, None


def note_bounce(contact: ContactName, realm: Realm) -> None:
    """Have letters that came back after all go by the second way, in the open unit of work that records the bounce."""
    if contact.kind is not ContactKind.EMAIL:
        return
    people = {one for holder in subjects.holders_of(contact.index) for one in subjects.natural_person(holder)}
    about = [*people, *consent.children_of(people)]
    query = (
        sa.select(BreachLetter)
        .join(BreachAffected, BreachAffected.id == BreachLetter.affected_id)
        .where(
            BreachLetter.state == LetterState.SENT.value,
            BreachLetter.way == MessageKind.EMAIL.value,
            BreachLetter.ended_at >= clock.micros() - COMES_BACK,
            sa.or_(
                BreachAffected.subject_id.in_(about),
                BreachAffected.contact_bidx == subjects.suppression_index(realm, contact),
            ),
        )
        .with_for_update(of=BreachLetter)
    )
    for letter in session().scalars(query.execution_options(populate_existing=True)):
        letter.state, letter.ended_at = LetterState.FAILED.value, None


def forget_of(subject_ids: Sequence[UUID]) -> None:
    """End the letters of erased people that have not gone, in the open unit of work of their erasure."""
    for part in in_parts(sorted(subject_ids)):
        theirs = sa.select(BreachAffected.id).where(BreachAffected.subject_id.in_(part))
        waiting = [state.value for state in LetterState if not state.ended] + [LetterState.FOR_A_PERSON.value]
        gone = sa.update(BreachLetter).where(BreachLetter.affected_id.in_(theirs), BreachLetter.state.in_(waiting))
        changed = gone.values(state=LetterState.ERASED.value, why=None, message_id=None, ended_at=clock.micros())
        session().execute(changed.execution_options(synchronize_session=False))
